"""Modules that are changed in copies: what is removed, and that the rest is unchanged."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from xcaas_generator.vendoring.modules import Module
from xcaas_generator.vendoring.reexports import without_names, without_products

INDEX = '''\
# A comment.
"""Größe 😀."""

from typing import TYPE_CHECKING

from ._lazy import lazy_attributes

if TYPE_CHECKING:
    from ._a import A as A
    from ._b import B as B
    from ._b import C as C
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "A": "_a",
            "B": "_b",
            "C": "_b",
        },
        _core,
    )

__all__ = [
    "A",
    "B",
    "C",
]
'''


def module(source: str) -> Module:
    return Module("a", PurePosixPath("a.py"), Path("unused"), source)


@pytest.mark.parametrize("removed", [{"A"}, {"B"}, {"A", "C"}])
def test_names_are_removed_from_imports_table_and_all(removed: set[str]) -> None:
    expected = [
        line for line in INDEX.splitlines() if not any(f'"{name}"' in line or f"as {name}" in line for name in removed)
    ]
    assert without_names(module(INDEX), removed).splitlines() == expected


def test_all_names_may_be_removed() -> None:
    text = without_names(module(INDEX), {"A", "B", "C"})
    assert "if TYPE_CHECKING:\n    pass\nelse:" in text
    assert "        {},\n        _core," in text
    assert text.endswith("__all__ = []\n")


def test_names_are_removed_from_shared_lines() -> None:
    source = 'from ._a import A, B\nfrom ._c import (\n    C,\n    D,\n)\nfrom ._e import E\n\n__all__ = ["A", "B", "C", "D", "E"]\n'
    assert without_names(module(source), {"B", "C", "E"}) == (
        'from ._a import A\nfrom ._c import (\n    D,\n)\n\n__all__ = [\n    "A",\n    "D",\n]\n'
    )


CLIENT = """\
from core import ClientBase

if TYPE_CHECKING:
    from .a._client import A
    from .b._client import B


class Client(ClientBase):
    \"\"\"All.\"\"\"

    __slots__ = ()

    @property
    def a(self) -> A:
        from .a._client import A

        return self._product(A)

    @property
    def b(self) -> B:
        from .b._client import B

        return self._product(B)


class Other:
    pass
"""


def test_products_are_removed_with_their_imports() -> None:
    without_a = CLIENT.replace("    from .a._client import A\n    from .b", "    from .b")
    method = CLIENT[CLIENT.index("    @property") : CLIENT.index("    @property\n    def b")]
    assert without_products(module(CLIENT), {"a"}) == without_a.replace(method, "")
    without_b = without_products(module(CLIENT), {"b"})
    assert without_b.endswith("        return self._product(A)\n\n\nclass Other:\n    pass\n")
    assert "import B" not in without_b
    neither = without_products(module(CLIENT), {"a", "b"})
    assert "if TYPE_CHECKING:\n    pass\n" in neither
    assert neither.endswith("    __slots__ = ()\n\n\nclass Other:\n    pass\n")


REGIONS = """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Region: TypeAlias = Literal["eu", "uk", "us"]

_REGIONS = (
    ("a", ("eu", "us")),
    ("b", ("uk", "us")),
)
"""


def test_regions_of_removed_products_are_removed() -> None:
    without_a = without_products(module(REGIONS), {"a"})
    assert 'Literal["uk", "us"]\n' in without_a
    assert without_a.endswith('_REGIONS = (\n    ("b", ("uk", "us")),\n)\n')
    neither = without_products(module(REGIONS), {"a", "b"})
    assert "from typing import TypeAlias\n" in neither
    assert "Region: TypeAlias = str\n" in neither
    assert neither.endswith("_REGIONS = (\n)\n")
