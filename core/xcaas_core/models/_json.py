"""JSON types, and reading and writing JSON text."""

from __future__ import annotations

from typing import TypeAlias

from .._json import JSONValue as JSONValue
from .._json import dumps, loads
from ._context import ValidationFailure

__all__ = ["Buffer", "JSONObject", "JSONValue", "decode_json", "encode_json"]

JSONObject: TypeAlias = dict[str, JSONValue]
"""A JSON object."""

Buffer: TypeAlias = bytes | bytearray | memoryview | str


def decode_json(data: Buffer) -> JSONValue:
    """Return the value of JSON text or bytes. Raises `DecodeError` for invalid JSON.

    For callers' data; responses are read in `serialization/_responses.py`.
    """
    try:
        return loads(data if isinstance(data, str | bytes) else bytes(data))
    except RecursionError:
        raise ValidationFailure("the JSON is nested too deeply").error(from_caller=True) from None
    except ValueError as error:
        raise ValidationFailure(f"this is not JSON: {error}").error(from_caller=True) from None


def encode_json(value: JSONValue) -> bytes:
    """Return compact JSON in UTF-8. Raises `TypeError` or `ValueError` for values without a JSON form."""
    return dumps(value)
