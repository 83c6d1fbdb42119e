"""JSON, with `orjson` if it is installed and suitable, else with the standard library."""

from __future__ import annotations

import gc
import json
from importlib import import_module
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ._checks import is_list, is_object, is_tuple

if TYPE_CHECKING:
    from collections.abc import Callable

    JSONValue: TypeAlias = dict[str, "JSONValue"] | list["JSONValue"] | str | int | float | bool | None
    """Any JSON value."""
else:
    JSONValue = Any  # `typing.get_type_hints` never ends with a recursive type

__all__ = [
    "ABSENT",
    "Absent",
    "JSONValue",
    "ascii_dumps",
    "dumps",
    "loads",
    "standard_dumps",
    "standard_loads",
    "uncollected",
]

# orjson first allocates a dozen times the size of the text. Beyond this size, that matters, and the
# standard library is hardly slower: both spend their time creating objects.
_LARGE: Final = 1 << 20

# Maps digits to 1, to find long runs of them.
_DIGITS_AS_ONES: Final = bytes(ord("1") if byte in b"0123456789" else ord(" ") for byte in range(256))


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""No value, as opposed to null: of a field, or at a pointer."""


class uncollected:  # noqa: N801
    """A context in which the garbage collector is paused, to decode a large response.

    It would traverse millions of new objects again and again.
    """

    __slots__ = ("_paused", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._paused = False

    def __enter__(self) -> None:
        self._paused = self._size >= _LARGE and gc.isenabled()
        if self._paused:
            gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._paused:
            gc.enable()


def standard_loads(content: bytes | str) -> JSONValue:
    """Read JSON with the standard library."""
    value: JSONValue = json.loads(content)
    return value


def ascii_dumps(value: object) -> bytes:
    """Write compact JSON with all but ASCII escaped."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def standard_dumps(value: object) -> bytes:
    """Write compact JSON with the standard library."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # a lone surrogate, which a server may send
        return ascii_dumps(value)


def _refuse_non_finite(value: object) -> None:
    """Raise ValueError for NaN and infinities in a value."""
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{value} is no number that JSON could hold")
    if is_object(value):
        for member in value.values():
            _refuse_non_finite(member)
    elif is_list(value) or is_tuple(value):
        for member in value:
            _refuse_non_finite(member)


def _has_long_number(content: bytes | str) -> bool:
    """Return whether there may be an integer beyond 64 bits, which orjson rounds to a float."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return data.translate(_DIGITS_AS_ONES).find(b"1" * 19) >= 0


def _select() -> tuple[Callable[[bytes | str], JSONValue], Callable[[object], bytes]]:
    if find_spec("orjson") is None:
        return standard_loads, standard_dumps
    orjson = import_module("orjson")

    def loads(content: bytes | str) -> JSONValue:
        if len(content) > _LARGE or _has_long_number(content):
            return standard_loads(content)
        try:
            value: JSONValue = orjson.loads(content)
        except ValueError:
            # orjson refuses NaN and deep nesting
            value = json.loads(content)
        return value

    def dumps(value: object) -> bytes:
        try:
            content: bytes = orjson.dumps(value)
        except TypeError:
            return standard_dumps(value)
        if b"null" in content:
            # orjson writes NaN and infinities as null.
            _refuse_non_finite(value)
        return content

    return loads, dumps


loads, dumps = _select()
