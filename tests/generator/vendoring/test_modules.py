"""Modules that other modules need, from their imports."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from xcaas_generator.vendoring.modules import Import, Library

LAZY = """
from typing import TYPE_CHECKING
from ._lazy import lazy_attributes
if TYPE_CHECKING:
    from . import inner as inner
    from ._a import A as A
    from ._b import B as B
else:
    __getattr__, __dir__ = lazy_attributes(__name__, {"A": "_a", "B": "_b", "inner": ""})
__all__ = ["A", "B", "inner"]
"""
EAGER = """
from ._a import A
from ._b import B
__all__ = ["A", "B"]
"""


def library(folder: Path, **sources: str) -> Library:
    """Create a package `core` with some modules, and an empty `__init__` in each folder; `x___y` is `x/y.py`."""
    for name, source in sources.items():
        file = folder.joinpath(*name.replace("init", "__init__").split("___")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(source))
        for parent in file.relative_to(folder).parents:
            (folder / parent / "__init__.py").touch()
    result = Library()
    result.add_package("core", folder)
    return result


def needed(modules: Library, *roots: str) -> set[str]:
    return {name.removeprefix("core.") for name in modules.needed(f"core.{root}" for root in roots)} - {"core"}


def test_imports_anywhere_in_a_module_are_needed(tmp_path: Path) -> None:
    source = """
    from typing import TYPE_CHECKING
    from ._at_the_top import x
    if TYPE_CHECKING:
        from ._for_types import y
    def f():
        from ._in_a_function import z
        import os, httpx
    """
    modules = library(tmp_path, app=source, _at_the_top="", _for_types="", _in_a_function="", _other="")
    assert needed(modules, "app") == {"app", "_at_the_top", "_for_types", "_in_a_function"}


def test_indirect_imports_are_needed(tmp_path: Path) -> None:
    modules = library(tmp_path, app="from ._a import A", _a="from . import _b", _b="import core.c.d", c___d="", e="")
    assert needed(modules, "app") == {"app", "_a", "_b", "c", "c.d"}


@pytest.mark.parametrize("init", [LAZY, EAGER])
def test_only_the_target_of_a_reexport_is_needed(tmp_path: Path, init: str) -> None:
    modules = library(tmp_path, app="from core import A", init=init, _a="", _b="", _lazy="", inner___deep="")
    assert needed(modules, "app") - {"_lazy"} == {"app", "_a"}
    assert modules.missing_reexports(modules.modules["core"], modules.needed(["core.app"])) == {"B", "inner"} - (
        {"inner"} if init is EAGER else set()
    )


def test_modules_with_definitions_need_all_their_imports(tmp_path: Path) -> None:
    modules = library(tmp_path, app="from core import A", init=f"{EAGER}\ndef f(): ...\n", _a="", _b="")
    assert needed(modules, "app") == {"app", "_a", "_b"}


def test_a_module_with_a_run_time_definition_has_no_reexports(tmp_path: Path) -> None:
    source = """
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from ._a import A as A
    else:
        def A(): ...
    """
    modules = library(tmp_path, app="from core import A", init=source, _a="")
    assert needed(modules, "app") == {"app", "_a"}
    assert not modules.modules["core"].reexports


def test_all_reexports_of_a_module_imported_as_a_whole_are_needed(tmp_path: Path) -> None:
    modules = library(tmp_path, app="from . import door", door=EAGER, _a="", _b="")
    assert needed(modules, "app") == {"app", "door", "_a", "_b"}
    modules = library(tmp_path, app="import core.door as door", door=EAGER)
    assert needed(modules, "app") == {"app", "door", "_a", "_b"}


def test_a_reexporting_module_needs_only_what_it_uses_itself(tmp_path: Path) -> None:
    outer = f"from . import door as _door\n{LAZY}"
    modules = library(tmp_path, outer=outer, door=EAGER, _a="", _b="", _lazy="", inner="")
    assert needed(modules, "outer") == {"outer", "door", "_lazy"}


def test_relative_imports_are_resolved_in_packages_and_modules(tmp_path: Path) -> None:
    source = "from . import a\nfrom .b import c\nfrom ..d import e as f\nimport g.h\n"
    modules = library(tmp_path, y___z=source, y___w___init=source)
    assert modules.modules["core.y.z"].imports == (
        Import("core.y", "a", "a"),
        Import("core.y.b", "c", "c"),
        Import("core.d", "e", "f"),
        Import("g.h", None, "g.h"),
    )
    assert modules.modules["core.y.w"].imports[0] == Import("core.y.w", "a", "a")
    assert modules.modules["core.y.w"].imports[2] == Import("core.y.d", "e", "f")


def test_names_in_string_annotations_are_needed(tmp_path: Path) -> None:
    modules = library(tmp_path, call="text = 'Annotated[int | str, Mark]'", other="text = 'An Annotated[… of no Mark'")
    core = tmp_path / "core"
    (core / "models").mkdir(parents=True)
    (core / "__init__.py").touch()
    (core / "models" / "__init__.py").write_text("from ._marks import Mark\n__all__ = ['Mark']\n")
    (core / "models" / "_marks.py").write_text("class Mark: ...\n")
    modules.add_package("xcaas_core", core)
    assert "xcaas_core.models._marks" in needed(modules, "call")
    assert needed(modules, "other") == {"other"}
