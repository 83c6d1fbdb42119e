"""What a table of models looks like: a column per field, with a type that follows from its codec.

Neutral between table libraries; `_tables.py` turns it into theirs.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from ._codec import Codec, write_any
from ._containers import ListOf, MapOf, ModelRef, Nullable
from ._dates import Day, Epoch, Moment
from ._json import encode_json
from ._layout import Layout
from ._scalars import Const
from ._unions import OneOf

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["Column", "Kind", "columns_for", "row_of"]

Kind: TypeAlias = "str | ListKind | MapKind | StructKind"
"""`text int float bool bytes date moment wall json`, or a list, map or struct of others.

`moment` is a point in time, `wall` what a clock showed whose zone is not known; `json` is text.
"""

_SIMPLE: Final[dict[str, str]] = {
    "str": "text",
    "bool": "bool",
    "int": "int",
    "int:text": "int",
    "float": "float",
    "float:text": "float",
    "bytes": "bytes",
    "uuid": "text",
}
_CONSTANT: Final[dict[type, str]] = {str: "text", bool: "bool", int: "int", float: "float"}

# Nobody reads a table with structs in structs in structs; recursive models would have no end.
_DEPTH: Final = 4


class ListKind:
    """A list in a cell."""

    def __init__(self, item: Kind) -> None:
        self.item = item


class MapKind:
    """Names and values in a cell."""

    def __init__(self, value: Kind) -> None:
        self.value = value


class StructKind:
    """A model in a cell."""

    def __init__(self, fields: dict[str, Kind]) -> None:
        self.fields = fields


class Column:
    """A column: its name, its kind, and how to get a row's cell."""

    def __init__(self, name: str, kind: Kind, cell: Callable[[object], object]) -> None:
        self.name = name
        self.kind = kind
        self.cell = cell


def columns_for(rows: Sequence[object], codec: Codec | None = None) -> list[Column]:
    """The columns of a table of `rows`: those of the models among them, in order of appearance.

    `codec` says what the rows are, also where there are none. Fields that no spec knows share
    one column of JSON, if any row has them. Rows that are no models fill a column `value`.
    """
    layouts = list(dict.fromkeys([*_layouts_of(codec), *(type(row) for row in rows)]))
    columns: dict[str, Column] = {}
    for kind in layouts:
        layout = getattr(kind, "__model__", None)
        if isinstance(layout, Layout):
            for slot in layout.all:
                found = kind_of(slot.codec)
                columns.setdefault(slot.name, Column(slot.name, found, partial(_field, slot.name, found)))
        else:
            columns.setdefault("value", _plain_column(kind, codec))
    if any(_unknown(row) for row in rows):
        columns["unknown_fields"] = Column("unknown_fields", "json", lambda row: _cell("json", _unknown(row) or None))
    return list(columns.values())


def _layouts_of(codec: Codec | None) -> list[type]:
    if isinstance(codec, ModelRef):
        return [codec.model]
    members: tuple[Codec, ...] = getattr(codec, "members", ())
    return [cls for member in members for cls in _layouts_of(member)]


def _plain_column(kind: type[object], codec: Codec | None) -> Column:
    if codec is not None and not isinstance(codec, ModelRef) and kind_of(codec) != "json":
        found = kind_of(codec)
    elif issubclass(kind, dt.datetime):
        found = "moment"
    else:
        found = "date" if issubclass(kind, dt.date) else _CONSTANT.get(kind, "json")
    return Column("value", found, lambda row: None if _is_model(row) else _cell(found, row))


def kind_of(codec: Codec, depth: int = 0) -> Kind:
    """The kind of column for values of a codec."""
    simple = _SIMPLE.get(codec.expression)
    if simple is not None:
        return simple
    if isinstance(codec, Nullable):
        return kind_of(codec.inner, depth)
    if isinstance(codec, Moment):
        return "wall" if codec.expression in ("datetime:local", "datetime:space", "datetime:us") else "moment"
    if isinstance(codec, Epoch):
        return "moment"
    if isinstance(codec, Day):
        return "date"
    if isinstance(codec, Const):
        return _CONSTANT.get(codec.sends[0], "json")
    if isinstance(codec, OneOf):
        kinds = {kind_of(member, depth) for member in codec.members if member.expression != "none"}
        return kinds.pop() if len(kinds) == 1 else "json"
    return _nested(codec, depth + 1) if depth < _DEPTH else "json"


def _nested(codec: Codec, depth: int) -> Kind:
    if isinstance(codec, ListOf):
        return ListKind(kind_of(codec.item, depth))
    if isinstance(codec, MapOf):
        return MapKind(kind_of(codec.value, depth))
    if isinstance(codec, ModelRef):
        fields = {slot.name: kind_of(slot.codec, depth) for slot in codec.model.__model__.all}
        return StructKind(fields) if fields else "json"
    return "json"


def _field(name: str, kind: Kind, row: object) -> object:
    return _cell(kind, getattr(row, name, None))


def _cell(kind: Kind, value: object) -> object:
    """A value as it stands in a table."""
    if value is None:
        return None
    if kind == "json":
        return encode_json(write_any(value)).decode()
    if isinstance(kind, ListKind):
        return [_cell(kind.item, item) for item in cast("Iterable[object]", value)]
    if isinstance(kind, MapKind):
        items = cast("Mapping[str, object]", value).items()
        return [{"key": key, "value": _cell(kind.value, item)} for key, item in items]
    if isinstance(kind, StructKind):
        return {name: _field(name, inner, value) for name, inner in kind.fields.items()}
    return str(value) if isinstance(value, uuid.UUID) else value


def row_of(row: object) -> dict[str, object]:
    """A row as a dictionary by Python names, models inside it as well; other values stay as they are."""
    if not _is_model(row):
        return {"value": _unmodelled(row)}
    return cast("dict[str, object]", _unmodelled(row))


def _unmodelled(value: object) -> object:
    if _is_model(value):
        layout = cast("Model", value).__model__
        found = {slot.name: _unmodelled(getattr(value, slot.name)) for slot in layout.all}
        unknown = _unknown(value)
        return {**found, "unknown_fields": unknown} if unknown else found
    if isinstance(value, list):
        return [_unmodelled(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _unmodelled(item) for key, item in cast("dict[str, object]", value).items()}
    return value


def _is_model(value: object) -> bool:
    return isinstance(getattr(type(value), "__model__", None), Layout)


def _unknown(row: object) -> dict[str, object]:
    rest = getattr(row, "__rest__", None)
    return dict(getattr(rest, "unknown", None) or {})
