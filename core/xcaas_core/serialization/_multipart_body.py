"""Descriptions of multipart bodies. The module that writes them is imported on first use."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ..operations._parameter import Body

if TYPE_CHECKING:
    from ._bodies import Payload
    from ._codecs import Codec

__all__ = ["multipart_body"]


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    from ._multipart import form_payload, multipart_payload

    # HTTP libraries do not support the other subtypes.
    is_form = body.media_type.partition(";")[0].strip().lower() == "multipart/form-data"
    return (form_payload if is_form else multipart_payload)(value, codec, body)


multipart_body: Final = partial(Body, "multipart", compose=_compose)
