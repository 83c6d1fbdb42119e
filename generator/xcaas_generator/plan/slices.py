"""How a list is cut into slices, in terms of the generated code: for the manifest, which packages on top read."""

from __future__ import annotations

from collections.abc import Mapping

from xcaas_generator import ir
from xcaas_generator.plan.argument_names import argument_names, body_argument_name
from xcaas_generator.plan.extensions import paged_item
from xcaas_generator.plan.models import field_names
from xcaas_generator.plan.operations import PlanContext
from xcaas_generator.plan.results import outcome

__all__ = ["slices_record"]


def slices_record(operation: ir.Operation, calls: Mapping[str, str], context: PlanContext) -> dict[str, ir.JSON] | None:
    """Return how an operation is sliced, None if it is not. `calls` are the names of calls by operation id.

    Parameters are named as in Python; pointers into the body stay pointers.
    """
    facts = operation.slices
    if facts is None:
        return None
    read = facts.rows.call.operation if facts.rows else operation.id
    listed = next(one for one in context.document.operations if one.id == read)
    found: dict[str, ir.JSON] = {
        **{
            role: _argument(operation, getattr(facts, role)) for role in ("start", "end", "zone", "filter", "partition")
        },
        "field": facts.field,
        "body": body_argument_name(operation) if operation.body else None,
        "longest": facts.longest,
        **{role: _attribute(listed, getattr(facts, role), context) for role in ("key", "time")},
        "total": facts.total,
        "count": calls[facts.count] if facts.count else None,
        **_size(listed),
    }
    if facts.rows is not None:
        argument = _argument(listed, facts.rows.call.parameter)
        found["rows"] = {"call": calls[listed.id], "argument": argument, "id": facts.rows.id}
    return {name: value for name, value in found.items() if value is not None}


def _argument(operation: ir.Operation, wire: str | None) -> str | None:
    if wire is None or wire.startswith("/"):
        return wire
    named = zip(operation.parameters, argument_names(operation), strict=True)
    return next(name for parameter, name in named if parameter.wire == wire)


def _size(operation: ir.Operation) -> dict[str, ir.JSON]:
    """Return the argument for the number of items in a page, and the largest that it takes."""
    wire = operation.pagination.size if operation.pagination else None
    parameter = next((one for one in operation.parameters if one.wire == wire), None)
    if parameter is None:
        return {}
    return {"size": _argument(operation, parameter.wire), "largest": dict(parameter.limits).get("maximum")}


def _attribute(operation: ir.Operation, pointer: str | None, context: PlanContext) -> str | None:
    """Return where in an item a value stands, as names of attributes with dots between them."""
    if pointer is None:
        return None
    found = outcome(operation).type
    ref = paged_item(operation, found, context.models) if found is not None else None
    path: list[str] = []
    for part in pointer.split("/")[1:]:
        if not isinstance(ref, ir.ModelRef):
            return None
        model = context.models[ref.name]
        wire = part.replace("~1", "/").replace("~0", "~")
        named = zip(model.fields, field_names(model, context.names), strict=True)
        field, name = next((pair for pair in named if pair[0].wire == wire), (None, ""))
        if field is None:
            return None
        ref = field.type
        path.append(name)
    return ".".join(path)
