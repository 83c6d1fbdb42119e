"""JSON pointers (RFC 6901), with which specs locate values in bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._json import ABSENT, Absent

if TYPE_CHECKING:
    from ._json import JSONValue

__all__ = ["find", "put", "value_at"]


def find(document: JSONValue, pointer: str) -> JSONValue | Absent:
    """Return the value at `pointer`, or `ABSENT`.

    A list of one object, where the pointer has the name of a member, is read as that
    object: several of the vendor's documents wrap responses in an array that the
    service does not send, or vice versa.
    """
    node = document
    for part in _parts(pointer):
        if isinstance(node, list):
            if part.isdecimal():
                if int(part) >= len(node):
                    return ABSENT
                node = node[int(part)]
                continue
            if len(node) != 1:
                return ABSENT
            node = node[0]
        if not isinstance(node, dict) or part not in node:
            return ABSENT
        node = node[part]
    return node


def value_at(document: JSONValue, pointer: str) -> JSONValue:
    """Return the value at `pointer`, or None."""
    value = find(document, pointer)
    return None if isinstance(value, Absent) else value


def put(document: JSONValue, pointer: str, value: JSONValue) -> JSONValue:
    """Return a copy of `document` with `value` at `pointer`, sharing all other values."""
    return _put(document, _parts(pointer), value)


def _put(document: JSONValue, parts: list[str], value: JSONValue) -> JSONValue:
    if not parts:
        return value
    members = document if isinstance(document, dict) else {}
    return {**members, parts[0]: _put(members.get(parts[0]), parts[1:], value)}


def _parts(pointer: str) -> list[str]:
    if not pointer:
        return []
    parts = pointer.removeprefix("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in pointer else parts
