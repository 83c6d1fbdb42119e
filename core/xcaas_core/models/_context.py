"""The context in which values are read, and the exception for invalid ones.

Readers raise `ValidationFailure` without a location; each container that it passes adds its key.
"""

from __future__ import annotations

import warnings
from typing import Final, TypeAlias

from .._errors import DecodeError

__all__ = [
    "FROM_CALLER",
    "FROM_CALLER_OWNED",
    "FROM_SERVER",
    "FROM_SERVER_OWNED",
    "Context",
    "Key",
    "LenientReading",
    "ValidationFailure",
    "describe",
    "located",
]

Key: TypeAlias = "str | int"
"""The name of a member, or the index of an element."""

_SERVER_ADVICE: Final = "The server sent something else than the spec says; `raw` gives the response as it came."
_CALLER_ADVICE: Final = "Give what the service would send: its own names for the fields, and plain JSON values."

_JSON_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}


class ValidationFailure(Exception):
    """A JSON value is not of the expected type. Internal: callers get `DecodeError`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.keys: list[Key] = []
        """Innermost first."""

    def within(self, key: Key) -> ValidationFailure:
        """Add the key of the enclosing container."""
        self.keys.append(key)
        return self

    def error(self, at: str = "", *, from_caller: bool = False) -> DecodeError:
        """Return the error to raise; `at` is the JSON pointer to the value that was read."""
        return DecodeError(
            self.message,
            pointer=at + self.pointer,
            advice=_CALLER_ADVICE if from_caller else _SERVER_ADVICE,
        )

    @property
    def pointer(self) -> str:
        """The JSON pointer from the value that was read to the invalid one."""
        return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in reversed(self.keys))


def located(error: TypeError | ValueError, key: Key) -> TypeError | ValueError:
    """Add a key to the error about a value that cannot be written: `tags[0].key: …`."""
    if type(error) not in (TypeError, ValueError):  # subclasses may have other arguments
        return error
    message: str = getattr(error, "bare_message", str(error))
    way = f"[{key}]" if isinstance(key, int) else key
    inner: str = getattr(error, "way", "")
    way = way + (inner if inner.startswith("[") or not inner else f".{inner}")
    vars(error).update(bare_message=message, way=way)
    error.args = (f"{way}: {message}",)
    return error


def describe(value: object) -> str:
    """Name the kind of a JSON value, not its content, which may be personal data."""
    return _JSON_KINDS.get(type(value), type(value).__name__)


class LenientReading:
    """Lenient reading for one client: remembers the fields that it has warned about."""

    __slots__ = ("_warned",)

    def __init__(self) -> None:
        self._warned: set[tuple[str, str]] = set()

    def warn(self, model: str, field: str, failure: ValidationFailure) -> None:
        """Warn of an invalid value, once per field."""
        if (model, field) in self._warned:
            return
        self._warned.add((model, field))
        where = f" (at {failure.pointer} in it)" if failure.keys else ""
        warnings.warn(
            f"{model}.{field} came as the spec does not have it: {failure.message}{where}. It was kept as it came.",
            stacklevel=2,
        )


class Context:
    """How a value is read.

    `owned`: nothing else refers to the JSON, so long lists are read in place, to save memory.
    `lenient`: invalid fields are kept as received, with a warning, instead of failing.
    """

    __slots__ = ("from_caller", "lenient", "owned")

    def __init__(
        self, *, owned: bool = False, from_caller: bool = False, lenient: LenientReading | None = None
    ) -> None:
        # Invalid values are kept as received, so they must not be modified.
        self.owned: bool = owned and lenient is None
        self.from_caller: bool = from_caller
        self.lenient: LenientReading | None = lenient


FROM_SERVER: Final = Context()
FROM_SERVER_OWNED: Final = Context(owned=True)
FROM_CALLER: Final = Context(from_caller=True)
FROM_CALLER_OWNED: Final = Context(from_caller=True, owned=True)
