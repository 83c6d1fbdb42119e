"""Values of enums, with corrections of common mistakes.

Values are converted to the declared type if possible (`1` in an enum of strings is "1" on the wire); otherwise the
type is taken from the values.
"""

from __future__ import annotations

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.flatten import Flat
from xcaas_generator.normalise.keywords import brief, is_finite, source_text
from xcaas_generator.normalise.shapes import Value
from xcaas_generator.report import Report

MAX_VALUES = 2_000
_PYTHON_TYPES = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def type_name(value: Value) -> str:
    return type(value).__name__


def enum_values(flat: Flat, report: Report) -> tuple[tuple[Value, ...] | None, bool]:
    """Return the values that all enums of `flat` allow, or None without a usable enum; and whether they allow null."""
    combined: dict[tuple[str, Value], Value] | None = None
    allows_null = True
    for node in flat.enums:
        values = _values(node, flat.types, report)
        if values is None:
            continue
        allows_null = allows_null and ("NoneType", None) in values
        if combined is None:
            combined = values
        else:
            common = {key: value for key, value in combined.items() if key in values}
            if not common and combined and values:
                report.warn(node.place, "no value is in all of the enums that apply; all of their values were kept")
            combined = common or {**combined, **values}
    if combined is None:
        return None, False
    combined.pop(("NoneType", None), None)
    return tuple(combined.values()), allows_null


def compound_types(flat: Flat) -> list[str]:
    """Return "array" and "object" if enums have such values. These are read like any other array or object."""
    values = [value for node in flat.enums if isinstance(node.value, list) for value in node.value]
    is_present = {
        "array": any(isinstance(value, list) for value in values),
        "object": any(isinstance(value, dict) for value in values),
    }
    return [name for name, present in is_present.items() if present and (flat.types is None or name in flat.types)]


def _values(node: Node, types: list[str] | None, report: Report) -> dict[tuple[str, Value], Value] | None:
    items = node.value if isinstance(node.value, list) else []
    if not items:
        report.warn(node.place, "the enum is empty; any value of the type is accepted", "Remove it or list its values.")
        return None
    if len(items) > MAX_VALUES:
        report.warn(node.place, f"the enum has {len(items):,} values; more than {MAX_VALUES:,} are not listed in code")
        return None
    values: dict[tuple[str, Value], Value] = {}
    for index, raw in enumerate(items):
        if isinstance(raw, dict | list):
            continue  # see `compound_types`
        value = _convert(node.child(index), raw, types, report)
        key = (type_name(value), value)
        if key in values:
            report.warn(node.child(index).place, f"the value {brief(raw)} appears twice in the enum", "Remove one.")
        values[key] = value
    return values


def _convert(node: Node, raw: JSON, types: list[str] | None, report: Report) -> Value:
    """Convert `raw` to one of the declared types, if possible."""
    assert not isinstance(raw, dict | list)
    if not is_finite(raw):
        report.warn(node.place, f"the value {brief(raw)} is not JSON; it was read as a string")
        return source_text(node, raw)
    if raw is None or not types or any(_has_type(raw, name) for name in types):
        return raw
    converted: Value = None
    if "string" in types:
        converted = source_text(node, raw)
    elif isinstance(raw, str):
        converted = parse_scalar(raw, types)
    if converted is None:
        report.warn(node.place, f"the value {brief(raw)} is not of type {'/'.join(types)}; it was kept as it is")
        return raw
    report.warn(
        node.place, f"the value {brief(raw)} was read as {converted!r}, to fit the type", f"Write {converted!r}."
    )
    return converted


def _has_type(value: Value, name: str) -> bool:
    kinds = _PYTHON_TYPES.get(name, ())
    return isinstance(value, kinds) and (not isinstance(value, bool) or name == "boolean")


def parse_scalar(text: str, types: list[str]) -> Value:
    """Return `text` as a number or boolean; None if it is neither."""
    plain = text.strip()
    if "boolean" in types and plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    for name, convert in (("integer", int), ("number", float)):
        if name in types:
            try:
                return convert(plain)
            except ValueError:
                continue
    return None
