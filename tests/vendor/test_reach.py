"""Which definitions of core stay in a copy: what its generated code leads to, and nothing else."""

from __future__ import annotations

from pathlib import PurePosixPath
from textwrap import dedent

import pytest

from xcaas_generator.vendor.modules import Import, Library, Module
from xcaas_generator.vendor.reach import Reached, reached
from xcaas_generator.vendor.shake import shaken

INDEX = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from core._errors import Broken as Broken
__all__ = ["Broken"]
"""


def library(**sources: str) -> Library:
    """A generated package `app` on a `core`. Keywords are modules of core; `app` is the one generated module."""
    found = Library(whole="app")
    texts = {
        "app": INDEX,
        "app._client": sources.pop("app"),
        "core": "",
        "core._errors": "class Broken(Exception): ...",
    }
    texts |= {f"core.{name}": text for name, text in sources.items()}
    for name, text in texts.items():
        is_package = name in ("app", "core")
        path = PurePosixPath("__init__.py" if is_package else f"{name.partition('.')[2]}.py")
        found.modules[name] = Module(name, path, dedent(text))
    return found


def reach(modules: Library, *wanted: Import) -> Reached:
    return reached(modules, ["app", "app._client"], wanted)


def left(modules: Library, module: str, *wanted: Import) -> str:
    """What a copy holds of a module."""
    return shaken(modules, modules.modules[f"core.{module}"], reach(modules, *wanted)).strip()


def test_definitions_that_nothing_leads_to_go_with_their_imports_and_words() -> None:
    modules = library(
        app="from core._a import used",
        _a='''
        import os
        import re

        __all__ = ["SPARE", "used"]

        SPARE = os.sep
        """Spare."""

        def used(): return _inner()

        def spare(): return os

        def _inner(): return re
        ''',
    )
    assert left(modules, "_a") == (
        'import re\n\n__all__ = ["used"]\n\ndef used(): return _inner()\n\ndef _inner(): return re'
    )


def test_a_local_name_does_not_lead_to_a_definition_of_that_name() -> None:
    modules = library(
        app="from core._a import f",
        _a="""
        def path(): ...
        def query(): ...
        def item(): ...
        def f(path):
            for query in path: print([item for item in query])
        """,
    )
    assert "def path" not in left(modules, "_a")
    assert "def query" not in left(modules, "_a")
    assert "def item" not in left(modules, "_a")


@pytest.mark.parametrize(
    "use",
    [
        "def f(x: 'Other'): ...",
        "def f() -> 'list[Other]': ...",
        "def f(x): return cast('Other', x)",
        "T = TypeVar('T', bound='Other')\ndef f(x: T): ...",
        "def f(x, y=Other): ...",
        "@Other\ndef f(): ...",
        "f = {'key': Other}['key']",
        "f: TypeAlias = 'Other | None'",
        "def f():\n    class Inner(Other): ...\n    return Inner",
        "def f():\n    from ._b import Other as Another\n    return Another",
        "def f():\n    from . import _b\n    return _b.Other",
    ],
)
def test_ways_to_use_a_definition(use: str) -> None:
    source = f"if TYPE_CHECKING:\n    from ._b import Other\nelse:\n    from ._b import Other\n{use}\n"
    modules = library(app="from core._a import f", _a=source, _b="class Other: ...\nclass Spare: ...\n")
    assert left(modules, "_b") == "class Other: ..."


def test_a_text_that_only_names_a_definition_does_not_use_it() -> None:
    modules = library(
        app="from core._a import f",
        _a="class Other: ...\ndef f() -> Literal['Other']: raise ValueError('Give Other(…) or Other')\n",
    )
    assert "class Other" not in left(modules, "_a")


METHODS = """
class Thing:
    size = 1
    def __len__(self): return 1
    def called(self): ...
    def looked_up(self): ...
    def matched(self): ...
    def in_table(self): ...
    table = {"x": in_table}
    @property
    def read(self): ...
    @read.setter
    def read(self, value): ...
    def spare(self): ...
def f(x):
    x.called()
    x.read = 2
    match x:
        case Thing(matched=1): ...
    return getattr(x, "looked_up")
"""


def test_methods_stay_when_something_mentions_their_name() -> None:
    text = left(library(app="from core._a import f", _a=METHODS), "_a")
    assert "spare" not in text
    for kept in ("size", "__len__", "called", "looked_up", "matched", "in_table", "read.setter"):
        assert kept in text


@pytest.mark.parametrize("base", ["io.RawIOBase", "Foreign", "int", "type"])
def test_a_class_that_derives_from_somebody_elses_keeps_all_its_methods(base: str) -> None:
    source = f"import io\nfrom elsewhere import Foreign\nclass f({base}):\n    def readinto(self): ...\n"
    assert "readinto" in left(library(app="from core._a import f", _a=source), "_a")


@pytest.mark.parametrize("base", ["Protocol", "Generic[T]", "Exception", "ABC", "Own"])
def test_a_class_on_something_harmless_does_not(base: str) -> None:
    source = f"from typing import Protocol\nclass Own: ...\nclass f({base}):\n    def spare(self): ...\n"
    assert "spare" not in left(library(app="from core._a import f", _a=source), "_a")


PUBLIC = """
class Base:
    def offered(self) -> Given: ...
    def _hidden(self): ...
class Client(Base):
    def own(self): ...
class Given:
    def after(self): ...
class Other:
    def after_all(self): ...
def give() -> Other: ...
"""


def test_what_generated_classes_derive_from_keeps_everything_public_and_so_does_what_that_returns() -> None:
    text = left(library(app="from core._a import Client\nclass App(Client): ...\n", _a=PUBLIC), "_a")
    assert "offered" in text
    assert "own" in text
    assert "after" in text
    assert "_hidden" not in text
    assert "Other" not in text


def test_a_name_that_is_asked_for_comes_with_all_of_it() -> None:
    modules = library(app="", _a=PUBLIC)
    text = left(modules, "_a", Import("core._a", "give"))
    assert "after_all" in text
    assert "class Client" not in text


def test_what_a_statement_does_besides_defining_keeps_it() -> None:
    source = """
    import atexit
    def f(): ...
    def _end(): ...
    @register
    def noted(): ...
    atexit.register(_end)
    if VERSION > 3:
        def either(): ...
    else:
        def either(): ...
    """
    text = left(library(app="from core._a import f", _a=source), "_a")
    assert "_end" in text
    assert "noted" in text
    assert "either" not in text


def test_modules_that_nothing_leads_to_are_no_part_of_a_copy() -> None:
    modules = library(
        app="from core._a import f", _a="from ._b import g\ndef f(): ...\ndef h(): return g\n", _b="def g(): ...\n"
    )
    found = reach(modules)
    assert "core._a" in found.modules
    assert "core._b" not in found.modules
    assert left(modules, "_a") == "def f(): ..."


def test_public_errors_are_there_only_if_something_raises_them() -> None:
    assert "core._errors" not in reach(library(app="")).modules
    modules = library(app="from core._a import f", _a="from ._errors import Broken\ndef f(): raise Broken\n")
    assert ("core._errors", "Broken") in reach(modules).open


def test_a_definition_that_only_type_checkers_import_stays_beside_the_one_that_runs() -> None:
    source = """
    if TYPE_CHECKING:
        from typing_extensions import deprecated
    else:
        def deprecated(): ...
    __all__ = ["deprecated"]
    """
    text = left(library(app="from core._a import deprecated", _a=source), "_a")
    assert "from typing_extensions import deprecated" in text
    assert "def deprecated" in text
