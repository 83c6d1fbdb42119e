"""Scalars, and the formats that the run time supports."""

from __future__ import annotations

from xcaas_generator.ir import JSON
from xcaas_generator.normalise.keywords import ANNOTATIONS, LIMITS
from xcaas_generator.normalise.shapes import BYTES, TEXT, Scalar, Shape

SCALARS = frozenset(("string", "integer", "number", "boolean"))
# Formats with a Python type or limits of their own. Any other format is documentation.
TYPED_FORMATS = frozenset((
    "date", "date-time", "uuid",
    "date-time-utc-naive", "date-time-utc-milliseconds", "date-time-local", "date-time-basic", "date-time-space", "date-time-nocolon", "date-time-us",
    "epoch-seconds", "epoch-milliseconds", "epoch-microseconds",
    "int32", "int64", "float", "double", "decimal",
))  # fmt: skip


_NUMBER_FORMATS = frozenset(("epoch-seconds", "epoch-milliseconds", "epoch-microseconds"))
_SIMPLE_KEYS = ANNOTATIONS | frozenset((*LIMITS, "type", "format", "externalDocs", "$comment"))


def scalar_shape(name: str, format_: str | None, media: str | None = None, encoding: str | None = None) -> Shape:
    """Return the shape of the JSON type `name`, one of string, integer, number and boolean."""
    if name == "string":
        return _string_shape(format_, media, encoding)
    if name == "boolean":
        return Scalar("bool")
    return Scalar("int" if name == "integer" else "float", format_ if format_ in _NUMBER_FORMATS else None)


def simple_shape(node: dict[str, JSON]) -> Shape | None:
    """Return the shape of a scalar without structure, as most schemas are; None for any other schema."""
    name, format_ = node.get("type"), node.get("format")
    if not isinstance(name, str) or name not in SCALARS or not node.keys() <= _SIMPLE_KEYS or "nullable" in node:
        return None
    return scalar_shape(name, format_.strip() if isinstance(format_, str) else None)


def _string_shape(format_: str | None, media: str | None, encoding: str | None) -> Shape:
    if format_ == "binary":
        return BYTES
    if format_ in TYPED_FORMATS:
        return Scalar("str", format_)
    # OpenAPI 3.1 describes a file as a string with a media type and no encoding.
    if (
        format_ is None
        and encoding is None
        and media is not None
        and not media.startswith(("text/", "application/json"))
    ):
        return BYTES
    return TEXT
