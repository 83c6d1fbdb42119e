"""Choose among several media types of a body by the value to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from .._checks import argument_error
from ..http._media_types import matches, media_type_of
from ..operations._parameter import Body
from ._binary_body import has_files, is_binary

if TYPE_CHECKING:
    from ._codecs import Codec

__all__ = ["bodies"]

Variant: TypeAlias = "tuple[Body, Codec | None]"


def bodies(*variants: Body, required: bool = True) -> Body:
    """Describe a body in several media types; the value decides, and the first of several that fit is used."""
    first = variants[0]
    return Body(
        first.kind,
        first.media_type,
        first.annotation,
        encoding=first.encoding,
        required=required,
        nullable=any(variant.nullable for variant in variants),
        variants=variants[1:],
        compose=first.compose,
        choose=_choose,
    )


def _choose(variants: Sequence[Variant], value: object, media_type: str | None) -> int:
    return _nearest_index(value, variants) if media_type is None else _requested_index(media_type, variants)


def _requested_index(media_type: str, variants: Sequence[Variant]) -> int:
    """Return the index of the variant with the requested media type."""
    requested = media_type_of(media_type)
    for index, (body, _) in enumerate(variants):
        if body.media_type == media_type:
            return index
    for index, (body, _) in enumerate(variants):
        if matches(body.media_type, requested):
            return index
    choices = ", ".join(body.media_type for body, _ in variants)
    raise argument_error(
        "content_type", f"{media_type!r} is not among the media types of the body", f"Choose one of {choices}."
    )


def _nearest_index(value: object, variants: Sequence[Variant]) -> int:
    """Return the index of the variant that fits a value best; the first of several."""
    ranks = [(_distance_from(value, body, codec), index) for index, (body, codec) in enumerate(variants)]
    return min(ranks)[1]


# Ranked last; if chosen, its error says what is wrong.
_NO_FIT = (9, 0, 0)


def _distance_from(value: object, body: Body, codec: Codec | None) -> tuple[int, int, int]:
    """Return how far a value is from a variant."""
    if is_binary(value):
        return ({"binary": 0, "text": 1, "xml": 1}.get(body.kind, 9), 0, 0)
    if isinstance(value, str) and not isinstance(value, Enum):
        is_text = body.kind in ("text", "xml") or (body.kind == "json" and _accepts(codec, str))
        return (int(body.kind == "xml"), 0, 0) if is_text else _NO_FIT
    if body.kind == "text" and "json" in body.media_type and isinstance(value, Sequence | Set):
        return (1, 0, 0)  # one line per member, unless another type has a list
    if body.kind == "json":
        if not _fits_json(value, media_type_of(body.media_type), codec):
            return _NO_FIT
        return _distance(value, codec, takes_files=False)
    if body.kind in ("form", "multipart") and _is_object(value):
        return _distance(value, codec, takes_files=body.kind == "multipart")
    return _NO_FIT


def _fits_json(value: object, media_type: str, codec: Codec | None) -> bool:
    is_list = isinstance(value, Sequence | Set)
    if media_type == "application/json-patch+json" and not is_list:
        return False
    if media_type.endswith("merge-patch+json") and is_list:
        return False
    if _is_object(value):
        return _accepts(codec, dict)
    if is_list:
        return _accepts(codec, list)
    return type(value) not in (bool, int, float, type(None)) or _accepts(codec, type(value))


def _accepts(codec: Codec | None, kind: type) -> bool:
    return codec is None or kind in codec.accepts


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) or hasattr(value, "to_dict")


def _distance(value: object, codec: Codec | None, *, takes_files: bool) -> tuple[int, int, int]:
    """Return how far an object is from a codec: (1 for another model or unsupported files, unknown fields, missing
    required fields)."""
    from ._nearness import distance, field_values

    other, unknown, missing = (0, 0, 0) if codec is None else distance(codec, value)
    if not other and not takes_files and has_files(field_values(value)):
        other = 1
    return other, unknown, missing
