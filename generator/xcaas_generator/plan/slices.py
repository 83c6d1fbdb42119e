"""Slices of lists, in terms of the generated code, for the manifest, which `xcaas_data` reads."""

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
    """Return the slices of an operation, None if it has none. `calls` are the names of calls by operation id.

    Parameters have their Python names; JSON pointers into the body are unchanged.
    """
    slices = operation.slices
    if slices is None:
        return None
    list_id = slices.rows.call.operation if slices.rows else operation.id
    list_operation = next(candidate for candidate in context.document.operations if candidate.id == list_id)
    record: dict[str, ir.JSON] = {
        **{
            role: _argument(operation, getattr(slices, role))
            for role in ("start", "end", "zone", "filter", "partition")
        },
        "field": slices.field,
        "body": body_argument_name(operation) if operation.body else None,
        "longest": slices.longest,
        **{role: _attribute(list_operation, getattr(slices, role), context) for role in ("key", "time")},
        "total": slices.total,
        "count": calls[slices.count] if slices.count else None,
        **_size(list_operation),
    }
    if slices.rows is not None:
        argument = _argument(list_operation, slices.rows.call.parameter)
        record["rows"] = {"call": calls[list_operation.id], "argument": argument, "id": slices.rows.id}
    return {name: value for name, value in record.items() if value is not None}


def _argument(operation: ir.Operation, wire: str | None) -> str | None:
    if wire is None or wire.startswith("/"):
        return wire
    named = zip(operation.parameters, argument_names(operation), strict=True)
    return next(name for parameter, name in named if parameter.wire == wire)


def _size(operation: ir.Operation) -> dict[str, ir.JSON]:
    """Return the argument for the page size, and its maximum."""
    wire = operation.pagination.size if operation.pagination else None
    parameter = next((candidate for candidate in operation.parameters if candidate.wire == wire), None)
    if parameter is None:
        return {}
    return {"size": _argument(operation, parameter.wire), "largest": dict(parameter.limits).get("maximum")}


def _attribute(operation: ir.Operation, pointer: str | None, context: PlanContext) -> str | None:
    """Return the dotted attribute path of a JSON pointer into an item."""
    if pointer is None:
        return None
    result_type = outcome(operation).type
    ref = paged_item(operation, result_type, context.models) if result_type is not None else None
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
