"""Tables for people: as wide as the terminal, printed in chunks of rows, without control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from .._messages import say
from ._rows import as_row, cell, is_object, is_sequence, pairs_to_dict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["show_rows", "show_value"]

_CHUNK_SIZE = 50
_MAX_WIDTH = 36  # the length of a UUID
_MIN_WIDTH = 10
_GAP = 2


def show_rows(rows: Iterable[Any], out: TextIO, chosen: list[str] | None) -> None:
    """Print rows as a table. The first chunk determines the columns; those that don't fit are named on stderr.

    Unless columns are chosen, nested objects are flattened into columns such as `a.b`.
    """
    entries = (as_row(row) if chosen else dict(_flatten(as_row(row))) for row in rows)
    first = list(islice(entries, _CHUNK_SIZE))
    console = _console(out)
    if not first:
        say("Nothing was found.")
        return
    widths, left_out = _columns(first, chosen, console.width)
    chunk, header = first, True
    while chunk:
        console.print(_table(chunk, widths, header=header))
        chunk, header = list(islice(entries, _CHUNK_SIZE)), False
    if left_out:
        say(f"Not shown: {', '.join(left_out)}. Select fields with --fields, or show all with --output json.")


def show_value(value: Any, out: TextIO) -> None:
    """Print one result; an object with one field per line."""
    console = _console(out)
    if not is_object(value):
        console.print(_clean(cell(value)), markup=False, highlight=False, soft_wrap=True)
        return
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, _GAP, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, inner in _flatten(value):
        table.add_row(_text(name), _text(_cell_text(inner)))
    console.print(table)


def _console(out: TextIO) -> Console:
    from rich.console import Console

    class PipedConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with an error

    return PipedConsole(file=out, highlight=False, emoji=False)


def _columns(rows: list[dict[str, Any]], chosen: list[str] | None, room: int) -> tuple[dict[str, int], list[str]]:
    """Return the widths of the columns that fit, and the names of the others."""
    names = chosen or list(dict.fromkeys(chain.from_iterable(rows)))
    widths = {name: _width(name, rows) for name in names}
    if chosen:
        return _shrink(widths, room), []
    fitting: dict[str, int] = {}
    for name in sorted(names, key=lambda name: _is_nested(name, rows)):
        if sum(fitting.values()) + _GAP * len(fitting) + widths[name] <= room or not fitting:
            fitting[name] = min(widths[name], room)
    return {name: fitting[name] for name in names if name in fitting}, [name for name in names if name not in fitting]


def _shrink(widths: dict[str, int], room: int) -> dict[str, int]:
    """Reduce widths until they fit, beginning with the last column."""
    excess = sum(widths.values()) + _GAP * (len(widths) - 1) - room
    for name in reversed(widths):
        reduction = max(min(excess, widths[name] - _MIN_WIDTH), 0)
        widths[name] -= reduction
        excess -= reduction
    return widths


def _width(name: str, rows: list[dict[str, Any]]) -> int:
    from rich.cells import cell_len

    return min(
        max(cell_len(name), *(cell_len(_clean(_cell_text(row.get(name)))) for row in rows)), max(_MAX_WIDTH, len(name))
    )


def _is_nested(name: str, rows: list[dict[str, Any]]) -> bool:
    return any(isinstance(row.get(name), dict | list) for row in rows)


def _table(rows: list[dict[str, Any]], widths: dict[str, int], *, header: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, show_header=header, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for name, width in widths.items():
        table.add_column(_text(name), no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        table.add_row(*(_text(_cell_text(row.get(name))) for name in widths))
    return table


def _cell_text(value: Any) -> str:
    """Return the text of a cell. Lists of strings, and of keys and values, are abbreviated."""
    items = pairs_to_dict(value)
    if items is not None:
        return ", ".join(f"{key}={cell(inner)}" for key, inner in items.items())
    if is_sequence(value) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return cell(value)


def _text(text: str) -> Any:
    from rich.text import Text

    return Text(_clean(text))


def _clean(text: str) -> str:
    """Replace control characters: stored data may contain escape sequences of terminals."""
    return "".join(" " if unicodedata.category(character) in ("Cc", "Cf") else character for character in text)


def _flatten(value: dict[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if is_object(inner) and inner:
            yield from _flatten(inner, f"{outer}{name}.")
        else:
            yield f"{outer}{name}", inner
