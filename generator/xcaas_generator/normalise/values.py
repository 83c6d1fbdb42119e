"""Defaults, checked against the type of their schema."""

from __future__ import annotations

import datetime
import math
import uuid

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.keywords import brief, is_finite, source_text
from xcaas_generator.normalise.shapes import ANY, ArrayOf, Const, MapOf, Ref, Scalar, Shape, UnionOf, members_of
from xcaas_generator.report import Report

_MISSING = object()


def default_of(node: Node, shape: Shape, report: Report) -> tuple[JSON, bool]:
    """Return the default at `node`, and whether it is valid. Invalid defaults are left out, with a warning."""
    value = node.value
    if not is_finite(value):
        report.warn(node.place, f"the default {brief(value)} is not JSON; it was left out")
        return None, False
    if value is None or shape == ANY:
        return value, value is not None
    for member in members_of(shape):
        if _fits(value, member):
            return value, True
    for member in members_of(shape):
        converted = _convert(node, value, member)
        if converted is not _MISSING and isinstance(converted, str | int | float | bool):
            report.warn(node.place, f"the default {brief(value)} was read as {converted!r}, to fit the type")
            return converted, True
    report.warn(node.place, f"the default {brief(value)} does not fit the type; it was left out", "Correct it.")
    return None, False


def _fits(value: JSON, shape: Shape) -> bool:
    if isinstance(shape, Const):
        return value == shape.value
    if isinstance(shape, ArrayOf):
        return isinstance(value, list) and all(
            any(_fits(item, member) for member in members_of(shape.item)) or shape.item == ANY for item in value
        )
    if isinstance(shape, MapOf):
        return isinstance(value, dict)
    if isinstance(shape, UnionOf):
        return any(_fits(value, member) for member in shape.members)
    if isinstance(shape, Ref):
        if shape.entry.kind == "model":
            return isinstance(value, dict)
        return any(value == allowed and type(value) is type(allowed) for allowed in shape.entry.values)
    return _fits_scalar(value, shape)


def _fits_scalar(value: JSON, scalar: Scalar) -> bool:
    kind = scalar.kind
    if kind == "any":
        return True
    if kind == "none":
        return value is None
    if kind == "bool":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "int":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if kind == "float":
        return isinstance(value, int | float)
    return isinstance(value, str) and _is_valid_format(value, scalar.format)


def _is_valid_format(text: str, format_: str | None) -> bool:
    try:
        if format_ == "date":
            datetime.date.fromisoformat(text)
        elif format_ == "date-time":
            datetime.datetime.fromisoformat(text)
        elif format_ == "uuid":
            uuid.UUID(text)
    except ValueError:
        return False
    return True


def _convert(node: Node, value: JSON, shape: Shape) -> object:
    """Convert `value` to the type of `shape`; return `_MISSING` if that is impossible."""
    if isinstance(shape, Ref) and shape.entry.kind == "enum" and not isinstance(value, dict | list):
        text = source_text(node, value)
        return next(
            (allowed for allowed in shape.entry.values if str(allowed).lower() == text.strip().lower()), _MISSING
        )
    if not isinstance(shape, Scalar):
        return _MISSING
    if shape.kind == "str" and shape.format is None and isinstance(value, int | float):
        return source_text(node, value)
    if isinstance(value, str):
        text = value.strip()
        try:
            if shape.kind == "int":
                return int(text)
            if shape.kind == "float":
                number = float(text)
                return number if math.isfinite(number) else _MISSING
        except ValueError:
            return _MISSING
        if shape.kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
    return _MISSING
