"""Describing multipart bodies. Only what has one brings the module that writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..operations._parameter import Body, Encoding

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
    """Describe a form with files."""
    return Body("multipart", media_type, annotation, encoding=encoding, required=required, compose=_compose)


def _compose(fields: Mapping[str, object], codec: Codec | None, encoding: Mapping[str, Encoding]) -> Payload:
    from ._multipart import multipart_payload

    return multipart_payload(fields, codec, encoding)
