"""JSON values: their type, text that becomes them, text that they become."""

from __future__ import annotations

from typing import TypeAlias, cast

from .._json import dumps, loads
from ._misfit import GIVEN, Misfit

__all__ = ["Buffer", "JSONObject", "JSONValue", "decode_json", "encode_json", "own_copy"]

JSONValue: TypeAlias = "dict[str, JSONValue] | list[JSONValue] | str | int | float | bool | None"
"""Any JSON value."""

JSONObject: TypeAlias = "dict[str, JSONValue]"
"""A JSON object."""

Buffer: TypeAlias = bytes | bytearray | memoryview | str


def decode_json(data: Buffer) -> JSONValue:
    """The value that JSON text or bytes stand for. Raises `DecodeError` for anything else.

    For text that callers give; answers are read in `_answers.py`.
    """
    try:
        return cast("JSONValue", loads(data if isinstance(data, str | bytes) else bytes(data)))
    except RecursionError:
        raise Misfit("the JSON is nested too deeply").error(GIVEN) from None
    except ValueError as error:
        raise Misfit(f"this is not JSON: {error}").error(GIVEN) from None


def encode_json(value: JSONValue) -> bytes:
    """Compact JSON in UTF-8. Raises `TypeError` or `ValueError` for what JSON cannot hold."""
    return dumps(value)


def own_copy(value: JSONValue) -> JSONValue:
    """A copy that shares nothing mutable with `value`."""
    if isinstance(value, dict):
        return {key: own_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [own_copy(item) for item in value]
    return value
