"""Lists of values, as people write them.

Values follow the declared type where they plainly mean it (`1` in an enum of
strings is "1" on the wire), and the type follows the values where they can't.
"""

from __future__ import annotations

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.flatten import Flat
from xcaas_generator.normalise.keywords import brief, finite, written
from xcaas_generator.normalise.shapes import Value
from xcaas_generator.report import Report

MAX_VALUES = 2_000
_PYTHON = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def type_name(value: Value) -> str:
    return type(value).__name__


def enum_values(flat: Flat, report: Report) -> tuple[tuple[Value, ...] | None, bool]:
    """Return the values that every enum of `flat` allows, and whether null is one of them. None: no usable enum."""
    combined: dict[tuple[str, Value], Value] | None = None
    null = True
    for node in flat.enums:
        values = _values(node, flat.types, report)
        if values is None:
            continue
        null = null and ("NoneType", None) in values
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
    return tuple(combined.values()), null


def compound_types(flat: Flat) -> list[str]:
    """Return the types of whole lists and objects among the values of enums. Each is read as any other of its type."""
    values = [value for node in flat.enums if isinstance(node.value, list) for value in node.value]
    found = {
        "array": any(isinstance(one, list) for one in values),
        "object": any(isinstance(one, dict) for one in values),
    }
    return [name for name, there in found.items() if there and (flat.types is None or name in flat.types)]


def _values(node: Node, types: list[str] | None, report: Report) -> dict[tuple[str, Value], Value] | None:
    listed = node.value if isinstance(node.value, list) else []
    if not listed:
        report.warn(node.place, "the enum is empty; any value of the type is accepted", "Remove it or list its values.")
        return None
    if len(listed) > MAX_VALUES:
        report.warn(node.place, f"the enum has {len(listed):,} values; more than {MAX_VALUES:,} are not listed in code")
        return None
    found: dict[tuple[str, Value], Value] = {}
    for index, raw in enumerate(listed):
        if isinstance(raw, dict | list):
            continue  # see `compound_types`
        value = _fitting(node.child(index), raw, types, report)
        key = (type_name(value), value)
        if key in found:
            report.warn(node.child(index).place, f"the value {brief(raw)} appears twice in the enum", "Remove one.")
        found[key] = value
    return found


def _fitting(node: Node, raw: JSON, types: list[str] | None, report: Report) -> Value:
    """Return `raw` as the declared type would write it, if that is what was meant."""
    assert not isinstance(raw, dict | list)
    if not finite(raw):
        report.warn(node.place, f"the value {brief(raw)} is not JSON; it was read as a string")
        return written(node, raw)
    if raw is None or not types or any(_is(raw, name) for name in types):
        return raw
    converted: Value = None
    if "string" in types:
        converted = written(node, raw)
    elif isinstance(raw, str):
        converted = parse(raw, types)
    if converted is None:
        report.warn(node.place, f"the value {brief(raw)} is not of type {'/'.join(types)}; it was kept as it is")
        return raw
    report.warn(
        node.place, f"the value {brief(raw)} was read as {converted!r}, to fit the type", f"Write {converted!r}."
    )
    return converted


def _is(value: Value, name: str) -> bool:
    kinds = _PYTHON.get(name, ())
    return isinstance(value, kinds) and (not isinstance(value, bool) or name == "boolean")


def parse(text: str, types: list[str]) -> Value:
    """Return `text` as a number or boolean, if it is one; None if not."""
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
