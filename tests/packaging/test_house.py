"""Rules for all files: length, docstrings, allowed imports."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.packaging.installing import ROOT

HAND_WRITTEN = ("core", "generator", "sandbox", "data", "cli", "website", "tests", "examples", "benchmarks", "release")
SOURCES = ("core/xcaas_core", "generator/xcaas_generator", "sandbox/xcaas_sandbox", "data/xcaas_data", "cli/xcaas_cli")


def files(*folders: str) -> list[Path]:
    """Return the Python files of folders, without generated files and test data."""
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in paths if not {"golden", "fixtures", "__pycache__"} & set(path.parts))


def test_files_have_at_most_400_lines() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files(*HAND_WRITTEN)
    }
    assert len(lengths) > 200
    assert not {name: lines for name, lines in lengths.items() if lines > 400}


MAX_CASTS = 26


def test_casts_are_limited() -> None:
    """Use a function with a `TypeIs` or a typed wrapper instead of a cast, to show why the type is right."""
    counts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8").count("cast(") for path in files("core")}
    assert sum(counts.values()) <= MAX_CASTS, {path: count for path, count in counts.items() if count}


def test_no_todo_comments() -> None:
    # Concatenated, so that this file does not match.
    pattern = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
    todos = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files(*HAND_WRITTEN, "generated")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not todos


def test_modules_have_docstrings() -> None:
    undocumented = [path for path in files(*SOURCES) if not path.read_text("utf-8").startswith(('"""', 'r"""'))]
    assert [path for path in undocumented if path.stat().st_size] == []


def test_one_module_imports_the_websocket_library() -> None:
    pattern = re.compile(r"^\s*(import|from)\s+websockets\b", re.MULTILINE)
    assert [path.name for path in files("core") if pattern.search(path.read_text("utf-8"))] == ["_websocket.py"]


def test_one_module_imports_the_http_library() -> None:
    pattern = re.compile(r"^\s*(import|from)\s+(httpx2?|httpcore2?)\b", re.MULTILINE)
    importing = [path.name for path in files("core") if pattern.search(path.read_text("utf-8"))]
    assert importing == ["_library.py"]
    assert not [path for path in files("generated") if re.search(r"\bhttpx2?\b|\bhttpcore", path.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("core/xcaas_core", r"xcaas|xcaas_cli|xcaas_data|xcaas_generator|xcaas_sandbox"),
        ("generated/xcaas", r"xcaas_cli|xcaas_data|xcaas_generator|xcaas_sandbox"),
        ("generator/xcaas_generator", r"xcaas_cli|xcaas_data|xcaas_sandbox"),
        ("sandbox/xcaas_sandbox", r"xcaas|xcaas_cli|xcaas_core(?!\.filters\s)|xcaas_data|xcaas_generator"),
        ("data/xcaas_data", r"xcaas_cli|xcaas_core|xcaas_generator|xcaas_sandbox"),
        ("cli/xcaas_cli", r"xcaas_core|xcaas_generator|xcaas_sandbox"),
    ],
)
def test_packages_import_only_allowed_packages(folder: str, forbidden: str) -> None:
    pattern = re.compile(rf"^\s*(?:import|from)\s+(?:{forbidden})(?:\.[\w.]+)?\s", re.MULTILINE)
    assert not [path for path in files(folder) if pattern.search(path.read_text("utf-8"))]


def test_core_mentions_no_product() -> None:
    products = {path.stem for path in (ROOT / "specs").glob("*.yaml")} - {
        "calls",
        "campaigns",
        "contacts",
        "events",
        "journey",
        "oauth",
    }
    pattern = re.compile(rf"^(?!\s*#).*\.({'|'.join(products)})\.", re.MULTILINE)
    code = {path: re.sub(r'"""(?:.|\n)*?"""', "", path.read_text("utf-8")) for path in files("core")}
    assert not [path for path, text in code.items() if pattern.search(text)]


def test_files_end_with_one_newline() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in tracked.split("\0"):
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".yaml", ".jinja")
            and "fixtures" not in path.parts
            and path.is_file()
        ):
            content = path.read_bytes()
            assert b"\r" not in content, name
            assert not content or (content.endswith(b"\n") and not content.endswith(b"\n\n")), name


def test_one_room_imports_openapi_python_client() -> None:
    pattern = re.compile(r"^\s*(import|from)\s+openapi_python_client\b", re.MULTILINE)
    importing = {path.parent for path in files("generator") if pattern.search(path.read_text("utf-8"))}
    assert importing == {ROOT / "generator/xcaas_generator/parse"}


def test_one_module_spells_extension_keys() -> None:
    modules = [path.name for path in files("generator") if re.search(r"[\"']x-xcaas-", path.read_text("utf-8"))]
    assert modules == ["keys.py"]
