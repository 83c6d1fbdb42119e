"""What a copy of the real `storage` holds: what it needs, little else, and nothing that reaches out of it."""

from __future__ import annotations

import ast
import json
import sys
import tomllib
import zlib
from pathlib import Path

import pytest

from tests.vendor.hosts import BIN, files_of, run_in, vendored
from xcaas_generator.vendor._vendor_check import digest
from xcaas_generator.vendor.modules import is_typing_block
from xcaas_generator.vendor.originals import installed

LIMIT = 200_000
# The last two: what httpx itself runs on, and a name that every type checker knows.
MAY_IMPORT = {"httpx", "attrs", "dateutil", "anyio", "typing_extensions"}


def modules(copy: Path) -> list[Path]:
    return [path for path in files_of(copy) if path.suffix == ".py"]


def test_every_import_stays_inside_or_is_a_run_time_dependency(real_copy: Path) -> None:
    for path in modules(real_copy):
        tree = ast.parse(path.read_text("utf-8"))
        optional = {id(node) for block in tree.body if is_typing_block(block) for node in ast.walk(block)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert resolves(path, node), f"{path}:{node.lineno}"
                assert node.level <= len(path.relative_to(real_copy).parts)
            elif isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in optional:
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names]
                for name in names:
                    top = name.partition(".")[0]
                    assert top in sys.stdlib_module_names or top in MAY_IMPORT, f"{path}: {name}"


def resolves(path: Path, node: ast.ImportFrom) -> bool:
    """Whether a relative import finds its module, and the names that are modules."""
    folder = path.parents[node.level - 1]
    base = folder.joinpath(*(node.module or "").split("."))
    package = base / "__init__.py"
    if base.with_suffix(".py").is_file():
        return True
    return package.is_file() and all(
        (base / f"{alias.name}.py").is_file()
        or (base / alias.name / "__init__.py").is_file()
        or alias.name in package.read_text("utf-8")
        for alias in node.names
    )


def test_the_manifest_says_what_it_was_made_from(real_copy: Path) -> None:
    manifest = tomllib.loads((real_copy / "xcaas-vendor.toml").read_text("utf-8"))
    published = json.loads((installed().suite / "_manifest.json").read_text("ascii"))
    assert manifest["products"] == ["storage"]
    assert manifest["picks"] == manifest["extras"] == []
    assert manifest["made_with"]["sdk"]
    assert manifest["made_with"]["generator"].startswith("xcaas-gen ")
    assert manifest["specs"] == {"storage": published["specs"]["storage"]}
    listed = manifest["files"]
    assert {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)} == {*listed, "xcaas-vendor.toml"}
    assert all(digest((real_copy / path).read_bytes()) == wanted for path, wanted in listed.items())


def test_every_file_names_the_licence_and_the_licence_is_there(real_copy: Path) -> None:
    for path in files_of(real_copy):
        if path.name != "LICENSE":
            assert path.read_text("utf-8").startswith("# SPDX-License-Identifier: Apache-2.0\n"), path
    assert "Apache License" in (real_copy / "LICENSE").read_text("utf-8")


def test_what_storage_does_not_need_is_left_out(real_copy: Path) -> None:
    present = {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)}
    for path in (
        "_core/testing/__init__.py",
        "_core/auth/_cache_redis.py",
        "_core/auth/_profile.py",
        "_core/_archive.py",
    ):
        assert path not in present
    assert not [path for path in present if path.startswith(("cc_", "oauth", "testing")) or path.endswith(".json")]
    assert "_core/auth/_environment.py" in present, "from_env needs it"


def test_names_can_be_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    assert vendored(target, "storage", "--with", "unzip", "--with", "testing").code == 0
    for path in ("_core/_archive.py", "_core/testing/_server.py", "testing.py", "storage/_examples.json"):
        assert (target / path).is_file(), path
    offered = (target / "__init__.py").read_text("utf-8")
    assert "import unzip as unzip" in offered
    assert "RedisTokenCache" not in offered


def test_it_is_small(real_copy: Path) -> None:
    packed = zlib.compress(b"".join(path.read_bytes() for path in files_of(real_copy)), 9)
    assert len(packed) < LIMIT


@pytest.mark.parametrize("width", ["79", "88", "120"])
def test_formatters_and_linters_of_the_host_leave_it_alone(real_copy: Path, width: str) -> None:
    ruff = [BIN / "ruff"]
    done = run_in(real_copy, [*ruff, "format", "--isolated", "--no-cache", f"--line-length={width}", "--check", "."])
    assert done.returncode == 0, done.stdout
    done = run_in(
        real_copy, [*ruff, "check", "--isolated", "--no-cache", "--select=E,F,I,D,ANN,B,UP,N,SIM,PL,RUF", "."]
    )
    assert done.returncode == 0, done.stdout


def loaded(python: Path, folder: Path, package: str) -> set[str]:
    """The modules that importing a package loads, its own by the end of their names."""
    program = f"import sys; old = set(sys.modules); import {package}; print(*sorted(set(sys.modules) - old))"
    done = run_in(folder, [python, "-c", program])
    assert done.returncode == 0, done.stderr
    return {name.replace("xcaas_core", "_core").replace(f"{package}.", "") for name in done.stdout.split()} - {package}


def test_importing_it_loads_no_more_than_importing_the_sdk(real_copy: Path) -> None:
    python = Path(sys.executable)
    assert loaded(python, real_copy.parent, real_copy.name) <= loaded(python, real_copy.parent, "xcaas")


def test_importing_it_needs_python_alone(real_copy: Path, bare_python: Path) -> None:
    program = f"import {real_copy.name} as sdk; sdk.XCaaS, sdk.ClientCredentials, sdk.storage.models"
    done = run_in(real_copy.parent, [bare_python, "-S", "-c", program])
    assert done.returncode == 0, done.stderr
