"""Codecs between JSON and Python values, resolved when they are first needed.

`xcaas_core.models` knows how to read annotations. It is imported here and only
here by the calling side, and only once a call needs a codec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._json import JSONValue
    from ..models import LenientReading

__all__ = ["Codec", "codec_for"]


class Codec(Protocol):
    """Turns plain JSON values into Python values and back. Both raise `DecodeError` or `ArgumentError`."""

    @property
    def name(self) -> str:
        """The type in Python's words, for messages."""
        ...

    @property
    def accepts(self) -> frozenset[type]:
        """Classes of the JSON values that it is for."""
        ...

    def decode(self, value: object, *, owned: bool = False, lenient: LenientReading | None = None) -> object:
        """Read a JSON value. `owned`: nobody else holds it, so that it may be taken apart while it is read."""
        ...

    def encode(self, value: object) -> JSONValue: ...


def codec_for(annotation: str | None, package: str) -> Codec | None:
    """Return the codec of an annotation; None where JSON values are the Python values."""
    if annotation is None or annotation == "JSONValue":
        return None
    from ..models import resolve

    codec: Codec = resolve(annotation, package)
    return codec
