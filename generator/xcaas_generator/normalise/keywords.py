"""Keywords of a schema object, with corrections of common mistakes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.positions import json_spelling, spellings
from xcaas_generator.load.references import Resolver
from xcaas_generator.report import Report


class Unreadable(Exception):
    """A part of an operation can't be read, and calls without it would fail or do something else."""


TYPES = ("string", "integer", "number", "boolean", "array", "object")

# Common mistakes in `type`, in lower case.
_TYPE_MISTAKES: dict[str, str] = {
    "str": "string", "text": "string", "char": "string", "date": "string", "datetime": "string",
    "date-time": "string", "uuid": "string", "email": "string", "uri": "string", "url": "string",
    "byte": "string", "binary": "string", "file": "string", "enum": "string", "password": "string",
    "int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "short": "integer",
    "float": "number", "double": "number", "decimal": "number", "numeric": "number", "bigdecimal": "number",
    "bool": "boolean", "list": "array", "set": "array", "dict": "object", "map": "object", "hash": "object",
    "json": "object", "none": "null", "nil": "null",
}  # fmt: skip
_IMPLIED_FORMATS: dict[str, str] = {"date": "date", "datetime": "date-time", "date-time": "date-time", "uuid": "uuid",
               "file": "binary", "binary": "binary", "byte": "byte"}  # fmt: skip
_ANY_TYPES = {"any", "mixed", "*", "unknown", "anytype"}

ANNOTATIONS = frozenset(
    ("description", "title", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "nullable")
)
_DEMAND_KEYS = frozenset(("required", "not", "minProperties", "maxProperties", "description", "title", "$comment"))
LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
          "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties")  # fmt: skip
_BOUND_KEYS = _DEMAND_KEYS.union(LIMITS, ("contains", "minContains", "maxContains"))
_ARRAY_KEYS = ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")
_STRING_KEYS = ("minLength", "maxLength", "pattern", "contentMediaType", "contentEncoding")
_NUMBER_KEYS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRING_FORMATS = frozenset(("date-time", "date", "time", "uuid", "email", "uri", "hostname", "ipv4", "ipv6", "binary",
                         "byte", "password", "uri-reference"))  # fmt: skip


def read_types(node: Node, report: Report) -> tuple[list[str] | None, bool, str | None]:
    """Return the JSON types of a schema, without null; whether it is nullable; and a format that a mistaken type implies."""
    if not node.has("type"):
        return None, flag(node, "nullable", report), None
    raw = node.get("type")
    type_node = node.child("type")
    listed: list[JSON] = raw if isinstance(raw, list) else [raw]
    types: list[str] = []
    nullable = flag(node, "nullable", report)
    implied_format: str | None = None
    for item in listed:
        name = item if isinstance(item, str) else "null" if item is None else ""
        if item is None:
            report.warn(type_node.place, "the type is YAML's null, which was read as the type 'null'", 'Write "null".')
        if name in TYPES:
            types.append(name)
        elif name == "null":
            nullable = True
        else:
            guess = _guess_type(name)
            if guess is None:
                anything = "the schema was read as 'anything'"
                report.warn(
                    type_node.place, f"there is no type {item!r}; {anything}", f"Use one of {', '.join(TYPES)}."
                )
                return None, nullable, None
            report.warn(type_node.place, f"there is no type {item!r}; it was read as {guess!r}", f'Write "{guess}".')
            implied_format = _IMPLIED_FORMATS.get(name.strip().lower()) or implied_format
            if guess == "null":
                nullable = True
            else:
                types.append(guess)
    distinct = list(dict.fromkeys(types))
    if "number" in distinct and "integer" in distinct:
        distinct.remove("integer")
    return distinct, nullable, implied_format


def _guess_type(name: str) -> str | None:
    plain = name.strip().lower()
    if plain in TYPES or plain == "null":
        return plain
    if plain in _ANY_TYPES:
        return None
    return _TYPE_MISTAKES.get(plain)


def infer_types(node: Node, format_: str | None) -> list[str] | None:
    """Infer the type of a schema without `type` from its other keywords."""
    # `additionalProperties` that allow anything say nothing about the type.
    if any(node.has(key) for key in ("properties", "patternProperties")) or (
        node.has("additionalProperties") and node.get("additionalProperties") not in (True, {})
    ):
        return ["object"]
    if any(node.has(key) for key in _ARRAY_KEYS):
        return ["array"]
    if format_ in _STRING_FORMATS or any(node.has(key) for key in _STRING_KEYS):
        return ["string"]
    if format_ in ("int32", "int64"):
        return ["integer"]
    if format_ in ("float", "double") or any(node.has(key) for key in _NUMBER_KEYS):
        return ["number"]
    return None


def flag(node: Node, key: str, report: Report) -> bool:
    """Return a boolean keyword. The strings "true" and "false" are accepted, with a warning."""
    value = node.get(key)
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in ("true", "false"):
        report.warn(node.child(key).place, f"{key!r} should be true or false, not {brief(value)}; it was ignored")
        return False
    report.warn(node.child(key).place, f"{key!r} should be {word}, not a string", f"Write {word} without quotes.")
    return word == "true"


def strings(node: Node, key: str, report: Report) -> list[str]:
    """Return a list of strings, such as `required` or `tags`. A single string is read as a list of one."""
    value = node.get(key)
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, str):
        report.warn(node.child(key).place, f"{key!r} should be a list; the string was read as a list of one")
        return [value]
    if not isinstance(value, list):
        report.warn(node.child(key).place, f"{key!r} should be a list, not {brief(value)}; it was ignored")
        return []
    result: list[str] = []
    for index, item in enumerate(value):
        if isinstance(item, str):
            result.append(item)
        elif isinstance(item, int | float):
            result.append(source_text(node.child(key).child(index), item))
        else:
            report.warn(node.child(key).child(index).place, f"a string is expected here, not {brief(item)}")
    return result


def source_text(node: Node, value: JSON) -> str:
    """Return a scalar as spelled in the document: YAML reads 1.10 as 1.1, but as a string it needs the zero."""
    if isinstance(value, str):
        return value
    return spellings(node.file).get(node.pointer) or json_spelling(value)


def schemas(node: Node, key: str, resolver: Resolver, report: Report) -> list[Node]:
    """Return a list of schemas, such as `allOf` or `prefixItems`. A single schema is read as a list of one."""
    value = node.get(key)
    if value is None:
        return []
    keyword = node.child(key)
    if isinstance(value, dict):
        target = resolver.deref(keyword)
        if target is not None and isinstance(target.value, list):
            return target.elements()
        report.warn(keyword.place, f"{key!r} should be a list of schemas; the schema was read as a list of one")
        return [keyword]
    if not isinstance(value, list):
        report.warn(keyword.place, f"{key!r} should be a list of schemas, not {brief(value)}; it was ignored")
        return []
    return keyword.elements()


def is_demand(node: JSON) -> bool:
    """Return whether a schema only adds requirements to the object around it, and is no type itself."""
    return isinstance(node, dict) and bool(node) and _DEMAND_KEYS.issuperset(node)


def are_bounds(nodes: Iterable[Node], types: list[str] | None) -> bool:
    """Return whether schemas only limit values of these types."""
    values = [node.value for node in nodes]
    return all(isinstance(value, dict) and _is_bound(value, types) for value in values) if types else False


def _is_bound(schema: dict[str, JSON], types: list[str]) -> bool:
    return (_BOUND_KEYS | {"type"}).issuperset(schema) and schema.get("type", types[0]) in types


def own_discriminator(node: Node) -> Node | None:
    """Return the discriminator of a schema itself or of an inline part of its `allOf`, not an inherited one."""
    if node.has("discriminator"):
        return node.child("discriminator")
    parts = (part for part in node.child("allOf").elements() if not part.has("$ref"))
    return next((part.child("discriminator") for part in parts if part.has("discriminator")), None)


def limits(nodes: Iterable[Node]) -> tuple[tuple[str, JSON], ...]:
    """Return the limits of a value, for docs. The first node with a limit takes precedence."""
    values: dict[str, JSON] = {}
    for node in nodes:
        for key in LIMITS:
            value = node.get(key)
            if value is not None and not isinstance(value, dict | list) and value is not False and is_finite(value):
                values.setdefault(key, value)
    return tuple((key, values[key]) for key in LIMITS if key in values)


def is_finite(value: JSON) -> bool:
    """Return whether JSON can represent `value`: YAML has infinity and not-a-number."""
    if isinstance(value, dict):
        return all(is_finite(item) for item in value.values())
    if isinstance(value, list):
        return all(is_finite(item) for item in value)
    return not isinstance(value, float) or math.isfinite(value)


def brief(value: JSON) -> str:
    """Return a short description of a value, for messages."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
