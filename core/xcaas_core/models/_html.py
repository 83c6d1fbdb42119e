"""HTML tables of models and rows, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ._layout import ModelBase
from ._repr import short

__all__ = ["fields_table", "html_cell", "html_table"]


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], foot: str = "") -> str:
    """Return an HTML table. `foot` is HTML to put after the rows."""
    lines = "".join([_html_row("td", row) for row in rows])
    return f"<table><caption>{escape(caption)}</caption>{_html_row('th', head)}{lines}{foot}</table>"


def html_cell(name: str, value: object) -> str:
    """Return the text of a cell, shortened as in `repr`."""
    return "" if value is None else short(name, value)


def fields_table(model: ModelBase) -> str:
    """Return an HTML table of the fields that are set."""
    fields = [field for field in model.__layout__().fields if field.is_set(model)]
    rows = [(field.name, html_cell(field.name, field.value(model))) for field in fields]
    return html_table(type(model).__name__, ("field", "value"), rows)


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
