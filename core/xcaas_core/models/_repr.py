"""Models in one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sized
from typing import TYPE_CHECKING, Final, cast

from .._words import counted
from ._slots import PENDING

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["one_line"]

WIDTH: Final = 110
TEXT: Final = 40

# What stands in such a field is nobody's business: `repr` ends up in logs.
_SECRET: Final = ("password", "secret", "token", "api_key", "apikey")


def one_line(model: Model) -> str:
    """`Class(field=value, …)`: the fields that are there, in order, as far as a line goes."""
    name = type(model).__name__
    parts: list[str] = []
    length = len(name) + 2
    for slot in model.__model__.all:
        if not slot.given(model):
            continue
        value, raw = slot.state(model)
        shown = f"{slot.name}={_short(slot.name, raw if value is PENDING else value)}"
        length += len(shown) + 2
        if length > WIDTH and parts:
            parts.append("…")
            break
        parts.append(shown)
    return f"{name}({', '.join(parts)})"


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
    if hasattr(type(value), "__model__"):
        return f"{type(value).__name__}(…)"
    return repr(value)


def _count(items: Sized) -> str:
    return counted(len(items), "item")
