"""JSON values: their type, text that becomes them, text that they become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .._json import dumps, loads
from ._failure import ValidationFailure

__all__ = ["Buffer", "JSONObject", "JSONValue", "decode_json", "encode_json", "is_list", "is_mapping", "is_object"]

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    JSONValue: TypeAlias = dict[str, "JSONValue"] | list["JSONValue"] | str | int | float | bool | None
    """Any JSON value."""
else:
    JSONValue = Any  # `typing.get_type_hints` never ends with a type that holds itself

JSONObject: TypeAlias = dict[str, JSONValue]
"""A JSON object."""

Buffer: TypeAlias = bytes | bytearray | memoryview | str


def is_object(value: object) -> TypeIs[dict[str, object]]:
    """Whether a value of JSON is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeIs[list[object]]:
    """Whether a value of JSON is a list."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeIs[Mapping[Any, object]]:
    """Whether a value that is sent is an object in JSON."""
    return isinstance(value, Mapping)


def decode_json(data: Buffer) -> JSONValue:
    """Return the value that JSON text or bytes stand for. Raises `DecodeError` for anything else.

    For text that callers give; answers are read in `serialization/_responses.py`.
    """
    try:
        return cast("JSONValue", loads(data if isinstance(data, str | bytes) else bytes(data)))
    except RecursionError:
        raise ValidationFailure("the JSON is nested too deeply").error(from_caller=True) from None
    except ValueError as error:
        raise ValidationFailure(f"this is not JSON: {error}").error(from_caller=True) from None


def encode_json(value: JSONValue) -> bytes:
    """Return compact JSON in UTF-8. Raises `TypeError` or `ValueError` for what JSON cannot hold."""
    return dumps(value)
