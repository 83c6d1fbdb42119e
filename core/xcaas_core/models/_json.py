"""JSON bytes in and out. Fast with orjson (extra `speed`), the same without."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeAlias, cast

from ._misfit import Misfit

try:
    import orjson
except ImportError:  # the extra `speed` is not installed
    orjson = None  # type: ignore[assignment]

__all__ = ["JSONObject", "JSONValue", "decode_json", "encode_json", "own_copy"]

JSONValue: TypeAlias = "dict[str, JSONValue] | list[JSONValue] | str | int | float | bool | None"
"""Any JSON value."""

JSONObject: TypeAlias = "dict[str, JSONValue]"
"""A JSON object."""

Buffer: TypeAlias = bytes | bytearray | memoryview | str

_loads: Final[Callable[[Buffer], JSONValue] | None] = None if orjson is None else orjson.loads


def decode_json(data: Buffer) -> JSONValue:
    """The value that JSON text or bytes stand for.

    Raises `DecodeError` for anything else. What orjson refuses and the standard library
    reads (a byte order mark, UTF-16, half a surrogate pair) is read, so that an answer
    does not depend on what is installed.
    """
    if _loads is not None:
        try:
            return _loads(data)
        except ValueError:
            pass
    try:
        return cast(JSONValue, json.loads(bytes(data) if isinstance(data, memoryview) else data))
    except RecursionError:
        raise Misfit("the JSON is nested too deeply").error() from None
    except ValueError as error:
        raise Misfit(f"this is not JSON: {error}").error() from None


def encode_json(value: JSONValue) -> bytes:
    """Compact JSON in UTF-8. Raises `TypeError` or `ValueError` for what JSON cannot hold."""
    if orjson is not None:
        try:
            return orjson.dumps(value)
        except TypeError:  # integers beyond 64 bits, half a surrogate pair
            pass
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def own_copy(value: JSONValue) -> JSONValue:
    """A copy that shares nothing mutable with `value`."""
    if isinstance(value, dict):
        return {key: own_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [own_copy(item) for item in value]
    return value
