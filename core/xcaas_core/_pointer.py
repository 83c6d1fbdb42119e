"""JSON pointers (RFC 6901), as specs use them to say where a value stands in a body."""

from __future__ import annotations

from typing import Final, TypeAlias

__all__ = ["ABSENT", "JSON", "Absent", "find", "put", "value_at"]

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
"""Nothing stands at the pointer, which is not the same as null."""


def find(document: JSON, pointer: str) -> JSON | Absent:
    """The value at `pointer`, or `ABSENT`.

    A list of one object where the pointer asks for a member is read as that
    object: several of the vendor's documents wrap answers in an array that the
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


def value_at(document: JSON, pointer: str) -> JSON:
    """Like `find`, where absent and null mean the same."""
    found = find(document, pointer)
    return None if isinstance(found, Absent) else found


def put(document: JSON, pointer: str, value: JSON) -> JSON:
    """A copy of `document` with `value` at `pointer`; only the objects on the way are copied."""
    return _put(document, _parts(pointer), value)


def _put(document: JSON, parts: list[str], value: JSON) -> JSON:
    if not parts:
        return value
    here = document if isinstance(document, dict) else {}
    return {**here, parts[0]: _put(here.get(parts[0]), parts[1:], value)}


def _parts(pointer: str) -> list[str]:
    if not pointer:
        return []
    parts = pointer.removeprefix("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in pointer else parts
