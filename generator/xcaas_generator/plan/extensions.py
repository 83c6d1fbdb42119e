"""Expressions for extensions (`x-xcaas-*`): pagination, pollers, downloads, retries, constant headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.python.annotations import ModelNames, annotation_text
from xcaas_generator.python.code import Code, braced, call, literal, parenthesised, text, texts
from xcaas_generator.python.imports import SDK, Imports


@dataclass(frozen=True, slots=True)
class OperationRef:
    """An operation of the product, and a reference to its constant in generated code (`_bulk:_STATUS`)."""

    operation: ir.Operation
    reference: str


OperationRefs = Mapping[str, OperationRef]


def paged_item(operation: ir.Operation, response: ir.TypeRef, models: Mapping[str, ir.Model]) -> ir.TypeRef | None:
    """Return the type of one item of a paged operation, or None if the operation isn't paged."""
    pagination = operation.pagination
    if pagination is None:
        return None
    items = _type_at(response, pagination.items, models)
    if isinstance(items, ir.ListOf):
        return items.item
    if items == ir.Scalar("any"):
        return items
    raise _error(
        pagination.place, f"the pagination has `items: {pagination.items!r}`, but the response has no list there"
    )


def _type_at(ref: ir.TypeRef, pointer: str, models: Mapping[str, ir.Model]) -> ir.TypeRef | None:
    for part in pointer.split("/")[1:]:
        wire = part.replace("~1", "/").replace("~0", "~")
        if isinstance(ref, ir.MapOf):
            ref = ref.value
        elif isinstance(ref, ir.ModelRef):
            fields = {field.wire: field.type for field in models[ref.name].fields}
            if wire not in fields:
                return None
            ref = fields[wire]
        else:
            return None
    return ref


def paging(operation: ir.Operation, item: ir.TypeRef, names: ModelNames, imports: Imports) -> Code | None:
    """Return `PaginationSpec(...)`, or None."""
    pagination = operation.pagination
    if pagination is None:
        return None
    conditions = [_stop_condition(condition, imports) for condition in pagination.last]
    return call(
        imports.use(SDK, "PaginationSpec"),
        text(pagination.style),
        text(pagination.parameter),
        items=text(pagination.items),
        item=None if item == ir.Scalar("any") else text(annotation_text(item, names)),
        within=text("body") if pagination.within == "body" else None,
        first=_literal(pagination.first),
        next=_location(pagination.next) if pagination.next else None,
        last=parenthesised(conditions) if conditions else None,
        past_end=_literal(pagination.past_end),
        alone=literal(True) if pagination.alone else None,
        empty_ends=None if pagination.empty_ends else literal(False),
        send=_literal(pagination.send),
    )


def _location(location: ir.ValueLocation) -> Code:
    return parenthesised([text(location.where), text(location.name)])


def _stop_condition(condition: ir.StopCondition, imports: Imports) -> Code:
    values = [literal(condition.value)] if condition.test in ("equals", "lacks") else []
    return call(imports.use(SDK, "StopCondition"), _location(condition.location), text(condition.test), *values)


def polling(operation: ir.Operation, references: OperationRefs, imports: Imports) -> Code | None:
    """Return `PollingSpec(...)`, or None."""
    poller = operation.poller
    if poller is None:
        return None
    status = poller.status
    state = call(
        imports.use(SDK, "StatusLink"),
        *_link_parts(operation, status.call, references),
        value=text(status.value),
        done=texts(status.done),
        failed=texts(status.failed),
        partial=texts(status.partial) if status.partial else None,
        reason=_text(status.reason),
    )
    return call(
        imports.use(SDK, "PollingSpec"),
        id=_text(poller.id),
        status=state,
        result=_link(operation, poller.result, references, imports),
        cancel=_link(operation, poller.cancel, references, imports),
        first=_literal(poller.first),
        factor=_literal(poller.factor),
        longest=_literal(poller.longest),
        timeout=_literal(poller.timeout),
        verb=text(poller.verb),
        resume=_text(poller.resume),
    )


def polled_operation(operation: ir.Operation, references: OperationRefs) -> ir.Operation | None:
    """Return the operation whose response is the result of a poller."""
    poller = operation.poller
    return None if poller is None else _reference(operation, poller.result or poller.status.call, references).operation


def shared_with_poller(operation: ir.Operation, references: OperationRefs) -> list[bool]:
    """Return, for each parameter of an operation that starts a job, whether the poller's operations have it, too."""
    followers = operation.poller.calls if operation.poller else ()
    shared = {
        _parameter_key(parameter)
        for follower in followers
        for parameter in _reference(operation, follower, references).operation.parameters
        if parameter.wire != follower.parameter
    }
    return [_parameter_key(parameter) in shared for parameter in operation.parameters]


def _parameter_key(parameter: ir.Parameter) -> tuple[bool, str]:
    """Return a key by which the run time considers parameters of two operations the same."""
    is_header = parameter.location == "header"
    return is_header, parameter.wire.lower() if is_header else parameter.wire


def downloading(operation: ir.Operation, references: OperationRefs, imports: Imports) -> Code | None:
    """Return `DownloadSpec(...)`, or None."""
    download = operation.download
    if download is None:
        return None
    checksum = download.checksum
    return call(
        imports.use(SDK, "DownloadSpec"),
        checksum=_link(operation, checksum.call if checksum else None, references, imports),
        value=_text(checksum.value) if checksum else None,
        type=_text(checksum.type) if checksum else None,
        size=_text(checksum.size) if checksum else None,
        filename=_text(download.filename),
        ranges=_literal(download.ranges),
    )


def retry(operation: ir.Operation) -> Code | None:
    """Return `True` or `False` if the spec says whether calls may be repeated."""
    return None if operation.retry is None else literal(operation.retry.safe)


def fixed_headers(operation: ir.Operation) -> Code | None:
    """Return the constant headers of an operation."""
    pairs = [(text(name), text(value)) for name, value in operation.fixed_headers]
    return braced(pairs) if pairs else None


def _link(
    operation: ir.Operation, follow_up: ir.FollowUp | None, references: OperationRefs, imports: Imports
) -> Code | None:
    if follow_up is None:
        return None
    return call(imports.use(SDK, "LinkSpec"), *_link_parts(operation, follow_up, references))


def _link_parts(operation: ir.Operation, follow_up: ir.FollowUp, references: OperationRefs) -> tuple[Code, Code]:
    return text(_reference(operation, follow_up, references).reference), text(follow_up.parameter)


def _reference(operation: ir.Operation, follow_up: ir.FollowUp, references: OperationRefs) -> OperationRef:
    reference = references.get(follow_up.operation)
    if reference is None:
        # The document has it, but it was refused.
        raise _error(operation.place, f"what follows needs the operation {follow_up.operation!r}, which was refused")
    return reference


def _error(place: ir.SourceLocation, message: str) -> InputError:
    return InputError([Problem(place, message, "specs/README.md describes it.")])


def _text(value: str | None) -> Code | None:
    return None if value is None else text(value)


def _literal(value: ir.JSON) -> Code | None:
    return None if value is None else literal(value)
