"""One-line `repr` of models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sized
from typing import Final, cast

from .._text import plural
from ._layout import ModelBase

__all__ = ["one_line", "short"]

WIDTH: Final = 110
TEXT: Final = 40

# Fields that are masked, because `repr` ends up in logs.
_SECRET: Final = ("password", "secret", "token", "api_key", "apikey")


def one_line(model: ModelBase) -> str:
    """Return `Class(field=value, …)` with the fields that are set, cut to the length of a line."""
    name = type(model).__name__
    layout = model.__layout__()
    values = [(field.name, field.value(model)) for field in layout.fields if field.is_set(model)]
    if layout.extra is not None and (extra := getattr(model, layout.extra[0])):
        values.append((layout.extra[0], extra))
    parts: list[str] = []
    length = len(name) + 2
    for key, value in values:
        part = f"{key}={short(key, value)}"
        length += len(part) + 2
        if length > WIDTH and parts:
            parts.append("…")
            break
        parts.append(part)
    return f"{name}({', '.join(parts)})"


def short(name: str, value: object) -> str:
    """Return a shortened `repr`, masked if the value may be a secret."""
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
