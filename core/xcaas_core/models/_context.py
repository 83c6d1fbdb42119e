"""What readers have to know besides the value: whose it is, and what to do where it does not fit."""

from __future__ import annotations

import warnings
from typing import Final

from ._failure import ValidationFailure

__all__ = ["FROM_CALLER", "FROM_CALLER_OWNED", "FROM_SERVER", "FROM_SERVER_OWNED", "Context", "LenientReading"]


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
