"""`_examples.json`: example responses of operations, from the examples in their spec, for the fake server of tests.

It contains only operations whose responses have an example somewhere. For others the fake server makes up examples.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from xcaas_generator import ir

NAME = "_examples.json"
_MAX_DEPTH = 6
_MAX_VALUES = 400  # values per example; models of large documents may all be connected

_BY_FORMAT: Mapping[str, ir.JSON] = {
    "date": "2026-03-14",
    "date-time-utc-naive": "2026-03-14T09:26:53",
    "date-time-local": "2026-03-14T09:26:53",
    "date-time-basic": "20260314T092653",
    "date-time-space": "2026-03-14 09:26:53",
    "date-time-us": "03/14/2026 09:26:53",
    "date-time-nocolon": "2026-03-14T09:26:53+0000",
    "uuid": "0ca4c747-6256-4023-a335-53a46449871a",
    "epoch-seconds": 1773480413,
    "epoch-milliseconds": 1773480413000,
    "epoch-microseconds": 1773480413000000,
}
_NUMBERS = ("int32", "int64", "float", "double", "decimal")


def dump(document: ir.Document) -> str | None:
    """Return the examples as JSON, one operation per line; None if the document has none."""
    models = {model.name: model for model in document.models}
    enums = {enum.name: enum for enum in document.enums}
    examples: dict[str, ir.JSON] = {}
    for operation in document.operations:
        response = _success(operation)
        if response is not None:
            builder = _ExampleBuilder(models, enums)
            value = builder.value(response, 0)
            if builder.uses_spec_examples:
                examples[operation.id] = value
    if not examples:
        return None
    lines = [f"{json.dumps(key)}: {json.dumps(examples[key])}" for key in sorted(examples)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _success(operation: ir.Operation) -> ir.TypeRef | None:
    for response in operation.responses:
        if response.success:
            return next((variant.type for variant in response.variants if variant.kind == "json"), None)
    return None


@dataclass(slots=True)
class _ExampleBuilder:
    """Builds one example. `uses_spec_examples` is whether it contains an example of the spec."""

    models: Mapping[str, ir.Model]
    enums: Mapping[str, ir.Enum]
    uses_spec_examples: bool = False
    count: int = 0
    path: list[str] = field(default_factory=list)

    def value(self, ref: ir.TypeRef, depth: int) -> ir.JSON:
        self.count += 1
        match ref:
            case ir.ModelRef():
                return self.model(self.models[ref.name], depth)
            case ir.EnumRef():
                return next((value for value in self.enums[ref.name].values if value is not None), None)
            case ir.Const():
                return ref.value
            case ir.ListOf():
                return [] if self.is_full(depth) else [self.value(ref.item, depth + 1)]
            case ir.MapOf():
                return {} if self.is_full(depth) else {"key": self.value(ref.value, depth + 1)}
            case ir.UnionOf():
                return self.union(ref, depth)
            case ir.Scalar():
                return _scalar(ref)

    def model(self, model: ir.Model, depth: int) -> ir.JSON:
        if isinstance(model.example, dict) and model.example:
            self.uses_spec_examples = True
            return model.example
        required_only = model.name in self.path or self.is_full(depth)
        self.path.append(model.name)
        example: dict[str, ir.JSON] = {}
        for item in model.fields:
            if item.write_only or (required_only and not item.required):
                continue
            if item.example is not None:
                self.uses_spec_examples = True
                example[item.wire] = item.example
            elif required_only and item.nullable:
                example[item.wire] = None
            elif depth < _MAX_DEPTH * 2:
                example[item.wire] = self.value(item.type, depth + 1)
        self.path.pop()
        return example

    def union(self, ref: ir.UnionOf, depth: int) -> ir.JSON:
        tags = [tag for tag, name in ref.mapping if ref.members and ref.members[0] == ir.ModelRef(name)]
        value = self.value(ref.members[0], depth)
        if ref.discriminator is not None and tags and isinstance(value, dict):
            return {**value, ref.discriminator: tags[0]}
        return value

    def is_full(self, depth: int) -> bool:
        return depth >= _MAX_DEPTH or self.count >= _MAX_VALUES


def _scalar(ref: ir.Scalar) -> ir.JSON:
    format_ = ref.format or ""
    if ref.kind == "str":
        if format_ in _NUMBERS:
            return "1"
        value = _BY_FORMAT.get(format_, "2026-03-14T09:26:53Z" if format_.startswith("date-time") else "text")
        return value if isinstance(value, str) else str(value)
    if ref.kind in ("int", "float"):
        return _BY_FORMAT.get(format_, 1 if ref.kind == "int" else 1.5)
    return {"bool": True, "none": None, "bytes": "ZXhhbXBsZQ=="}.get(ref.kind, {})
