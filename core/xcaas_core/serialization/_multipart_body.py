"""Describing multipart bodies. Only what has one brings the module that writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..operations._parameter import Body, Compose, Encoding

if TYPE_CHECKING:
    from ._codecs import Codec
    from ._payload import Payload

__all__ = ["multipart_body"]


def multipart_body(
    media_type: str = "multipart/form-data",
    annotation: str | None = None,
    *,
    encoding: Mapping[str, Encoding] | None = None,
    required: bool = True,
) -> Body:
    """Describe a form with files, or another kind of multipart body."""
    compose = (
        _compose if media_type.partition(";")[0].strip().lower() == "multipart/form-data" else _composer(media_type)
    )
    return Body("multipart", media_type, annotation, encoding=encoding or {}, required=required, compose=compose)


def _compose(value: object, codec: Codec | None, encoding: Mapping[str, Encoding]) -> Payload:
    from ._multipart import multipart_payload

    return multipart_payload(value, codec, encoding)


def _composer(media_type: str) -> Compose:
    """Return what puts together parts of kinds other than forms, which the libraries don't know."""

    def compose(value: object, codec: Codec | None, encoding: Mapping[str, Encoding]) -> Payload:
        from ._multipart import parted_payload

        return parted_payload(media_type, value, codec, encoding)

    return compose
