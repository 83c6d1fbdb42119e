"""Describing multipart bodies. Only what has one brings the module that writes them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ..operations._parameter import Body

if TYPE_CHECKING:
    from ._bodies import Payload
    from ._codecs import Codec

__all__ = ["multipart_body"]


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    from ._multipart import form_payload, parted_payload

    # Of the other kinds the libraries know nothing.
    is_form = body.media_type.partition(";")[0].strip().lower() == "multipart/form-data"
    return (form_payload if is_form else parted_payload)(value, codec, body)


multipart_body: Final = partial(Body, "multipart", compose=_compose)
