"""Comparison of two documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from xcaas_generator import ir
from xcaas_generator.diff.operations import OperationComparison
from xcaas_generator.diff.rules import Change, Changes
from xcaas_generator.diff.types import Side, TypeComparison
from xcaas_generator.plan.model_names import received_models, sent_models, type_names
from xcaas_generator.plan.package import CLIENT_NAMES
from xcaas_generator.plan.tree import RESOURCE_NAMES, placements
from xcaas_generator.plan.webhooks import payload

_BRACES = re.compile(r"\{[^{}]*\}")
_COMPONENT = "/components/schemas/"


def compare(old: ir.Document, new: ir.Document) -> tuple[Change, ...]:
    """Return all differences that affect callers, breaking ones first."""
    changes = Changes()
    types = TypeComparison(Side(old), Side(new), changes)
    operations = OperationComparison(types, changes)
    pairs, removed, added = _match(old.operations, new.operations)
    old_calls, new_calls = _calls(old), _calls(new)
    for operation in removed:
        message = f"{operation.method} {operation.path} was removed"
        changes.add("operation-removed", old_calls[_identity(operation)], message, operation.place)
    for operation in added:
        message = f"{operation.method} {operation.path} was added"
        changes.add("operation-added", new_calls[_identity(operation)], message, operation.place)
    for old_operation, new_operation in pairs:
        operations.compare(
            old_operation, new_operation, old_calls[_identity(old_operation)], new_calls[_identity(new_operation)]
        )
    operations.schemes(old, new)
    _webhooks(old, new, types, changes)
    _models(old, new, changes)
    return changes.all()


def _identity(operation: ir.Operation) -> tuple[str, str]:
    return operation.method, operation.path


def _calls(document: ir.Document) -> dict[tuple[str, str], str]:
    """Return the name of each operation's call."""
    placed = placements(document, taken_on_client=CLIENT_NAMES, taken_on_resource=RESOURCE_NAMES)
    return {
        _identity(operation): ".".join((*placement.path, placement.verb))
        for operation, placement in zip(document.operations, placed, strict=True)
    }


def _match(
    old: Iterable[ir.Operation], new: Iterable[ir.Operation]
) -> tuple[list[tuple[ir.Operation, ir.Operation]], list[ir.Operation], list[ir.Operation]]:
    """Match operations by method and path, regardless of names of path parameters, and then by operation id."""
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


def _webhooks(old: ir.Document, new: ir.Document, types: TypeComparison, changes: Changes) -> None:
    """Compare webhooks. Callers receive their payloads, like responses."""
    before = {(webhook.operation, webhook.name, webhook.method): webhook for webhook in old.webhooks}
    after = {(webhook.operation, webhook.name, webhook.method): webhook for webhook in new.webhooks}
    for key, webhook in before.items():
        where = f"webhooks {webhook.name}"
        if key in after:
            types.types(payload(webhook), payload(after[key]), "response", where, after[key].place)
        else:
            changes.add("webhook-removed", where, f"the webhook {webhook.name} was removed", webhook.place)
    for key, webhook in after.items():
        if key not in before:
            changes.add(
                "webhook-added", f"webhooks {webhook.name}", f"the webhook {webhook.name} was added", webhook.place
            )


def _models(old: ir.Document, new: ir.Document, changes: Changes) -> None:
    """Compare classes that code may import by name. Inline schemas have derived names, which may change."""
    before, after = _components(old), _components(new)
    remaining = set(type_names(new))
    used = (
        {union.name for union in old.unions}
        | sent_models(old)
        | received_models(old)
        | {enum.name for enum in old.enums}
    )
    for name, place in before.items():
        if name not in remaining:
            rule = "model-removed" if name in used else "unused-model-removed"
            changes.add(rule, f"models.{name}", "the model was removed or renamed", place)
    existed = set(type_names(old))
    for name, place in after.items():
        if name not in existed:
            changes.add("model-added", f"models.{name}", "the model was added", place)


def _components(document: ir.Document) -> Mapping[str, ir.SourceLocation]:
    types: tuple[ir.Model | ir.Enum | ir.Union, ...] = (*document.models, *document.enums, *document.unions)
    places = {type_.name: type_.place for type_ in types}
    return {name: place for name, place in places.items() if place.pointer.rpartition("/")[0] + "/" == _COMPONENT}
