"""Data that does not fit its type: where it stands, and the one error that callers see.

Readers raise `ValidationFailure` and know nothing of where they stand; each container on the way
out adds the key under which the value stood.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from .._errors import DecodeError

__all__ = ["Key", "ValidationFailure", "describe", "located"]

Key: TypeAlias = "str | int"
"""The name of a member, or the index of an element."""

_FROM_SERVER: Final = "The server sent something else than the spec says; `raw` gives the answer as it came."
_FROM_CALLER: Final = "Give what the service would send: its own names for the fields, and plain JSON values."

_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}


class ValidationFailure(Exception):
    """A JSON value that is not of the type that was expected. Never leaves this package."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.keys: list[Key] = []
        """From the inside out."""

    def within(self, key: Key) -> ValidationFailure:
        """Add the key of the container that is left."""
        self.keys.append(key)
        return self

    def error(self, at: str = "", *, from_caller: bool = False) -> DecodeError:
        """Return the error to raise, where `at` is the JSON pointer to the value that was read."""
        return DecodeError(
            self.message,
            pointer=at + self.pointer,
            advice=_FROM_CALLER if from_caller else _FROM_SERVER,
        )

    @property
    def pointer(self) -> str:
        """The JSON pointer from the value that was read to the one that does not fit."""
        return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in reversed(self.keys))


def located(error: TypeError | ValueError, key: Key) -> TypeError | ValueError:
    """Add a key to the error about a value that cannot be written: `tags[0].key: …`."""
    if type(error) not in (TypeError, ValueError):  # others may have arguments of their own
        return error
    message: str = getattr(error, "bare_message", str(error))
    way = f"[{key}]" if isinstance(key, int) else key
    inner: str = getattr(error, "way", "")
    way = way + (inner if inner.startswith("[") or not inner else f".{inner}")
    vars(error).update(bare_message=message, way=way)
    error.args = (f"{way}: {message}",)
    return error


def describe(value: object) -> str:
    """Name the kind of a JSON value, without its content: answers may hold personal data."""
    return _KINDS.get(type(value), type(value).__name__)
