"""JSON bytes in and out. Fast with orjson (extra `speed`), the same without."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeAlias, cast

from ._misfit import Misfit

__all__ = ["JSONObject", "JSONValue", "decode_json", "encode_json", "own_copy"]

JSONValue: TypeAlias = "dict[str, JSONValue] | list[JSONValue] | str | int | float | bool | None"
"""Any JSON value."""

JSONObject: TypeAlias = "dict[str, JSONValue]"
"""A JSON object."""

Buffer: TypeAlias = bytes | bytearray | memoryview | str

Loads: TypeAlias = Callable[[Buffer], JSONValue]
Dumps: TypeAlias = Callable[[object], bytes]


def _fast() -> tuple[Loads, Dumps]:
    """orjson's two functions, or two that refuse everything, so that the standard library does it."""
    try:
        import orjson
    except ImportError:  # the extra `speed` is not installed
        return _never_loads, _never_dumps
    return orjson.loads, orjson.dumps


def _never_loads(data: Buffer) -> JSONValue:
    raise ValueError("for the standard library")


def _never_dumps(value: object) -> bytes:
    raise TypeError("for the standard library")


_loads, _dumps = _fast()

# orjson first allots a dozen times the size of the text. Beyond this size that is felt, and the
# standard library is hardly slower: both spend their time on making objects.
_MUCH: Final = 1 << 20


def decode_json(data: Buffer) -> JSONValue:
    """The value that JSON text or bytes stand for.

    Raises `DecodeError` for anything else. What orjson refuses and the standard library
    reads (a byte order mark, UTF-16, half a surrogate pair) is read, so that an answer
    does not depend on what is installed.
    """
    if len(data) < _MUCH:
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
    try:
        return _dumps(value)
    except TypeError:  # also for integers beyond 64 bits and half a surrogate pair
        pass
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def own_copy(value: JSONValue) -> JSONValue:
    """A copy that shares nothing mutable with `value`."""
    if isinstance(value, dict):
        return {key: own_copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [own_copy(item) for item in value]
    return value
