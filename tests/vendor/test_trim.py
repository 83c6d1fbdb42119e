"""Cutting modules by the positions of their syntax trees: what goes, and that the rest stays letter for letter."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

import pytest

from xcaas_generator.vendor.foreign import without_foreign
from xcaas_generator.vendor.modules import Import, Module
from xcaas_generator.vendor.relocate import HEADER, relocated
from xcaas_generator.vendor.trim import without_definitions, without_members, without_names, without_unused_imports

CORE = PurePosixPath("_core")


def module(source: str, name: str = "xcaas_core._here", path: str = "_here.py") -> Module:
    return Module(name, PurePosixPath(path), source)


@pytest.mark.parametrize(
    ("dropped", "left"),
    [
        ((), '{"a": 1, "b": "Größe 😀", "c": 3}'),
        (("a",), '{"b": "Größe 😀", "c": 3}'),
        (("b",), '{"a": 1, "c": 3}'),
        (("c",), '{"a": 1, "b": "Größe 😀"}'),
        (("a", "c"), '{"b": "Größe 😀"}'),
        (("b", "c"), '{"a": 1}'),
        (("a", "b", "c"), "{}"),
    ],
)
def test_entries_of_a_table_on_one_line(dropped: tuple[str, ...], left: str) -> None:
    source = 'homes = {"a": 1, "b": "Größe 😀", "c": 3}  # ünïcode\nafter = "😀"\n'
    assert without_names(source, dropped) == f'homes = {left}  # ünïcode\nafter = "😀"\n'


def test_imports_of_an_index() -> None:
    source = "if TYPE_CHECKING:\n    from ._a import A as A\n    from ._b import B as B, C as C\n"
    assert without_names(source, {"A"}) == "if TYPE_CHECKING:\n    from ._b import B as B, C as C\n"
    assert without_names(source, {"B"}) == (
        "if TYPE_CHECKING:\n    from ._a import A as A\n    from ._b import C as C\n"
    )
    assert without_names(source, {"A", "B", "C"}) == "if TYPE_CHECKING:\n    pass\n"


def test_methods_go_with_their_decorators_and_one_run_of_blank_lines() -> None:
    source = (
        "class A:\n    x = 1\n\n    @property\n    def b(self):\n        return 1\n\n"
        "    def c(self):\n        return 2\n\n\nclass D:\n    pass\n"
    )
    without_b = "class A:\n    x = 1\n\n    def c(self):\n        return 2\n\n\nclass D:\n    pass\n"
    without_both = "class A:\n    x = 1\n\n\nclass D:\n    pass\n"
    assert without_members(source, lambda cls, name: (cls, name) == ("A", "b")) == without_b
    assert without_members(source, lambda cls, name: cls == "A") == without_both


def test_definitions_go_and_leave_no_empty_all() -> None:
    source = '__all__ = ["A"]\n\n_X: int = 1\n_Y: int = 2\n\n\nclass A:\n    pass\n'
    assert without_definitions(source, {"A", "_Y"}) == '__all__ = ["A"]\n\n_Y: int = 2\n\n\nclass A:\n    pass\n'
    assert without_definitions(source, {"_X"}) == "\n_X: int = 1\n"


def test_unused_imports_go_and_offered_ones_stay() -> None:
    source = (
        "from __future__ import annotations\nimport os\nfrom a import (\n    b,\n    c as d,\n)\n"
        "from e import F as F\n\nif TYPE_CHECKING:\n    from g import h\n\nx: b = 1\n"
    )
    assert without_unused_imports(source) == (
        "from __future__ import annotations\nfrom a import b\nfrom e import F as F\n\nx: b = 1\n"
    )


def test_types_in_quotes_are_uses_where_that_is_asked_for() -> None:
    source = 'import os\n\nx = cast("os.PathLike[str]", y)\n'
    assert without_unused_imports(source, quoted=True) == source
    assert without_unused_imports(source) == '\nx = cast("os.PathLike[str]", y)\n'


def test_what_names_a_foreign_library_goes_with_what_only_that_used() -> None:
    source = (
        "from typing import TYPE_CHECKING\nimport attrs\n\nif TYPE_CHECKING:\n    import polars\n\n"
        '__all__ = ["frame", "text"]\n\n\n'
        "def frame() -> polars.DataFrame:\n    return _make()\n\n\n"
        "def _make():\n    return _shared()\n\n\n"
        "def _shared():\n    return attrs\n\n\n"
        "def text():\n    return _shared()\n"
    )
    text = without_foreign(module(source))
    names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert names == {"_shared", "text"}
    assert '__all__ = ["text"]' in text
    assert "polars" not in text
    assert "TYPE_CHECKING" not in text


def test_a_module_without_foreign_names_is_not_touched() -> None:
    source = "def f():\n    import polars\n    return polars\n"
    assert without_foreign(module(source)) == source


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("_client.py", "from xcaas_core.sdk import A", "from ._core.sdk import A"),
        ("a/_client.py", "from xcaas_core.sdk import A", "from .._core.sdk import A"),
        ("a/models/_b.py", "    from xcaas_core import (\n  A,\n)", "    from ..._core import (\n  A,\n)"),
        ("__init__.py", "import xcaas_core as _core", "from . import _core"),
        ("a/b.py", "import xcaas_core as core", "from .. import _core as core"),
        ("a/b.py", "from xcaas_core_tools import A", "from xcaas_core_tools import A"),
        ("a/b.py", 'x = "from xcaas_core import A"', 'x = "from xcaas_core import A"'),
    ],
)
def test_imports_of_core_become_relative(place: str, before: str, after: str) -> None:
    start = "if True:\n    ü = 1; \n" if before.startswith(" ") else ""
    found = relocated(module(f"{start}{before}\n", "xcaas.any", place), PurePosixPath(place), CORE)
    assert found == f"{HEADER}{start}{after}\n"


def test_relative_imports_are_understood_from_packages_and_modules() -> None:
    source = "from . import a\nfrom .b import c\nfrom ..d import e\n"
    inner = Module("x.y.z", PurePosixPath("y/z.py"), source)
    package = Module("x.y", PurePosixPath("y/__init__.py"), source)
    assert list(inner.imports()) == [Import("x.y", "a"), Import("x.y.b", "c"), Import("x.d", "e")]
    assert list(package.imports()) == [Import("x.y", "a"), Import("x.y.b", "c"), Import("x.d", "e")]
