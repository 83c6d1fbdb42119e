"""The canonical document: an equivalent OpenAPI document in one plain form.

It contains only types. Docs, defaults, locations and encodings stay in the drafts; `parse` combines them by the keys of
`Canonical`. Maps, which the parser would turn into classes, become components listed in `maps`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count

from openapi_python_client.strings import PythonIdentifier

from xcaas_generator.ir import JSON
from xcaas_generator.normalise.drafts import (
    DocumentDraft,
    OperationDraft,
    ParameterDraft,
    ResponseDraft,
    VariantDraft,
    WebhookDraft,
)
from xcaas_generator.normalise.operations import METHODS
from xcaas_generator.normalise.shapes import ArrayOf, Const, Entry, MapOf, Ref, Scalar, Shape, UnionOf, Value

_TYPES = {"str": "string", "bytes": "string", "int": "integer", "float": "number", "bool": "boolean", "none": "null"}
SCHEMAS = "#/components/schemas/"
BASE = "base"
# Methods that the parser supports; operations with other methods get a path of their own.
_PARSER_METHODS = frozenset(METHODS) - {"query"}


@dataclass(slots=True)
class Canonical:
    document: dict[str, JSON]
    maps: set[str]  # components that are maps, not classes
    names: dict[str, str]  # component → its class, if their names differ
    fields: dict[str, dict[str, int]]  # class, property key → index of its field
    slots: list[tuple[str, str]]  # path key and method of each operation, in order
    unions: dict[str, JSON] = field(default_factory=dict[str, JSON])  # schemas of unions, by name


def emit(draft: DocumentDraft) -> Canonical:
    return _Emitter(taken={entry.name for entry in draft.entries}).document(draft)


@dataclass(slots=True)
class _Emitter:
    taken: set[str]
    components: dict[str, JSON] = field(default_factory=dict[str, JSON])
    maps: dict[Shape, str] = field(default_factory=dict[Shape, str])
    keys: dict[str, str] = field(default_factory=dict[str, str])  # class → component
    fields: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])

    def document(self, draft: DocumentDraft) -> Canonical:
        unions: dict[str, JSON] = {}
        for entry in draft.entries:
            if entry.shape is not None:
                unions[entry.name] = self._schema(entry.shape)
            else:
                schema = _enum(entry.values) if entry.kind == "enum" else self._model(entry)
                self.components[self._key(entry)] = schema
        paths: dict[str, JSON] = {}
        slots: list[tuple[str, str]] = []
        for operation in draft.operations:
            slot = self._slot(operation, len(slots))
            item = paths.setdefault(slot[0], {})
            assert isinstance(item, dict)
            item[slot[1]] = self._operation(operation)
            slots.append(slot)
        document: dict[str, JSON] = {
            "openapi": "3.1.0",
            "info": {"title": draft.node.title, "version": draft.node.version},
            "paths": paths,
            "webhooks": {str(index): {"post": self._webhook(webhook)} for index, webhook in enumerate(draft.webhooks)},
            "components": {"schemas": self.components},
        }
        names = {key: name for name, key in self.keys.items()}
        return Canonical(document, set(self.maps.values()), names, self.fields, slots, unions)

    def _slot(self, draft: OperationDraft, index: int) -> tuple[str, str]:
        method = draft.node.method.lower()
        return (draft.node.path, method) if method in _PARSER_METHODS else (f"{draft.node.path}#{index}", "post")

    def _operation(self, draft: OperationDraft) -> JSON:
        operation: dict[str, JSON] = {
            "operationId": draft.node.id,
            "parameters": [self._parameter(parameter) for parameter in draft.parameters],
            "responses": {response.node.status: self._response(response) for response in draft.responses},
        }
        if draft.body is not None:
            operation["requestBody"] = {"content": self._content(draft.body.variants)}
        return operation

    def _webhook(self, draft: WebhookDraft) -> JSON:
        if draft.body is None:
            return {"responses": {}}
        return {"requestBody": {"content": self._content(draft.body.variants)}, "responses": {}}

    def _parameter(self, draft: ParameterDraft) -> JSON:
        node = draft.node
        return {"name": node.wire, "in": node.location, "required": node.required, "schema": self._schema(draft.shape)}

    def _response(self, draft: ResponseDraft) -> JSON:
        headers: dict[str, JSON] = {
            header.node.wire: {"schema": self._schema(header.shape)} for header in draft.headers
        }
        return {"description": "", "content": self._content(draft.variants), "headers": headers}

    def _content(self, variants: list[VariantDraft]) -> JSON:
        return {variant.key: {"schema": self._schema(variant.shape)} for variant in variants}

    def _model(self, entry: Entry) -> JSON:
        properties: dict[str, JSON] = {}
        required: list[JSON] = []
        keys = self.fields[entry.name] = dict[str, int]()
        taken: set[str] = set()
        for index, draft in enumerate(entry.fields):
            key = _property_key(draft.wire, draft.name, taken)
            keys[key] = index
            properties[key] = self._schema(draft.shape)
            if draft.required:
                required.append(key)
        model: dict[str, JSON] = {"type": "object", "properties": properties, "required": required}
        if entry.extra is not None:
            extra = self._schema(entry.extra)
            model["additionalProperties"] = {"anyOf": [extra, {}]} if entry.patterned else extra
        elif entry.closed:
            model["additionalProperties"] = False
        return model

    def _schema(self, shape: Shape) -> JSON:
        if isinstance(shape, Scalar):
            if shape.kind == "any":
                return {}
            schema: dict[str, JSON] = {"type": _TYPES[shape.kind]}
            if shape.format is not None:
                schema["format"] = shape.format
            return schema
        if isinstance(shape, Const):
            return {"const": shape.value}
        if isinstance(shape, ArrayOf):
            return {"type": "array", "items": self._schema(shape.item)}
        if isinstance(shape, MapOf):
            return {"$ref": SCHEMAS + self._map(shape)}
        if isinstance(shape, Ref):
            return {"$ref": SCHEMAS + self._key(shape.entry)}
        return self._union(shape)

    def _union(self, union: UnionOf) -> JSON:
        # Equal classes were merged. Compared by repr, as 1 == True.
        members: list[JSON] = list({repr(schema): schema for schema in map(self._schema, union.members)}.values())
        if len(members) == 1:
            return members[0]
        result: dict[str, JSON] = {"anyOf": members}
        if union.discriminator is not None:
            # Numbered, because members may share a tag; the base has no number.
            mapping: dict[str, JSON] = {
                f"{index} {tag}": SCHEMAS + self._key(named.entry) for index, (tag, named) in enumerate(union.tags)
            }
            if union.base is not None:
                mapping[BASE] = SCHEMAS + self._key(union.base.entry)
            result["discriminator"] = {"propertyName": union.discriminator, "mapping": mapping}
        return result

    def _map(self, shape: MapOf) -> str:
        name = self.maps.get(shape)
        if name is None:
            name = self.maps[shape] = self._free_name(f"Map{len(self.maps)}")
            inner = self._schema(shape.value)
            self.components[name] = {"type": "object", "additionalProperties": inner}
        return name

    def _key(self, entry: Entry) -> str:
        """Return the component of a class. The parser changes the case of non-ASCII names inconsistently."""
        name = entry.final().name
        if name.isascii():
            return name
        if name not in self.keys:
            self.keys[name] = self._free_name(f"Class{len(self.keys)}")
        return self.keys[name]

    def _free_name(self, name: str) -> str:
        while name in self.taken:
            name += "0"
        self.taken.add(name)
        return name


def _property_key(wire: str, name: str, taken: set[str]) -> str:
    """Return the wire name or, if the parser would confuse it with another property, a different key."""
    for key in chain((wire, name), (f"{name}_{number}" for number in count(2))):
        identifier = _identifier(key)
        if key and identifier not in taken:
            taken.add(identifier)
            return key
    raise AssertionError("counting never ends")


@cache
def _identifier(key: str) -> str:
    return str(PythonIdentifier(key, "field_"))


def _enum(values: tuple[Value, ...]) -> JSON:
    """Return an enum of strings or integers only, as the parser requires. The draft has the original values."""
    if all(isinstance(value, str) for value in values):
        return {"type": "string", "enum": list(values)}
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return {"type": "integer", "enum": list(values)}
    return {"type": "string", "enum": [f"{type(value).__name__} {value}" for value in values]}
