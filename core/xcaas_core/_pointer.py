"""JSON pointers (RFC 6901), as specs use them to say where a value stands in a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._json import ABSENT, Absent

if TYPE_CHECKING:
    from ._json import JSONValue

__all__ = ["find", "put", "value_at"]


def find(document: JSONValue, pointer: str) -> JSONValue | Absent:
    """Return the value at `pointer`, or `ABSENT`.

    A list of one object where the pointer asks for a member is read as that
    object: several of the vendor's documents wrap responses in an array that the
    service does not send, or the other way round.
    """
    here = document
    for part in _parts(pointer):
        if isinstance(here, list):
            if part.isdecimal():
                if int(part) >= len(here):
                    return ABSENT
                here = here[int(part)]
                continue
            if len(here) != 1:
                return ABSENT
            here = here[0]
        if not isinstance(here, dict) or part not in here:
            return ABSENT
        here = here[part]
    return here


def value_at(document: JSONValue, pointer: str) -> JSONValue:
    """Return what `find` returns, where absent and null mean the same."""
    found = find(document, pointer)
    return None if isinstance(found, Absent) else found


def put(document: JSONValue, pointer: str, value: JSONValue) -> JSONValue:
    """Return a copy of `document` with `value` at `pointer`; only the objects on the way are copied."""
    return _put(document, _parts(pointer), value)


def _put(document: JSONValue, parts: list[str], value: JSONValue) -> JSONValue:
    if not parts:
        return value
    here = document if isinstance(document, dict) else {}
    return {**here, parts[0]: _put(here.get(parts[0]), parts[1:], value)}


def _parts(pointer: str) -> list[str]:
    if not pointer:
        return []
    parts = pointer.removeprefix("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in pointer else parts
