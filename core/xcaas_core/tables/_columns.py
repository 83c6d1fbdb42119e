"""The columns of a table of models: one per field, typed by its codec.

Independent of table libraries; `_export.py` converts to theirs.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias, cast

from .._by_key import Pair, by_key
from .._errors import ArgumentError
from ..models._codec import Codec, NullableCodec, write_any
from ..models._containers import ListCodec, MapCodec, OneOrListCodec
from ..models._dates import DateCodec, DateTimeCodec, EpochCodec
from ..models._json import encode_json
from ..models._layout import Layout, ModelCodec, unknown_of
from ..models._model import Model
from ..models._scalars import NULL, ConstCodec
from ..models._unions import DiscriminatedCodec, UnionCodec
from ._row_type import Pivots, RowType

__all__ = ["Column", "Kind", "columns_for", "fixed_columns", "row_of"]

Kind: TypeAlias = "str | ListKind | MapKind | StructKind"
"""`text int float bool bytes date moment wall json`, or a list, map or struct of others.

`moment` is an aware datetime, `wall` a naive one; `json` is text.
"""

_SIMPLE: Final[dict[type, str]] = {
    str: "text",
    bool: "bool",
    int: "int",
    float: "float",
    bytes: "bytes",
    decimal.Decimal: "text",
    uuid.UUID: "text",
}
_CONSTANT: Final[dict[type, str]] = {str: "text", bool: "bool", int: "int", float: "float"}

# Deeper structs become JSON: they are hard to read, and recursive models would never end.
_DEPTH: Final = 4

UNKNOWN: Final = "unknown_fields"


class ListKind:
    """A list in a cell."""

    def __init__(self, item: Kind) -> None:
        self.item = item


class MapKind:
    """A map in a cell."""

    def __init__(self, value: Kind) -> None:
        self.value = value


class StructKind:
    """A model in a cell."""

    def __init__(self, fields: dict[str, Kind]) -> None:
        self.fields = fields


class Column:
    """A column: its name, its kind, and the function that returns a row's cell."""

    def __init__(self, name: str, kind: Kind, cell: Callable[[object], object]) -> None:
        self.name = name
        self.kind = kind
        self.cell = cell

    def value(self, row: object) -> object:
        """Return the Python value in a row."""
        return getattr(row, self.name, None) if isinstance(row, Model) else row


def columns_for(rows: Sequence[object], row_type: RowType | None = None) -> list[Column]:
    """Return the columns of a table of `rows`: the fields of their models, in order of appearance.

    `row_type` gives the columns of an empty table. Unknown fields share a column of JSON, if any row
    has them. Rows that are not models go to a column `value`.
    """
    row_type = row_type or RowType()
    codec, pivots = row_type.codec, row_type.pivots
    kinds: list[type[object]] = list(dict.fromkeys([*_models_of(codec), *(type(row) for row in rows)]))
    columns: dict[str, Column] = {}
    missing = set(pivots)
    for kind in kinds:
        if issubclass(kind, Model):
            for name, value_codec in _field_codecs(kind.__layout__()):
                column_kind = kind_of(value_codec)
                if name not in pivots:
                    columns.setdefault(name, Column(name, column_kind, partial(_field_cell, name, column_kind)))
                elif name in missing:
                    missing.remove(name)
                    columns.update(
                        {column.name: column for column in _pivot_columns(name, column_kind, pivots[name], rows)}
                    )
        else:
            columns.setdefault("value", _plain_column(kind, codec))
    if missing and kinds:
        raise ArgumentError(f"{min(missing)!r} cannot be pivoted: the rows have no such field")
    if any(_unknown_of(row) for row in rows):
        columns[UNKNOWN] = unknown_column()
    return list(columns.values())


def fixed_columns(row_type: RowType) -> list[Column]:
    """Return the columns of a table for any rows of a type.

    Raises ArgumentError if a list is pivoted without keys.
    """
    for name, keys in row_type.pivots.items():
        if keys is None:
            raise ArgumentError(f"the keys of {name!r} are not known before the rows: pivot({name}=[…]) names them")
    columns = columns_for((), row_type)
    if not _models_of(row_type.codec):
        return [_plain_column(object, row_type.codec)]
    return [*columns, unknown_column()]


def unknown_column() -> Column:
    """Return the column of unknown fields."""
    return Column(UNKNOWN, "json", lambda row: _cell("json", _unknown_of(row) or None))


def _pivot_columns(name: str, kind: Kind, keys: tuple[str, ...] | None, rows: Iterable[object]) -> list[Column]:
    """Return a column per key of a list of keys and values."""
    item = kind.item if isinstance(kind, ListKind) else None
    if not isinstance(item, StructKind) or not {"key", "value"} <= item.fields.keys():
        raise ArgumentError(f"{name!r} cannot be pivoted: it is not a list of keys and values")
    value = item.fields["value"]
    if keys is None:
        keys = tuple(dict.fromkeys(key for row in rows for key in pairs_of(row, name)))
    return [Column(f"{name}.{key}", value, partial(_pivot_cell, name, key, value)) for key in keys]


def _pivot_cell(name: str, key: str, kind: Kind, row: object) -> object:
    return _cell(kind, pairs_of(row, name).get(key))


def pairs_of(row: object, name: str) -> dict[str, object]:
    """Return a row's list of keys and values as a dictionary."""
    pairs: Iterable[Pair[object]] | None = getattr(row, name, None)
    return by_key(pairs)


def _models_of(codec: Codec | None) -> list[type]:
    match codec:
        case ModelCodec():
            return [codec.model]
        case NullableCodec() | OneOrListCodec():
            return _models_of(codec.inner)
        case UnionCodec() | DiscriminatedCodec():
            return [cls for member in codec.members for cls in _models_of(member)]
        case _:
            return []


def _field_codecs(layout: Layout) -> list[tuple[str, Codec]]:
    """Return the names and codecs of a model's fields, including that for additional properties."""
    fields = [(field.name, field.codec) for field in layout.fields]
    return [*fields, (layout.extra[0], MapCodec(layout.extra[1]))] if layout.extra else fields


def _plain_column(kind: type[object], codec: Codec | None) -> Column:
    if codec is not None and not isinstance(codec, ModelCodec) and kind_of(codec) != "json":
        column_kind = kind_of(codec)
    elif issubclass(kind, dt.datetime):
        column_kind = "moment"
    else:
        column_kind = "date" if issubclass(kind, dt.date) else _CONSTANT.get(kind, "json")
    return Column("value", column_kind, lambda row: None if isinstance(row, Model) else _cell(column_kind, row))


def kind_of(codec: Codec, depth: int = 0) -> Kind:
    """Return the kind of column for values of a codec."""
    match codec:
        case NullableCodec() | OneOrListCodec():
            return kind_of(codec.inner, depth)
        case DateTimeCodec():
            return "wall" if codec.local else "moment"
        case EpochCodec():
            return "moment"
        case DateCodec():
            return "date"
        case ConstCodec():
            return _CONSTANT.get(codec.sends[0], "json")
        case UnionCodec():
            kinds = {kind_of(member, depth) for member in codec.members if member is not NULL}
            return kinds.pop() if len(kinds) == 1 else "json"
        case ListCodec() | MapCodec() | ModelCodec():
            return _nested_kind(codec, depth + 1) if depth < _DEPTH else "json"
        case _:
            return _SIMPLE.get(codec.sends[0], "json")


def _nested_kind(codec: ListCodec | MapCodec | ModelCodec, depth: int) -> Kind:
    if isinstance(codec, ListCodec):
        return ListKind(kind_of(codec.item, depth))
    if isinstance(codec, MapCodec):
        return MapKind(kind_of(codec.value, depth))
    fields = {name: kind_of(inner, depth) for name, inner in _field_codecs(codec.layout)}
    return StructKind(fields) if fields else "json"


def _field_cell(name: str, kind: Kind, row: object) -> object:
    return _cell(kind, getattr(row, name, None))


def _cell(kind: Kind, value: object) -> object:
    """Return a value for a cell."""
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
        return {name: _field_cell(name, inner, value) for name, inner in kind.fields.items()}
    return str(value) if isinstance(value, uuid.UUID | decimal.Decimal) else value


def row_of(row: object, pivots: Pivots | None = None) -> dict[str, object]:
    """Return a row as a dictionary by Python names, nested models included; other values are unchanged."""
    if not isinstance(row, Model):
        return {"value": _as_plain(row)}
    cells = _fields_of(row)
    for name, keys in (pivots or {}).items():
        if cells.pop(name, None) is not None or keys is not None:
            pairs = pairs_of(row, name)
            cells.update({f"{name}.{key}": _as_plain(pairs.get(key)) for key in (pairs if keys is None else keys)})
    return cells


def _fields_of(model: Model) -> dict[str, object]:
    fields = {name: _as_plain(getattr(model, name)) for name, _ in _field_codecs(model.__layout__())}
    unknown = _unknown_of(model)
    return {**fields, "unknown_fields": unknown} if unknown else fields


def _as_plain(value: object) -> object:
    if isinstance(value, Model):
        return _fields_of(value)
    if isinstance(value, list):
        return [_as_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _as_plain(item) for key, item in cast("dict[str, object]", value).items()}
    return value


def _unknown_of(row: object) -> dict[str, object]:
    return dict(unknown_of(row)) if isinstance(row, Model) else {}
