"""Codecs between JSON and Python values, resolved on first use.

Here alone a call imports `xcaas_core.models`, and only once it needs a codec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._json import JSONValue
    from ..models import LenientReading

__all__ = ["Codec", "codec_for"]


class Codec(Protocol):
    """Converts JSON values to Python values and back. Raises `DecodeError` or `ArgumentError`."""

    @property
    def name(self) -> str:
        """The Python type, for messages."""
        ...

    @property
    def accepts(self) -> frozenset[type]:
        """Classes of JSON values that it may accept."""
        ...

    def decode(self, value: object, *, owned: bool = False, lenient: LenientReading | None = None) -> object:
        """Read a JSON value. `owned`: nothing else refers to it, so it may be modified."""
        ...

    def encode(self, value: object) -> JSONValue: ...


def codec_for(annotation: str | None, package: str) -> Codec | None:
    """Return the codec of an annotation; None if JSON values need no conversion."""
    if annotation is None or annotation == "JSONValue":
        return None
    from ..models import resolve

    codec: Codec = resolve(annotation, package)
    return codec
