"""Comparison of types by direction: request or response."""

from __future__ import annotations

from collections.abc import Mapping

from xcaas_generator import ir
from xcaas_generator.diff.rules import Changes, Direction
from xcaas_generator.python.docstrings import json_text
from xcaas_generator.python.names import safe

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
Limits = Mapping[str, ir.JSON]


class Side:
    """One of the two documents, with its types by name."""

    def __init__(self, document: ir.Document) -> None:
        self.document = document
        self.models = {model.name: model for model in document.models}
        self.enums = {enum.name: enum for enum in document.enums}

    def values(self, ref: ir.TypeRef) -> tuple[ir.JSON, ...] | None:
        """Return the known values of an enum or constant; None for other types."""
        if isinstance(ref, ir.EnumRef):
            return self.enums[ref.name].values
        return (ref.value,) if isinstance(ref, ir.Const) else None


class TypeComparison:
    """Compares types of two documents. A pair of models is compared once per direction."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self.old, self.new, self.changes = old, new, changes
        self._seen: set[tuple[str, str, Direction]] = set()

    def types(
        self, old: ir.TypeRef, new: ir.TypeRef, direction: Direction, where: str, place: ir.SourceLocation
    ) -> None:
        """Record the changes of a type."""
        values = self.old.values(old), self.new.values(new)
        if values[0] is not None and values[1] is not None:
            self._values(values[0], values[1], direction, where, place)
        elif isinstance(old, ir.ModelRef) and isinstance(new, ir.ModelRef):
            self._models(self.old.models[old.name], self.new.models[new.name], direction)
        elif isinstance(old, ir.ListOf) and isinstance(new, ir.ListOf):
            self.types(old.item, new.item, direction, f"{where}[]", place)
        elif isinstance(old, ir.MapOf) and isinstance(new, ir.MapOf):
            self.types(old.value, new.value, direction, f"{where}{{}}", place)
        elif isinstance(old, ir.UnionOf) or isinstance(new, ir.UnionOf):
            self._unions(old, new, direction, where, place)
        elif old != new:
            self._other(old, new, direction, where, place)

    def _values(
        self,
        old: tuple[ir.JSON, ...],
        new: tuple[ir.JSON, ...],
        direction: Direction,
        where: str,
        place: ir.SourceLocation,
    ) -> None:
        for value in old:
            if value not in new:
                self.changes.add(
                    f"{direction}-value-removed", where, f"the value {json_text(value)} was removed", place
                )
        for value in new:
            if value not in old:
                self.changes.add(f"{direction}-value-added", where, f"the value {json_text(value)} was added", place)

    def _other(
        self, old: ir.TypeRef, new: ir.TypeRef, direction: Direction, where: str, place: ir.SourceLocation
    ) -> None:
        message = f"{self.describe(old, self.old)} became {self.describe(new, self.new)}"
        if self._includes(new, self.new, old, self.old):
            kind = "widened"
        elif self._includes(old, self.old, new, self.new):
            kind = "narrowed"
        else:
            kind = "changed"
        if direction == "response" and kind == "widened" and isinstance(old, ir.EnumRef):
            kind = "narrowed"  # an open enum already includes all strings
        self.changes.add(f"{direction}-type-{kind}", where, message, place)

    def _includes(self, wide: ir.TypeRef, wide_side: Side, narrow: ir.TypeRef, narrow_side: Side) -> bool:
        """Return whether every Python value of type `narrow` is also one of type `wide`."""
        if wide == ir.Scalar("any"):
            return True
        if not isinstance(wide, ir.Scalar):
            return False
        if wide.kind == "float" and isinstance(narrow, ir.Scalar) and narrow.kind == "int":
            return wide.format is None or not wide.format.startswith("epoch")
        values = narrow_side.values(narrow)
        kinds: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
        expected = kinds.get(wide.kind)
        return values is not None and expected is not None and all(type(value) is expected for value in values)

    def _unions(
        self, old: ir.TypeRef, new: ir.TypeRef, direction: Direction, where: str, place: ir.SourceLocation
    ) -> None:
        before, after = _members(old), _members(new)
        is_discriminated = isinstance(old, ir.UnionOf) and old.discriminator is not None
        for key in before.keys() - after.keys():
            rule = "request-type-narrowed" if direction == "request" else "response-type-narrowed"
            self.changes.add(
                rule, where, f"{self.describe(before[key], self.old)} is no longer one of its types", place
            )
        for key in after.keys() - before.keys():
            message = f"{self.describe(after[key], self.new)} is now one of its types"
            if direction == "request":
                self.changes.add("request-type-widened", where, message, place)
            else:
                self.changes.add(
                    "response-variant-added" if is_discriminated else "response-type-widened", where, message, place
                )
        for key in before.keys() & after.keys():
            self.types(before[key], after[key], direction, where, place)

    def _models(self, old: ir.Model, new: ir.Model, direction: Direction) -> None:
        if (old.name, new.name, direction) in self._seen:
            return
        self._seen.add((old.name, new.name, direction))
        before = {field.wire: field for field in old.fields if _is_sent(field, direction)}
        after = {field.wire: field for field in new.fields if _is_sent(field, direction)}
        for wire, field in before.items():
            if wire not in after:
                where = f"models.{old.name}.{safe(field.name)}"
                self.changes.add(f"{direction}-field-removed", where, "the field was removed", field.place)
            else:
                self._fields(field, after[wire], direction, f"models.{new.name}.{safe(after[wire].name)}")
        for wire, field in after.items():
            if wire not in before:
                rule = "response-field-added"
                if direction == "request":
                    rule = "required-request-field-added" if field.required else "optional-request-field-added"
                self.changes.add(rule, f"models.{new.name}.{safe(field.name)}", "the field was added", field.place)
        if old.extra is not None and new.extra is not None:
            self.types(old.extra, new.extra, direction, f"models.{new.name}{{}}", new.place)

    def _fields(self, old: ir.Field, new: ir.Field, direction: Direction, where: str) -> None:
        add, place = self.changes.add, new.place
        if safe(old.name) != safe(new.name):
            add("field-renamed", where, f"`{safe(old.name)}` is now `{safe(new.name)}`", place)
        if old.required != new.required:
            word = "required" if new.required else "optional"
            add(f"{direction}-field-became-{word}", where, f"the field became {word}", place)
        if new.nullable and not old.nullable:
            add(f"{direction}-field-became-nullable", where, "the field may be null", place)
        if old.nullable and not new.nullable:
            rule = "request-null-refused" if direction == "request" else "response-null-gone"
            add(rule, where, "the field may no longer be null", place)
        if direction == "request" and (old.has_default, old.default) != (new.has_default, new.default):
            add("request-default-changed", where, default_message(old, new), place)
        self.limits(dict(old.limits), dict(new.limits), direction, where, place)
        self.types(old.type, new.type, direction, where, place)

    def limits(self, old: Limits, new: Limits, direction: Direction, where: str, place: ir.SourceLocation) -> None:
        """Record changes of limits and patterns."""
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            if before == after:
                continue
            rule = "response-limit-changed"
            if direction == "request":
                rule = "request-limit-tightened" if _is_tighter(key, before, after) else "request-limit-relaxed"
            self.changes.add(rule, where, f"{key}: {json_text(before)} became {json_text(after)}", place)

    def describe(self, ref: ir.TypeRef, side: Side) -> str:
        """Return a description of a type."""
        match ref:
            case ir.Scalar():
                return ref.kind if ref.format is None else f"{ref.kind} ({ref.format})"
            case ir.ModelRef() | ir.EnumRef():
                return ref.name
            case ir.Const():
                return f"the constant {json_text(ref.value)}"
            case ir.ListOf():
                return f"a list of {self.describe(ref.item, side)}"
            case ir.MapOf():
                return f"a map of {self.describe(ref.value, side)}"
            case ir.UnionOf():
                return " or ".join(self.describe(member, side) for member in ref.members)


def _is_sent(field: ir.Field, direction: Direction) -> bool:
    """Return whether a field is sent in this direction; some are sent only in one."""
    return not (field.read_only if direction == "request" else field.write_only)


def default_message(old: ir.Field | ir.Parameter, new: ir.Field | ir.Parameter) -> str:
    before = json_text(old.default) if old.has_default else "no default"
    after = json_text(new.default) if new.has_default else "no default"
    return f"the default changed from {before} to {after}"


def _is_tighter(key: str, before: ir.JSON, after: ir.JSON) -> bool:
    if after is None:
        return False
    if before is None:
        return after is not False
    if isinstance(before, int | float) and isinstance(after, int | float):
        if key in _UPPER:
            return after < before
        if key in _LOWER:
            return after > before
        if key == "uniqueItems":
            return bool(after)
    return True


def _members(ref: ir.TypeRef) -> dict[str, ir.TypeRef]:
    """Return the members of a union, by a key that is equal for the same member in both documents."""
    members = ref.members if isinstance(ref, ir.UnionOf) else (ref,)
    by_key: dict[str, ir.TypeRef] = {}
    for member in members:
        match member:
            case ir.ModelRef() | ir.EnumRef():
                key = f"named {member.name}"
            case ir.ListOf():
                key = "list"
            case ir.MapOf():
                key = "map"
            case ir.UnionOf():
                key = f"union {sorted(_members(member))}"
            case _:
                key = repr(member)
        by_key.setdefault(key, member)
    return by_key
