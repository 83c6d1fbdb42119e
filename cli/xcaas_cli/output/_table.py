"""Tables for people: as wide as the terminal, a chunk of rows at a time, with nothing that could move the cursor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from .._messages import say
from ._rows import as_row, cell, is_object, is_sequence, pairs

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["show_rows", "show_value"]

_CHUNK = 50
_WIDEST = 36  # a UUID stays whole
_NARROWEST = 10
_GAP = 2


def show_rows(rows: Iterable[Any], out: TextIO, chosen: list[str] | None) -> None:
    """Print rows below each other. The first ones decide about the columns; what does not fit is named on stderr.

    Without columns that were asked for, objects inside a row are columns of their own, `a.b`.
    """
    found = (as_row(row) if chosen else dict(_flat(as_row(row))) for row in rows)
    first = list(islice(found, _CHUNK))
    console = _console(out)
    if not first:
        say("Nothing was found.")
        return
    widths, left_out = _columns(first, chosen, console.width)
    chunk, header = first, True
    while chunk:
        console.print(_table(chunk, widths, header=header))
        chunk, header = list(islice(found, _CHUNK)), False
    if left_out:
        say(f"Not shown: {', '.join(left_out)}. Select fields with --fields, or show all with --output json.")


def show_value(value: Any, out: TextIO) -> None:
    """Print one result: an object as a field per line."""
    console = _console(out)
    if not is_object(value):
        console.print(_clean(cell(value)), markup=False, highlight=False, soft_wrap=True)
        return
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, _GAP, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, inner in _flat(value):
        table.add_row(_text(name), _text(_shown(inner)))
    console.print(table)


def _console(out: TextIO) -> Console:
    from rich.console import Console

    class PipedConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process with an error

    return PipedConsole(file=out, highlight=False, emoji=False)


def _columns(rows: list[dict[str, Any]], chosen: list[str] | None, room: int) -> tuple[dict[str, int], list[str]]:
    """Return the columns that fit, with their widths, and the names of the others."""
    names = chosen or list(dict.fromkeys(chain.from_iterable(rows)))
    widths = {name: _width(name, rows) for name in names}
    if chosen:
        return _narrowed(widths, room), []
    shown: dict[str, int] = {}
    for name in sorted(names, key=lambda name: _is_nested(name, rows)):
        if sum(shown.values()) + _GAP * len(shown) + widths[name] <= room or not shown:
            shown[name] = min(widths[name], room)
    return {name: shown[name] for name in names if name in shown}, [name for name in names if name not in shown]


def _narrowed(widths: dict[str, int], room: int) -> dict[str, int]:
    """Return widths that fit: the first columns stay whole, the last ones give way."""
    excess = sum(widths.values()) + _GAP * (len(widths) - 1) - room
    for name in reversed(widths):
        given = max(min(excess, widths[name] - _NARROWEST), 0)
        widths[name] -= given
        excess -= given
    return widths


def _width(name: str, rows: list[dict[str, Any]]) -> int:
    from rich.cells import cell_len

    return min(max(cell_len(name), *(cell_len(_clean(_shown(row.get(name)))) for row in rows)), max(_WIDEST, len(name)))


def _is_nested(name: str, rows: list[dict[str, Any]]) -> bool:
    return any(isinstance(row.get(name), dict | list) for row in rows)


def _table(rows: list[dict[str, Any]], widths: dict[str, int], *, header: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, show_header=header, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for name, width in widths.items():
        table.add_column(_text(name), no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        table.add_row(*(_text(_shown(row.get(name))) for name in widths))
    return table


def _shown(value: Any) -> str:
    """Return the text of a cell. Lists of keys and values, which many services have, and of texts are short."""
    named = pairs(value)
    if named is not None:
        return ", ".join(f"{key}={cell(inner)}" for key, inner in named.items())
    if is_sequence(value) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return cell(value)


def _text(text: str) -> Any:
    from rich.text import Text

    return Text(_clean(text))


def _clean(text: str) -> str:
    """Return a text without control characters: what a service stores may hold a terminal's commands."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf") else letter for letter in text)


def _flat(value: dict[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if is_object(inner) and inner:
            yield from _flat(inner, f"{outer}{name}.")
        else:
            yield f"{outer}{name}", inner
