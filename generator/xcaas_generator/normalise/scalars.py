"""Texts and their formats, as far as the run time knows how to treat them."""

from __future__ import annotations

from xcaas_generator.normalise.shapes import BYTES, TEXT, Plain, Shape

# Formats of a text that make it something else in Python. Any other format is documentation.
_FORMS = frozenset((
    "date", "date-time", "uuid",
    "date-time-utc-naive", "date-time-utc-milliseconds", "date-time-local", "date-time-basic", "date-time-space", "date-time-nocolon", "date-time-us",
    "epoch-seconds", "epoch-milliseconds", "epoch-microseconds",
    "int32", "int64", "float", "double", "decimal",
))  # fmt: skip


def text_shape(form: str | None, media: str | None, encoding: str | None) -> Shape:
    if form == "binary":
        return BYTES
    if form in _FORMS:
        return Plain("str", form)
    # 3.1 writes a file as a text with a media type and no encoding.
    if form is None and encoding is None and media is not None and not media.startswith(("text/", "application/json")):
        return BYTES
    return TEXT
