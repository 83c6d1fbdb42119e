"""Which of several media types a body goes out in: what the caller hands over decides."""

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
    """Describe a body in several media types; what the caller hands over decides, and the first fits when several do."""
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
    return _nearest(value, variants) if media_type is None else _named(media_type, variants)


def _named(media_type: str, variants: Sequence[Variant]) -> int:
    """Return the place of the variant that a caller asked for by its media type."""
    wanted = media_type_of(media_type)
    for place, (body, _) in enumerate(variants):
        if body.media_type == media_type:
            return place
    for place, (body, _) in enumerate(variants):
        if matches(body.media_type, wanted):
            return place
    known = ", ".join(body.media_type for body, _ in variants)
    raise argument_error(
        "content_type", f"{media_type!r} is not among the media types of the body", f"Choose one of {known}."
    )


def _nearest(value: object, variants: Sequence[Variant]) -> int:
    """Return the place of the variant that a value fits best; the first of those that it fits equally well."""
    ranks = [(_rank(value, body, codec), place) for place, (body, codec) in enumerate(variants)]
    return min(ranks)[1]


# What does not fit comes last, and says what is wrong.
_NEVER = (9, 0, 0)


def _rank(value: object, body: Body, codec: Codec | None) -> tuple[int, int, int]:
    """Return how far a value is from a variant."""
    if is_binary(value):
        return ({"binary": 0, "text": 1, "xml": 1}.get(body.kind, 9), 0, 0)
    if isinstance(value, str) and not isinstance(value, Enum):
        is_text = body.kind in ("text", "xml") or (body.kind == "json" and _accepts(codec, str))
        return (int(body.kind == "xml"), 0, 0) if is_text else _NEVER
    if body.kind == "text" and "json" in body.media_type and isinstance(value, Sequence | Set):
        return (1, 0, 0)  # a line for each, unless it is the list of another type
    if body.kind == "json":
        if not _fits_json(value, media_type_of(body.media_type), codec):
            return _NEVER
        return _distance(value, codec, takes_files=False)
    if body.kind in ("form", "multipart") and _is_object(value):
        return _distance(value, codec, takes_files=body.kind == "multipart")
    return _NEVER


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
    """Return how far an object is: another model, or files without a place for them, are far; then unknown fields
    count, and required ones that are not there."""
    from ._nearness import distance, field_values

    far, unknown, missing = (0, 0, 0) if codec is None else distance(codec, value)
    if not far and not takes_files and has_files(field_values(value)):
        far = 1
    return far, unknown, missing
