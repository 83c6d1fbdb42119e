"""What changed between two documents for a caller."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from . import ir
from .diff_operations import OperationComparison
from .diff_rules import Change, Changes
from .diff_types import Side, TypeComparison
from .plan_names import received_models, sent_models
from .plan_package import CLIENT_NAMES
from .plan_tree import seats

_BRACES = re.compile(r"\{[^{}]*\}")
_COMPONENT = "/components/schemas/"


def compare(old: ir.Document, new: ir.Document) -> tuple[Change, ...]:
    """Every difference that a caller can notice, breaking ones first."""
    changes = Changes()
    types = TypeComparison(Side(old), Side(new), changes)
    operations = OperationComparison(types, changes)
    pairs, removed, added = _matched(old.operations, new.operations)
    before, after = _calls(old), _calls(new)
    for operation in removed:
        message = f"{operation.method} {operation.path} is gone"
        changes.add("operation-removed", before[_identity(operation)], message, operation.place)
    for operation in added:
        message = f"{operation.method} {operation.path} is new"
        changes.add("operation-added", after[_identity(operation)], message, operation.place)
    for one, other in pairs:
        operations.compare(one, other, before[_identity(one)], after[_identity(other)])
    operations.schemes(old, new)
    _models(old, new, changes)
    return changes.all()


def _identity(operation: ir.Operation) -> tuple[str, str]:
    return operation.method, operation.path


def _calls(document: ir.Document) -> dict[tuple[str, str], str]:
    """The name of each operation's call."""
    found = seats(document, taken_on_client=CLIENT_NAMES, taken_on_resource=frozenset({"property"}))
    return {
        _identity(operation): ".".join((*seat.path, seat.verb))
        for operation, seat in zip(document.operations, found, strict=True)
    }


def _matched(
    old: Iterable[ir.Operation], new: Iterable[ir.Operation]
) -> tuple[list[tuple[ir.Operation, ir.Operation]], list[ir.Operation], list[ir.Operation]]:
    """Pairs by method and path, whatever path parameters are called; of the rest, by operation id."""
    before = {(item.method, _BRACES.sub("{}", item.path)): item for item in old}
    after = {(item.method, _BRACES.sub("{}", item.path)): item for item in new}
    pairs = [(before.pop(key), after.pop(key)) for key in list(before) if key in after]
    by_id = {item.id: (key, item) for key, item in after.items()}
    for key, item in list(before.items()):
        if item.id in by_id:
            other_key, other = by_id[item.id]
            pairs.append((item, other))
            del before[key], after[other_key]
    return pairs, list(before.values()), list(after.values())


def _models(old: ir.Document, new: ir.Document, changes: Changes) -> None:
    """Classes that code may import by name. Those of inline schemas have made-up names, which may change."""
    before, after = _components(old), _components(new)
    kept = {item.name for item in new.models} | {item.name for item in new.enums}
    used = sent_models(old) | received_models(old) | {enum.name for enum in old.enums}
    for name, place in before.items():
        if name not in kept:
            rule = "model-removed" if name in used else "unused-model-removed"
            changes.add(rule, f"models.{name}", "the model is gone or has another name", place)
    existed = {item.name for item in old.models} | {item.name for item in old.enums}
    for name, place in after.items():
        if name not in existed:
            changes.add("model-added", f"models.{name}", "the model is new", place)


def _components(document: ir.Document) -> Mapping[str, ir.Place]:
    places = [(model.name, model.place) for model in document.models] + [
        (enum.name, enum.place) for enum in document.enums
    ]
    return {name: place for name, place in places if place.pointer.rpartition("/")[0] + "/" == _COMPONENT}
