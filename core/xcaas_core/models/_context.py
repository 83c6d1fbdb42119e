"""What readers know besides the value, and what they raise where it does not fit.

Readers raise `ValidationFailure` and know nothing of where they stand; each container on the way
out adds the key under which the value stood.
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
            advice=_CALLER_ADVICE if from_caller else _SERVER_ADVICE,
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
    """Name the kind of a JSON value, without its content: responses may hold personal data."""
    return _KINDS.get(type(value), type(value).__name__)


class LenientReading:
    """The memory of a client that reads leniently: which fields it has warned of."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()

    def warn(self, model: str, field: str, failure: ValidationFailure) -> None:
        """Warn of a value that does not fit, once per field."""
        if (model, field) in self._told:
            return
        self._told.add((model, field))
        where = f" (at {failure.pointer} in it)" if failure.keys else ""
        warnings.warn(
            f"{model}.{field} came as the spec does not have it: {failure.message}{where}. It was kept as it came.",
            stacklevel=2,
        )


class Context:
    """How a value is read.

    `owned`: nobody else holds the JSON, so that its long lists are replaced in place, which takes less memory.
    `lenient`: a field that does not fit is kept as it came, with a warning, instead of a failure.
    """

    __slots__ = ("from_caller", "lenient", "owned")

    def __init__(
        self, *, owned: bool = False, from_caller: bool = False, lenient: LenientReading | None = None
    ) -> None:
        # What does not fit is kept as it came, so it must not be replaced while it is read.
        self.owned: bool = owned and lenient is None
        self.from_caller: bool = from_caller
        self.lenient: LenientReading | None = lenient


FROM_SERVER: Final = Context()
FROM_SERVER_OWNED: Final = Context(owned=True)
FROM_CALLER: Final = Context(from_caller=True)
FROM_CALLER_OWNED: Final = Context(from_caller=True, owned=True)
