"""Schemas of models for pydantic and FastAPI.

Core schemas are dictionaries, so pydantic is not imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from ..._errors import DecodeError
from .._codec import Codec, NullableCodec
from .._containers import ListCodec, MapCodec, OneOrListCodec
from .._dates import DateCodec, DateTimeCodec, EpochCodec
from .._layout import Layout, ModelBase, ModelCodec
from .._scalars import ConstCodec
from .._unions import DiscriminatedCodec, UnionCodec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["core_schema", "json_schema"]

_TYPES: Final[dict[type, str]] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def core_schema(cls: type[ModelBase]) -> dict[str, object]:
    """Return pydantic's core schema: accepts instances, reads with `from_dict`, writes with `to_dict`."""

    def validate(value: object) -> object:
        if isinstance(value, cls):
            return value
        try:
            return cls.from_dict(cast("Mapping[str, object]", value))
        except DecodeError as error:
            raise ValueError(str(error)) from None

    return {
        "type": "function-plain",
        "function": {"type": "no-info", "function": validate},
        "serialization": {"type": "function-plain", "function": cls.to_dict},
    }


def json_schema(layout: Layout, parents: tuple[type[ModelBase], ...] = ()) -> dict[str, object]:
    """Return the JSON Schema of a model. Recursive models are described once."""
    cls = layout.cls
    if cls in parents:
        return {"type": "object", "title": cls.__name__}
    parents = (*parents, cls)
    properties: dict[str, object] = {}
    for field in layout.fields:
        field_schema = _schema(field.codec, parents)
        may_be_null = field.nullable and not field.codec.nullable
        properties[field.wire] = {"anyOf": [field_schema, {"type": "null"}]} if may_be_null else field_schema
    schema: dict[str, object] = {"type": "object", "title": cls.__name__, "properties": properties}
    if required := [field.wire for field in layout.fields if field.required]:
        schema["required"] = required
    if layout.extra is not None:
        schema["additionalProperties"] = _schema(layout.extra[1], parents)
    return schema


def _schema(codec: Codec, parents: tuple[type[ModelBase], ...]) -> dict[str, object]:
    match codec:
        case ModelCodec():
            return json_schema(codec.layout, parents)
        case ListCodec():
            return {"type": "array", "items": _schema(codec.item, parents)}
        case MapCodec():
            return {"type": "object", "additionalProperties": _schema(codec.value, parents)}
        case NullableCodec():
            return {"anyOf": [_schema(codec.inner, parents), {"type": "null"}]}
        case OneOrListCodec():
            return _schema(codec.inner, parents)
        case UnionCodec() | DiscriminatedCodec():
            return {"anyOf": [_schema(member, parents) for member in codec.members]}
        case ConstCodec():
            return {"const": codec.value}
        case DateTimeCodec():
            return {"type": "string", "format": "date-time"}
        case DateCodec():
            return {"type": "string", "format": "date"}
        case EpochCodec():
            return {"type": "string" if codec.text else "number"}
        case _:
            return {"type": _TYPES[codec.exact]} if codec.exact in _TYPES else _by_name(codec.name)


def _by_name(name: str) -> dict[str, object]:
    return {} if name in ("JSONValue", "None") else {"type": "string"}
