"""Models in one line, and as tables in notebooks."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Sequence, Sized
from typing import Final, cast

from .._text import plural
from ._base import ModelBase

__all__ = ["fields_table", "html_table", "one_line"]

WIDTH: Final = 110
TEXT: Final = 40
ROWS: Final = 20

# What stands in such a field is nobody's business: `repr` ends up in logs.
_SECRET: Final = ("password", "secret", "token", "api_key", "apikey")


def one_line(model: ModelBase) -> str:
    """Return `Class(field=value, …)`: the fields that are there, in order, as far as a line goes."""
    name = type(model).__name__
    layout = model.__layout__()
    values = [(field.name, field.value(model)) for field in layout.fields if field.is_set(model)]
    if layout.extra is not None and (beside := getattr(model, layout.extra[0])):
        values.append((layout.extra[0], beside))
    parts: list[str] = []
    length = len(name) + 2
    for key, value in values:
        shown = f"{key}={_short(key, value)}"
        length += len(shown) + 2
        if length > WIDTH and parts:
            parts.append("…")
            break
        parts.append(shown)
    return f"{name}({', '.join(parts)})"


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return an HTML table of the first rows, with cells as short as in `repr`."""
    lines = [f"<table><caption>{html.escape(caption)}</caption>", _html_row("th", head)]
    more = False
    for number, row in enumerate(rows):
        more = number >= ROWS
        if more:
            break
        lines.append(_html_row("td", [_cell(name, cell) for name, cell in zip(head, row, strict=True)]))
    if more:
        lines.append(f'<tr><td colspan="{len(head)}">…</td></tr>')
    return "".join([*lines, "</table>"])


def fields_table(model: ModelBase) -> str:
    """Return an HTML table of the fields that are there."""
    layout = model.__layout__()
    values = [(field.name, field.value(model)) for field in layout.fields if field.is_set(model)]
    rows = [_html_row("td", [name, _cell(name, value)]) for name, value in values]
    caption = f"<caption>{html.escape(type(model).__name__)}</caption>"
    return f"<table>{caption}{_html_row('th', ['field', 'value'])}{''.join(rows)}</table>"


def _cell(name: str, value: object) -> str:
    return "" if value is None else _short(name, value)


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _short(name: str, value: object) -> str:
    if isinstance(value, str):
        if name.endswith(_SECRET):
            return "'***'"
        return repr(value) if len(value) <= TEXT else f"{value[: TEXT - 1]!r}…"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{_count(cast('Sized', value))}]"
    if isinstance(value, dict):
        return f"{{{_count(cast('Sized', value))}}}"
    if isinstance(value, ModelBase):
        return f"{type(value).__name__}(…)"
    return repr(value)


def _count(items: Sized) -> str:
    return plural(len(items), "item")
