"""The package: public names, lazy imports, and the only room that imports the HTTP library."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import xcaas_core
from xcaas_core import sdk
from xcaas_core._version import __version__

CORE = Path(xcaas_core.__file__).parent


def sort_key(name: str) -> tuple[bool, bool, str]:
    """Sort as ruff's RUF022, in which a single capital is not a constant."""
    return not (name.isupper() and len(name) > 1), not name[0].isupper(), name


@pytest.mark.parametrize("module", [xcaas_core, sdk])
def test_public_names_exist_and_are_sorted(module: object) -> None:
    names: list[str] = getattr(module, "__all__")  # noqa: B009 - of any module
    assert names == sorted(names, key=sort_key)
    for name in names:
        assert getattr(module, name) is not None
    assert set(names) <= set(dir(module))


def test_unknown_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = xcaas_core.Nonsense  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def modules() -> list[Path]:
    return sorted(path for path in CORE.glob("*.py") if path.stem not in ("__init__", "__main__"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_modules_have_a_docstring_and_valid_all(path: Path) -> None:
    module = import_module(f"xcaas_core.{path.stem}")
    assert module.__doc__
    for name in getattr(module, "__all__"):  # noqa: B009
        assert hasattr(module, name)


def test_only_transport_imports_the_http_library() -> None:
    pattern = re.compile(r"^\s*(import|from)\s+(httpx2?|httpcore2?)\b", re.MULTILINE)
    rooms = {path.parent.name for path in CORE.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))}
    assert rooms == {"transport"}


def test_version_is_that_of_the_package() -> None:
    assert version("xcaas") == __version__


# Modules that creating a client must not load: models, parsers, and those of single features.
LAZY = (
    "attrs", "attr", "dateutil", "xcaas_core.models", "xcaas_core.testing", "xcaas_core.calls._exchange", "xcaas_core.paging._pager",
    "xcaas_core.downloads._download", "xcaas_core.serialization._multipart", "xcaas_core.client.raw._callers", "orjson", "concurrent.futures",
    "logging.handlers", "logging.config", "asyncio", "xml", "sqlite3", "multiprocessing", "xcaas.storage",
)  # fmt: skip


def loaded_modules(program: str) -> set[str]:
    """Return the modules that a program loads in addition to those of a plain HTTP client."""
    code = """
import sys
{}
print("\\n".join(sys.modules))
"""
    env = {"PATH": "", "PYTHONPATH": ":".join(path for path in sys.path if path)}

    def run(text: str) -> set[str]:
        process = subprocess.run(
            [sys.executable, "-c", code.format(text)], capture_output=True, text=True, check=True, env=env
        )
        return set(process.stdout.split())

    return run(program) - run(
        "from xcaas_core.transport._library import Connection; Connection().make(blocking=True, direct=True)"
    )


@pytest.mark.parametrize(
    "program",
    [
        "import xcaas_core.sdk",
        "import xcaas",
        "import xcaas; xcaas.XCaaS()",
        "import xcaas; xcaas.XCaaS(credentials=xcaas.ClientCredentials('a', 'b'))",
    ],
)
def test_creating_a_client_loads_few_modules(program: str) -> None:
    loaded = loaded_modules(program)
    assert not [name for name in LAZY if name in loaded]
    assert len(loaded) < 110


def test_missing_name_of_another_release_says_what_to_do() -> None:
    with pytest.raises(AttributeError, match=r"json_answer.* has to be built again, by this release's xcaas-gen"):
        sdk.json_answer  # type: ignore[attr-defined]  # noqa: B018
