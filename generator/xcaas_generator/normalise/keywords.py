"""Keywords of one schema object, read with the mistakes that people make in them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.positions import plainly, spellings
from xcaas_generator.load.references import Resolver
from xcaas_generator.report import Report


class Unreadable(Exception):
    """A part of an operation that cannot be read: called without it, the operation would only fail, or worse."""


TYPES = ("string", "integer", "number", "boolean", "array", "object")

# What documents write for a type, in lower case.
_SLIPS: dict[str, str] = {
    "str": "string", "text": "string", "char": "string", "date": "string", "datetime": "string",
    "date-time": "string", "uuid": "string", "email": "string", "uri": "string", "url": "string",
    "byte": "string", "binary": "string", "file": "string", "enum": "string", "password": "string",
    "int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "short": "integer",
    "float": "number", "double": "number", "decimal": "number", "numeric": "number", "bigdecimal": "number",
    "bool": "boolean", "list": "array", "set": "array", "dict": "object", "map": "object", "hash": "object",
    "json": "object", "none": "null", "nil": "null",
}  # fmt: skip
_SLIP_FORMS: dict[str, str] = {"date": "date", "datetime": "date-time", "date-time": "date-time", "uuid": "uuid",
               "file": "binary", "binary": "binary", "byte": "byte"}  # fmt: skip
_ANYTHING = {"any", "mixed", "*", "unknown", "anytype"}

ANNOTATIONS = frozenset(
    ("description", "title", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "nullable")
)
_DEMANDS = frozenset(("required", "not", "minProperties", "maxProperties", "description", "title", "$comment"))
LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
          "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties")  # fmt: skip
_BOUNDS = _DEMANDS.union(LIMITS, ("contains", "minContains", "maxContains"))
_ARRAY_SIGNS = ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")
_TEXT_SIGNS = ("minLength", "maxLength", "pattern", "contentMediaType", "contentEncoding")
_NUMBER_SIGNS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_TEXT_FORMS = frozenset(("date-time", "date", "time", "uuid", "email", "uri", "hostname", "ipv4", "ipv6", "binary",
                         "byte", "password", "uri-reference"))  # fmt: skip


def read_types(node: Node, report: Report) -> tuple[list[str] | None, bool, str | None]:
    """Return the JSON types a schema names, less null; whether null is among them; a format that a slip implies."""
    if not node.has("type"):
        return None, flag(node, "nullable", report), None
    raw = node.get("type")
    here = node.child("type")
    listed: list[JSON] = raw if isinstance(raw, list) else [raw]
    types: list[str] = []
    null = flag(node, "nullable", report)
    form: str | None = None
    for one in listed:
        name = one if isinstance(one, str) else "null" if one is None else ""
        if one is None:
            report.warn(here.place, "the type is YAML's null, which was read as the type 'null'", 'Write "null".')
        if name in TYPES:
            types.append(name)
        elif name == "null":
            null = True
        else:
            guess = _guess(name)
            if guess is None:
                anything = "the schema was read as 'anything'"
                report.warn(here.place, f"there is no type {one!r}; {anything}", f"Use one of {', '.join(TYPES)}.")
                return None, null, None
            report.warn(here.place, f"there is no type {one!r}; it was read as {guess!r}", f'Write "{guess}".')
            form = _SLIP_FORMS.get(name.strip().lower()) or form
            if guess == "null":
                null = True
            else:
                types.append(guess)
    distinct = list(dict.fromkeys(types))
    if "number" in distinct and "integer" in distinct:
        distinct.remove("integer")
    return distinct, null, form


def _guess(name: str) -> str | None:
    plain = name.strip().lower()
    if plain in TYPES or plain == "null":
        return plain
    if plain in _ANYTHING:
        return None
    return _SLIPS.get(plain)


def infer_types(node: Node, form: str | None) -> list[str] | None:
    """Return the type that a schema without `type` must mean, by its other keywords."""
    # Where any additional property may be there, anything else may be, too.
    if any(node.has(key) for key in ("properties", "patternProperties")) or (
        node.has("additionalProperties") and node.get("additionalProperties") not in (True, {})
    ):
        return ["object"]
    if any(node.has(key) for key in _ARRAY_SIGNS):
        return ["array"]
    if form in _TEXT_FORMS or any(node.has(key) for key in _TEXT_SIGNS):
        return ["string"]
    if form in ("int32", "int64"):
        return ["integer"]
    if form in ("float", "double") or any(node.has(key) for key in _NUMBER_SIGNS):
        return ["number"]
    return None


def flag(node: Node, key: str, report: Report) -> bool:
    """Return a boolean keyword. The words "true" and "false" are taken for what they say."""
    value = node.get(key)
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    said = value.strip().lower() if isinstance(value, str) else ""
    if said not in ("true", "false"):
        report.warn(node.child(key).place, f"{key!r} should be true or false, not {brief(value)}; it was ignored")
        return False
    report.warn(node.child(key).place, f"{key!r} should be {said}, not a string", f"Write {said} without quotes.")
    return said == "true"


def strings(node: Node, key: str, report: Report) -> list[str]:
    """Return a list of strings, such as `required` or `tags`. One text alone is taken for a list of it."""
    value = node.get(key)
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, str):
        report.warn(node.child(key).place, f"{key!r} should be a list; the string was read as a list of one")
        return [value]
    if not isinstance(value, list):
        report.warn(node.child(key).place, f"{key!r} should be a list, not {brief(value)}; it was ignored")
        return []
    found: list[str] = []
    for index, one in enumerate(value):
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, int | float):
            found.append(written(node.child(key).child(index), one))
        else:
            report.warn(node.child(key).child(index).place, f"a string is expected here, not {brief(one)}")
    return found


def written(node: Node, value: JSON) -> str:
    """Return a scalar as the document writes it: 1.10 is read as 1.1, and where a text was meant, the zero counts."""
    if isinstance(value, str):
        return value
    return spellings(node.file).get(node.pointer) or plainly(value)


def schemas(node: Node, key: str, resolver: Resolver, report: Report) -> list[Node]:
    """Return a list of schemas, as `allOf` or `prefixItems` hold. One schema alone is taken for a list of it."""
    value = node.get(key)
    if value is None:
        return []
    below = node.child(key)
    if isinstance(value, dict):
        end = resolver.deref(below)
        if end is not None and isinstance(end.value, list):
            return end.elements()
        report.warn(below.place, f"{key!r} should be a list of schemas; the schema was read as a list of one")
        return [below]
    if not isinstance(value, list):
        report.warn(below.place, f"{key!r} should be a list of schemas, not {brief(value)}; it was ignored")
        return []
    return below.elements()


def is_demand(node: JSON) -> bool:
    """Return whether a schema only demands something of the object it stands in, and is no type by itself."""
    return isinstance(node, dict) and bool(node) and _DEMANDS.issuperset(node)


def are_bounds(nodes: Iterable[Node], types: list[str] | None) -> bool:
    """Return whether schemas only bound values of these types, which something else describes."""
    values = [node.value for node in nodes]
    return all(isinstance(one, dict) and _is_bound(one, types) for one in values) if types else False


def _is_bound(schema: dict[str, JSON], types: list[str]) -> bool:
    return (_BOUNDS | {"type"}).issuperset(schema) and schema.get("type", types[0]) in types


def own_discriminator(node: Node) -> Node | None:
    """Return the discriminator that a schema states itself, also in a part of its `allOf`; not one that it inherits."""
    if node.has("discriminator"):
        return node.child("discriminator")
    parts = (part for part in node.child("allOf").elements() if not part.has("$ref"))
    return next((part.child("discriminator") for part in parts if part.has("discriminator")), None)


def limits(nodes: Iterable[Node]) -> tuple[tuple[str, JSON], ...]:
    """Return bounds of a value, for docs; the first that gives one counts."""
    found: dict[str, JSON] = {}
    for node in nodes:
        for key in LIMITS:
            value = node.get(key)
            if value is not None and not isinstance(value, dict | list) and value is not False and finite(value):
                found.setdefault(key, value)
    return tuple((key, found[key]) for key in LIMITS if key in found)


def finite(value: JSON) -> bool:
    """Return whether JSON can hold `value`: YAML knows infinity and not-a-number."""
    if isinstance(value, dict):
        return all(finite(one) for one in value.values())
    if isinstance(value, list):
        return all(finite(one) for one in value)
    return not isinstance(value, float) or math.isfinite(value)


def brief(value: JSON) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
