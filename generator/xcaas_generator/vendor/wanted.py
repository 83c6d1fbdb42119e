"""Names that somebody asks for beyond what the products need (`--with`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..failure import Failure
from .modules import Import, Library
from .originals import CORE

OPERATIONS = "sdk"
"""All that operations are described with, for code that describes some of its own."""


def wanted_names(library: Library, root: str, names: Iterable[str]) -> list[Import]:
    """Public names that a copy shall offer although nothing in it uses them.

    Raises:
        Failure: There is no such name.
    """
    return [one for name in names for one in _wanted(library, root, name)]


def _wanted(library: Library, root: str, name: str) -> Iterator[Import]:
    index = library.modules[root].index
    if name == OPERATIONS:
        one = Import(CORE, OPERATIONS)
    elif name in index:
        one = index[name]
    else:
        raise Failure(f"{root} offers no {name!r} that could be left out or added; see its `__all__`", code=2)
    yield one
    home, inner = library.origin(one)
    if not inner and not library.is_taken_whole(home):
        yield from (Import(home, public) for public in sorted(library.modules[home].public))
