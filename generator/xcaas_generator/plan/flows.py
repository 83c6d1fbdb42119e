"""Expressions for what OpenAPI can't say: paging, polling, downloading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.extensions import Extension, extension
from xcaas_generator.python.annotations import ModelNames, codec
from xcaas_generator.python.code import Code, braced, call, literal, parenthesised, text, texts
from xcaas_generator.python.imports import Imports

SDK = "xcaas_core.sdk"
_TESTS = ("page-count", "last-page", "item-count")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another operation of the product, and where generated code keeps it (`_bulk:_STATUS`)."""

    operation: ir.Operation
    reference: str


Neighbours = Mapping[str, Neighbour]


def paged_item(operation: ir.Operation, answer: ir.TypeRef, models: Mapping[str, ir.Model]) -> ir.TypeRef | None:
    """The type of one item of a paged operation, or None if the operation isn't paged."""
    facts = extension(operation, "x-xcaas-pagination")
    if facts is None:
        return None
    found = _at(answer, facts.text("items"), models)
    if isinstance(found, ir.ListOf):
        return found.item
    if found == ir.Scalar("any"):
        return found
    raise facts.reject(f"has `items: {facts.text('items')!r}`, but the answer has no list there")


def _at(ref: ir.TypeRef, pointer: str, models: Mapping[str, ir.Model]) -> ir.TypeRef | None:
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
    """`Paging(...)`, or None."""
    facts = extension(operation, "x-xcaas-pagination")
    if facts is None:
        return None
    item_codec = codec(item, names)
    following = facts.object("next")
    marks = [_last(mark, imports) for mark in facts.objects("last")]
    return call(
        imports.use(SDK, "Paging"),
        text(facts.text("style")),
        text(facts.optional_text("parameter") or ""),
        items=text(facts.text("items")),
        item=None if item_codec == "json" else text(item_codec),
        within=text("body") if facts.optional_text("in") == "body" else None,
        first=_number(facts, "first"),
        next=_spot(following) if following else None,
        last=parenthesised(marks) if marks else None,
        past_end=_number(facts, "past_end"),
        alone=_switch(facts, "alone", default=False),
        empty_ends=_switch(facts, "empty_ends", default=True),
        send=literal(facts.value("send")) if facts.has("send") else None,
    )


def _spot(facts: Extension) -> Code:
    for where in ("body", "header", "link"):
        if facts.has(where):
            return parenthesised([text(where), text(facts.text(where))])
    raise facts.reject("needs `body`, `header` or `link`")


def _last(facts: Extension, imports: Imports) -> Code:
    spot = _spot(facts)
    cls = imports.use(SDK, "Last")
    if facts.has("is"):
        if facts.text("is") not in _TESTS:
            raise facts.reject(f"has an unknown `is`; known are {', '.join(_TESTS)}")
        return call(cls, spot, text(facts.text("is")))
    for test in ("equals", "lacks"):
        if facts.has(test):
            return call(cls, spot, text(test), literal(facts.value(test)))
    if facts.flag("absent", default=False):
        return call(cls, spot, text("absent"))
    raise facts.reject("needs `is`, `equals`, `lacks` or `absent`")


def polling(operation: ir.Operation, neighbours: Neighbours, imports: Imports) -> Code | None:
    """`Polling(...)`, or None."""
    facts = extension(operation, "x-xcaas-poller")
    if facts is None:
        return None
    status, interval = facts.needed("status"), facts.object("interval")
    state = call(
        imports.use(SDK, "PollStatus"),
        *_related_parts(status, neighbours),
        value=text(status.text("value")),
        done=texts(status.texts("done")),
        failed=texts(status.texts("failed")),
        partial=_partial(status),
        reason=_text(status, "reason"),
    )
    return call(
        imports.use(SDK, "Polling"),
        id=text(facts.text("id")),
        status=state,
        result=_related(facts.object("result"), neighbours, imports),
        cancel=_related(facts.object("cancel"), neighbours, imports),
        first=_number(interval, "first"),
        factor=_number(interval, "factor"),
        longest=_number(interval, "max"),
        timeout=_number(facts, "timeout"),
        verb=text(facts.text("verb")),
        resume=_text(facts, "resume"),
    )


def _partial(status: Extension) -> Code | None:
    """The ends that leave part of the work undone. Each is an end, or a poller would not stop there."""
    states = status.texts("partial")
    unknown = [state for state in states if state not in status.texts("done")]
    if unknown:
        raise status.reject(f"has {unknown[0]!r} under `partial`, which is not under `done`")
    return texts(states) if states else None


def polled(operation: ir.Operation, neighbours: Neighbours) -> ir.Operation | None:
    """The operation whose answer a poller gives in the end."""
    facts = extension(operation, "x-xcaas-poller")
    if facts is None:
        return None
    last = facts.object("result") or facts.needed("status")
    return _neighbour(last, neighbours).operation


def carried(operation: ir.Operation, neighbours: Neighbours) -> list[bool]:
    """Of each parameter of an operation that starts work: whether the operations that follow the work take it too."""
    facts = extension(operation, "x-xcaas-poller")
    if facts is None:
        return [False] * len(operation.parameters)
    followers = [found for role in ("status", "result", "cancel") if (found := facts.object(role)) is not None]
    taken = {
        _alike(parameter)
        for follower in followers
        for parameter in _neighbour(follower, neighbours).operation.parameters
        if parameter.wire != follower.text("parameter")
    }
    return [_alike(parameter) in taken for parameter in operation.parameters]


def _alike(parameter: ir.Parameter) -> tuple[bool, str]:
    """What makes parameters of two operations the same one, as the run time sees it."""
    is_header = parameter.location == "header"
    return is_header, parameter.wire.lower() if is_header else parameter.wire


def downloading(operation: ir.Operation, neighbours: Neighbours, imports: Imports) -> Code | None:
    """`Downloading(...)`, or None."""
    facts = extension(operation, "x-xcaas-download")
    if facts is None:
        return None
    checksum = facts.object("checksum")
    ranges = {"yes": True, "no": False}.get(facts.optional_text("ranges") or "")
    return call(
        imports.use(SDK, "Downloading"),
        checksum=_related(checksum, neighbours, imports),
        value=_text(checksum, "value"),
        type=_text(checksum, "type"),
        size=_text(checksum, "size"),
        filename=_text(facts, "filename"),
        ranges=None if ranges is None else literal(ranges),
    )


def retry(operation: ir.Operation) -> Code | None:
    """`True` or `False` where the spec says whether a repeat does harm."""
    facts = extension(operation, "x-xcaas-retry")
    return None if facts is None else literal(facts.flag("safe", default=False))


def fixed_headers(operation: ir.Operation) -> Code | None:
    """Headers that the service wants with every call, by name."""
    facts = extension(operation, "x-xcaas-headers")
    return None if facts is None else braced([(text(name), text(facts.text(name))) for name in facts.names()])


def _related(facts: Extension | None, neighbours: Neighbours, imports: Imports) -> Code | None:
    if facts is None:
        return None
    return call(imports.use(SDK, "Related"), *_related_parts(facts, neighbours))


def _related_parts(facts: Extension, neighbours: Neighbours) -> tuple[Code, Code]:
    found, wire = _neighbour(facts, neighbours), facts.text("parameter")
    if all(parameter.wire != wire for parameter in found.operation.parameters):
        raise facts.reject(f"names the parameter {wire!r}, which {found.operation.id} does not have")
    return text(found.reference), text(wire)


def _neighbour(facts: Extension, neighbours: Neighbours) -> Neighbour:
    found = neighbours.get(facts.text("operation"))
    if found is None:
        raise facts.reject(f"names the operation {facts.text('operation')!r}, which the document does not have")
    return found


def _text(facts: Extension | None, key: str) -> Code | None:
    value = facts.optional_text(key) if facts else None
    return None if value is None else text(value)


def _number(facts: Extension | None, key: str) -> Code | None:
    value = facts.optional_number(key) if facts else None
    return None if value is None else literal(value)


def _switch(facts: Extension, key: str, *, default: bool) -> Code | None:
    value = facts.flag(key, default)
    return None if value is default else literal(value)
