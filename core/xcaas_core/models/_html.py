"""Models and rows as tables in notebooks."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

from ._layout import ModelBase
from ._repr import short

__all__ = ["fields_table", "html_table"]

ROWS: Final = 20


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
    return "" if value is None else short(name, value)


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
