"""A pytest plugin that puts the core of a vendored copy in the place of `xcaas_core`.

    XCAAS_VENDORED_CORE=acme._vendor.xcaas._core pytest -p tests.vendor.core_alias tests/auth

With the copy on the import path, every test of core runs against it, and whatever
else imports core gets the same modules. Helpers for tests, which a copy has no need
of, are those of the SDK, at work on the copy's modules.

A test that uses something the copy leaves out is skipped, and its id goes to the file
that XCAAS_LEFT_OUT names.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

CORE = Path(__file__).parents[2] / "core" / "xcaas_core"
VARIABLE = "XCAAS_VENDORED_CORE"
LEFT_OUT = "XCAAS_LEFT_OUT"
REASON = "the copy holds no"
_NAME = "xcaas_core"


class _Alias(Loader):
    """Gives a module that is already there, under its own name, a second one."""

    def __init__(self, real: str) -> None:
        self._real = real
        self._own_spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._real) if find_spec(self._real) else _helper(self._real, spec.name)
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just described the module by its second name.
        assert module.__spec__ is not None
        original = _original(module.__spec__.name)
        module.__spec__ = self._own_spec
        left_out = _names(original) - vars(module).keys()
        found: Callable[[str], object] | None = vars(module).get("__getattr__")

        def stand_in(name: str) -> object:
            try:
                return found(name) if found is not None else object.__getattribute__(module, name)
            except (AttributeError, ImportError):
                if name in left_out:
                    return _LeftOut(name, (), {})
                raise

        module.__dict__["__getattr__"] = stand_in


class _LeftOut(type):
    """In the place of a definition that the copy does not hold. Tests may name it, but those that use it end."""

    def __call__(cls, *_: object, **__: object) -> object:
        _give_up(cls.__name__)

        def ended(self: object, name: str) -> None:
            _give_up(cls.__name__)

        type.__setattr__(cls, "__getattr__", ended)
        return object.__new__(cast("type[object]", cls))


_running: list[str] = []


def _give_up(name: str) -> None:
    if _running:
        pytest.skip(f"{REASON} {name}")


def _is_left_out(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_is_left_out, cast("Mapping[object, object]", value).values()))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(_is_left_out, cast("Collection[object]", value)))
    return isinstance(type(value), _LeftOut) or isinstance(value, _LeftOut)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _running.append(item.nodeid)
    try:
        return (yield)
    finally:
        _running.clear()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Cases of a test that are made of what is left out."""
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        if _is_left_out(value):
            pytest.skip(f"{REASON} a part of the case")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    place = os.environ.get(LEFT_OUT)
    if place and report.skipped and REASON in str(report.longrepr):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(f"{report.nodeid}\n")


def _original(name: str) -> Path:
    """The file of a module in the SDK."""
    place = CORE.joinpath(*name.split(".")[1:])
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _names(file: Path) -> set[str]:
    """What a module of the SDK defines or passes on."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    return found


def _helper(real: str, name: str) -> ModuleType:
    """A module of the SDK's own core, as if it lay in the copy."""
    place = CORE.joinpath(*name.split(".")[1:])
    if "testing" not in place.relative_to(CORE).parts:
        if not _original(name).is_file():
            raise ModuleNotFoundError(f"there is no {name}", name=name)
        return ModuleType(real)  # the copy leaves all of it out
    is_package = place.is_dir()
    file = place / "__init__.py" if is_package else place.with_suffix(".py")
    spec = spec_from_file_location(real, file, submodule_search_locations=[str(place)] if is_package else None)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[real] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Finder(MetaPathFinder):
    def __init__(self, real: str) -> None:
        self._real = real

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _NAME and not fullname.startswith(f"{_NAME}."):
            return None
        return ModuleSpec(fullname, _Alias(self._real + fullname.removeprefix(_NAME)))


if VARIABLE in os.environ:
    assert _NAME not in sys.modules, "core was imported before the plugin"
    sys.meta_path.insert(0, _Finder(os.environ[VARIABLE]))
