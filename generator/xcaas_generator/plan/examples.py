"""`_examples.json`: what operations respond with, after the examples of their spec; for the fake server of tests.

Only operations are in it whose responses have an example somewhere. For the others the fake
makes one of the models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from xcaas_generator import ir

NAME = "_examples.json"
_DEEPEST = 6
_MAX_VALUES = 400  # values per example; in large documents everything hangs together

_BY_FORM: Mapping[str, ir.JSON] = {
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
    """Return the examples as text, an operation a line; None if the document has no examples."""
    models = {model.name: model for model in document.models}
    enums = {enum.name: enum for enum in document.enums}
    found: dict[str, ir.JSON] = {}
    for operation in document.operations:
        response = _success(operation)
        if response is not None:
            maker = _Maker(models, enums)
            value = maker.value(response, 0)
            if maker.told:
                found[operation.id] = value
    if not found:
        return None
    lines = [f"{json.dumps(key)}: {json.dumps(found[key])}" for key in sorted(found)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _success(operation: ir.Operation) -> ir.TypeRef | None:
    for response in operation.responses:
        if response.success:
            return next((variant.type for variant in response.variants if variant.kind == "json"), None)
    return None


@dataclass(slots=True)
class _Maker:
    """Makes one example. `told` says whether the spec's own examples had a part in it."""

    models: Mapping[str, ir.Model]
    enums: Mapping[str, ir.Enum]
    told: bool = False
    made: int = 0
    path: list[str] = field(default_factory=list)

    def value(self, ref: ir.TypeRef, depth: int) -> ir.JSON:
        self.made += 1
        match ref:
            case ir.ModelRef():
                return self.model(self.models[ref.name], depth)
            case ir.EnumRef():
                return next((value for value in self.enums[ref.name].values if value is not None), None)
            case ir.Const():
                return ref.value
            case ir.ListOf():
                return [] if self.enough(depth) else [self.value(ref.item, depth + 1)]
            case ir.MapOf():
                return {} if self.enough(depth) else {"key": self.value(ref.value, depth + 1)}
            case ir.UnionOf():
                return self.union(ref, depth)
            case ir.Scalar():
                return _scalar(ref)

    def model(self, model: ir.Model, depth: int) -> ir.JSON:
        if isinstance(model.example, dict) and model.example:
            self.told = True
            return model.example
        again = model.name in self.path or self.enough(depth)
        self.path.append(model.name)
        found: dict[str, ir.JSON] = {}
        for one in model.fields:
            if one.write_only or (again and not one.required):
                continue
            if one.example is not None:
                self.told = True
                found[one.wire] = one.example
            elif again and one.nullable:
                found[one.wire] = None
            elif depth < _DEEPEST * 2:
                found[one.wire] = self.value(one.type, depth + 1)
        self.path.pop()
        return found

    def union(self, ref: ir.UnionOf, depth: int) -> ir.JSON:
        tags = [tag for tag, name in ref.mapping if ref.members and ref.members[0] == ir.ModelRef(name)]
        value = self.value(ref.members[0], depth)
        if ref.discriminator is not None and tags and isinstance(value, dict):
            return {**value, ref.discriminator: tags[0]}
        return value

    def enough(self, depth: int) -> bool:
        return depth >= _DEEPEST or self.made >= _MAX_VALUES


def _scalar(ref: ir.Scalar) -> ir.JSON:
    form = ref.form or ""
    if ref.kind == "str":
        if form in _NUMBERS:
            return "1"
        found = _BY_FORM.get(form, "2026-03-14T09:26:53Z" if form.startswith("date-time") else "text")
        return found if isinstance(found, str) else str(found)
    if ref.kind in ("int", "float"):
        return _BY_FORM.get(form, 1 if ref.kind == "int" else 1.5)
    return {"bool": True, "none": None, "bytes": "ZXhhbXBsZQ=="}.get(ref.kind, {})
