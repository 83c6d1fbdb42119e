"""Sample values of schemas. The seed selects variants of unions, null or a value, all fields or the required ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.conformance.document import JSON, Document, Node, is_list, is_object
from tests.conformance.values import NULLS, matching, number, string
from tests.conformance.variants import Variants, members, parts, type_of

__all__ = ["Sampler", "is_binary", "samples"]

MINIMAL = 2
_MAX_DEPTH = 5
_MAX_VALUES = 400


def is_binary(node: Node) -> bool:
    """Return whether a schema describes raw bytes."""
    fields = node.fields
    if fields.get("type") == "file":
        return True
    if fields.get("type", "string") != "string":
        return False
    return fields.get("format") == "binary" or ("contentMediaType" in fields and "contentEncoding" not in fields)


class NoSampleError(Exception):
    """No value is valid: a required field is recursive, or the schemas contradict each other."""


@dataclass
class Sampler:
    """Creates one sample. `write`: it is sent, so it has no read-only fields. `odd`: an unusual string to use."""

    document: Document
    seed: int = 0
    write: bool = True
    odd: str = 'é "日"\n'
    raw_binary: bool = False
    extras: set[str] = field(default_factory=set[str])
    _remaining: int = _MAX_VALUES

    def value(self, schema: Node) -> JSON:
        """Return a value for a schema."""
        return self._value([schema], 0, self.seed)

    def _value(self, nodes: list[Node], depth: int, turn: int) -> JSON:
        self._remaining -= 1
        if depth > 4 * _MAX_DEPTH:
            raise NoSampleError
        if turn % 3 == NULLS and any(node.fields.get("nullable") is True and "allOf" in node.fields for node in nodes):
            return None
        tags: dict[str, JSON] = {}
        nodes = Variants(self.document).expand(nodes, tags, turn, sparse=self._remaining < 0)
        for node in nodes:
            if "const" in node.fields:
                return node.fields["const"]
        chosen = self._enumerated(nodes, turn)
        if chosen is not None:
            return chosen[0]
        types = type_of(nodes)
        if "null" in types and (turn % 3 == NULLS or types == {"null"}) and (depth or self.seed == NULLS):
            return None
        if not types and any("type" in node.fields for node in nodes):
            raise NoSampleError
        kind = self._kind(types, turn)
        if kind == "object":
            return self._object(nodes, tags, depth, turn)
        if kind == "array":
            return self._array(nodes, depth, turn)
        if kind in ("integer", "number"):
            return number(nodes, kind, turn)
        if kind == "boolean":
            return turn % 2 == 0
        if kind == "null":
            return None
        if self.raw_binary and any(is_binary(node) for node in nodes):
            return b"\x00file\xff"
        return string(nodes, turn, odd=self.odd, write=self.write)

    def _kind(self, types: set[str], turn: int) -> str:
        order = [kind for kind in ("object", "array", "string", "number", "integer", "boolean") if kind in types]
        if "number" in order and "integer" in order:
            order.remove("integer")
        return order[turn % len(order)] if order else "null" if types else "string"

    # --- values -----------------------------------------------------------------

    def _enumerated(self, nodes: list[Node], turn: int) -> list[JSON] | None:
        enums = [node.fields["enum"] for node in nodes if is_list(node.fields.get("enum"))]
        if not enums:
            return None
        common = [value for value in enums[0] if all(_contains(values, value) for values in enums[1:])] or enums[0]
        non_null = [value for value in common if value is not None]
        if turn % 3 == NULLS and None in common and "null" in (type_of(nodes) or {"null"}):
            return [None]
        return [non_null[turn % len(non_null)]] if non_null else [None]

    def _object(self, nodes: list[Node], tags: dict[str, JSON], depth: int, turn: int) -> dict[str, JSON]:
        declared: dict[str, list[Node]] = {}
        required: list[str] = []
        for node in nodes:
            section = node.get("properties")
            for name, schema in section.items() if section is not None else ():
                declared.setdefault(name, []).append(schema)
            names = node.fields.get("required")
            required += [name for name in names if isinstance(name, str)] if is_list(names) else []
        result: dict[str, JSON] = {}
        sparse = self.seed == MINIMAL or depth >= _MAX_DEPTH or self._remaining < 0
        for name, schemas in declared.items():
            if self._is_hidden(schemas) or (sparse and name not in required and name not in tags):
                continue
            if name in tags:
                result[name] = tags[name]
                continue
            try:
                result[name] = self._value(schemas, depth + 1, turn)
            except NoSampleError:
                if name in required:
                    raise
        for name in required:
            if name not in declared:
                result[name] = tags.get(name, "text")
                self.extras.add(name)
        for name, tag in tags.items():
            if name not in result:
                result[name] = tag
                self.extras.add(name)
        self._add_extras(nodes, result, depth, turn, sparse=sparse)
        return result

    def _is_hidden(self, schemas: list[Node]) -> bool:
        keyword = "readOnly" if self.write else "writeOnly"
        return any(part.fields.get(keyword) is True for schema in schemas for part in [schema, *parts(schema)])

    def _add_extras(self, nodes: list[Node], result: dict[str, JSON], depth: int, turn: int, *, sparse: bool) -> None:
        minimum = max((node.fields.get("minProperties", 0) for node in nodes), default=0)
        count = max(minimum - len(result), 0 if sparse else 1)
        if any(node.fields.get("additionalProperties") is False for node in nodes):
            count = 0
        for node in nodes:
            section = node.get("patternProperties")
            for pattern, schema in section.items() if section is not None and not sparse else ():
                name = matching(pattern) or "x"
                result[name] = self._value([schema], depth + 1, turn)
                self.extras.add(name)
        others = next((value for node in nodes if (value := node.get("additionalProperties")) is not None), None)
        if others is None or (others.value is True and not minimum and depth):
            return
        for index in range(count):
            name = f"extra{index}"
            result[name] = self._value([others], depth + 1, turn + index) if is_object(others.value) else "text"
            self.extras.add(name)

    def _array(self, nodes: list[Node], depth: int, turn: int) -> list[JSON]:
        minimum = max((node.fields.get("minItems", 0) for node in nodes), default=0)
        maximum = min((node.fields.get("maxItems", 99) for node in nodes), default=99)
        sparse = depth >= _MAX_DEPTH or self._remaining < 0
        preferred = 0 if sparse else 1 if self.seed == MINIMAL else 2
        heads = [part for node in nodes for _, part in members(node.get("prefixItems"))]
        items = [schema for node in nodes if (schema := node.get("items")) is not None]
        closed = any(schema.value is False for schema in items)
        count = max(minimum, min(preferred, maximum), len(heads))
        count = len(heads) if closed else count
        result: list[JSON] = []
        for index in range(count):
            schemas = [heads[index]] if index < len(heads) else items
            try:
                result.append(
                    self._value(schemas, depth + 1, turn + index if turn != NULLS else turn) if schemas else "text"
                )
            except NoSampleError:
                if count <= minimum:
                    raise
                break
        if any(node.fields.get("uniqueItems") for node in nodes):
            result = _without_duplicates(result)
        return result


def samples(
    document: Document,
    schema: Node,
    *,
    write: bool,
    odd: str = 'é "日"\n',
    raw_binary: bool = False,
    most: int = 4,
) -> list[tuple[JSON, set[str]]]:
    """Return distinct valid samples, each with the names of fields that the schema does not declare."""
    results: list[tuple[JSON, set[str]]] = []
    for seed in range(most + 2):
        sampler = Sampler(document, seed, write, odd, raw_binary)
        try:
            value = sampler.value(schema)
        except (NoSampleError, LookupError):
            continue
        if any(_same(value, previous) for previous, _ in results):
            continue
        if _has_bytes(value) or not document.errors(schema, value, write=write):
            results.append((value, sampler.extras))
    return results[:most]


def _has_bytes(value: JSON) -> bool:
    if is_object(value):
        return any(_has_bytes(member) for member in value.values())
    return any(_has_bytes(member) for member in value) if is_list(value) else isinstance(value, bytes)


def _same(first: JSON, second: JSON) -> bool:
    return repr(first) == repr(second)


def _contains(values: list[JSON], value: JSON) -> bool:
    return any(_same(member, value) for member in values)


def _without_duplicates(values: list[JSON]) -> list[JSON]:
    results: list[JSON] = []
    for value in values:
        if not _contains(results, value):
            results.append(value)
    return results
