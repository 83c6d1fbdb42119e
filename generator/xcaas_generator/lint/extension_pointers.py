"""House rule: fields, headers, states, settings and credentials that `x-xcaas-*` keys refer to exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from xcaas_generator import ir
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node, escape, unescape
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.plan.credentials import CREDENTIALS
from xcaas_generator.report import Report

_SETTINGS = ("region", "tenant", "cluster")
_MAX_SUGGESTIONS = 3  # in a message, if no name is similar


def check_pointers(document: ir.Document, report: Report) -> None:
    """Check the pointers, headers and states of all pagers, pollers, downloads and errors of a document."""
    _Pointers(document, report).check()


def check_settings(file: SourceFile, report: Report) -> None:
    """Check the settings of clients that supply parameters and variables, and the credentials of security schemes."""
    pending = [Node(file, "", file.tree)]
    while pending:
        node = pending.pop()
        for key, kind, valid in ((keys.SOURCE, "setting", _SETTINGS), (keys.CREDENTIAL, "credential", CREDENTIALS)):
            if node.has(key) and node.get(key) not in valid:
                value = str(node.get(key))
                report.error(
                    node.child(key).place, f"clients have no {kind} {value!r} for {key}", suggestion(value, valid)
                )
        pending.extend(child for _, child in node.items())
        pending.extend(node.elements())


class _Missing(Exception):
    """There is nothing at a pointer. `existing` are the pointers that exist."""

    def __init__(self, existing: Iterable[str] = ()) -> None:
        super().__init__()
        self.existing = tuple(existing)


class _Pointers:
    def __init__(self, document: ir.Document, report: Report) -> None:
        self._document = document
        self._report = report
        self._operations = {operation.id: operation for operation in document.operations}
        self._models = {model.name: model for model in document.models}
        self._enums = {enum.name: enum for enum in document.enums}

    def check(self) -> None:
        for operation in self._document.operations:
            self._check_zones(operation)
            if operation.pagination is not None:
                self._check_pagination(operation, operation.pagination)
            if operation.poller is not None:
                self._check_poller(operation, operation.poller)
            if operation.slices is not None:
                self._check_slices(operation, operation.slices)
            if operation.download is not None and operation.download.checksum is not None:
                self._check_checksum(operation, operation.download.checksum)
        for model in self._document.models:
            for key, pointer in model.error:
                place = _location_below(model.place, keys.ERROR, key)
                self._check_pointer((ir.ModelRef(model.name),), pointer, place, f"the error {model.name!r}")

    def _check_zones(self, operation: ir.Operation) -> None:
        names = [parameter.wire for parameter in operation.parameters]
        for parameter in operation.parameters:
            if parameter.zone is not None and parameter.zone not in names:
                message = (
                    f"{keys.ZONE} of {parameter.wire!r} names no parameter of {operation.id!r}: {parameter.zone!r}"
                )
                self._report.error(parameter.place, message, suggestion(parameter.zone, names))

    def _check_pagination(self, operation: ir.Operation, pagination: ir.Pagination) -> None:
        types = _success_types(operation)
        item_types = self._check_pointer(
            types, pagination.items, _location_below(pagination.place, "items"), _response_of(operation)
        )
        if item_types and not any(isinstance(type_, ir.ListOf) or type_ == ir.Scalar("any") for type_ in item_types):
            self._report.error(
                _location_below(pagination.place, "items"),
                f"{pagination.items!r} is not a list in the response of {operation.id!r}",
            )
        for role, name in (("parameter", pagination.parameter), ("size", pagination.size)):
            if name is not None and (pagination.within == "body" or name.startswith("/")):
                bodies = tuple(variant.type for variant in operation.body.variants) if operation.body else ()
                self._check_pointer(
                    bodies, name, _location_below(pagination.place, role), f"the body of {operation.id!r}"
                )
        if pagination.next is not None:
            self._check_location(operation, pagination.next, _location_below(pagination.place, "next"))
        for index, condition in enumerate(pagination.last):
            self._check_location(operation, condition.location, _location_below(pagination.place, "last", str(index)))

    def _check_location(self, operation: ir.Operation, location: ir.ValueLocation, place: ir.SourceLocation) -> None:
        if location.where == "body":
            self._check_pointer(
                _success_types(operation), location.name, _location_below(place, "body"), _response_of(operation)
            )
        elif location.where == "header":
            names = [header.wire for response in operation.responses if response.success for header in response.headers]
            if location.name.lower() not in [name.lower() for name in names]:
                message = f"{_response_of(operation)} declares no header {location.name!r}"
                self._report.error(_location_below(place, "header"), message, suggestion(location.name, names))

    def _check_slices(self, operation: ir.Operation, slices: ir.Slices) -> None:
        bodies = tuple(variant.type for variant in operation.body.variants) if operation.body else ()
        for role, name in (("start", slices.start), ("end", slices.end)):
            if name is not None and name.startswith("/"):
                self._check_pointer(bodies, name, _location_below(slices.place, role), f"the body of {operation.id!r}")
        list_operation = operation
        if slices.rows is not None:
            self._check_pointer(
                _success_types(operation),
                slices.rows.id,
                _location_below(slices.place, "rows", "id"),
                _response_of(operation),
            )
            list_operation = self._operations[slices.rows.call.operation]
        if slices.total is not None:
            self._check_pointer(
                _success_types(list_operation),
                slices.total,
                _location_below(slices.place, "total"),
                _response_of(list_operation),
            )
        items = self._items(list_operation)
        for role, pointer in (("key", slices.key), ("time", slices.time)):
            if pointer is not None:
                self._check_pointer(
                    items, pointer, _location_below(slices.place, role), f"an item of {list_operation.id!r}"
                )

    def _items(self, operation: ir.Operation) -> tuple[ir.TypeRef, ...]:
        """Return the item types of a list; none if its pagination has no list, which is reported elsewhere."""
        pointer = operation.pagination.items if operation.pagination else ""
        types, _ = self._types_at_any(_success_types(operation), pointer.split("/")[1:], "")
        return tuple(type_.item for type_ in types if isinstance(type_, ir.ListOf))

    def _check_poller(self, operation: ir.Operation, poller: ir.Poller) -> None:
        place = _location_below(operation.place, keys.POLLER)
        if poller.id is not None:
            self._check_pointer(
                _success_types(operation), poller.id, _location_below(place, "id"), _response_of(operation)
            )
        status = self._operations.get(poller.status.call.operation)
        if status is None:
            return  # already reported
        for role, pointer in (("value", poller.status.value), ("reason", poller.status.reason)):
            if pointer is not None:
                types = self._check_pointer(
                    _success_types(status), pointer, _location_below(place, "status", role), _response_of(status)
                )
                if role == "value":
                    self._check_states(poller.status, types, _location_below(place, "status"))

    def _check_states(self, status: ir.StatusLink, types: tuple[ir.TypeRef, ...], place: ir.SourceLocation) -> None:
        values = [
            str(value) for type_ in types if isinstance(type_, ir.EnumRef) for value in self._enums[type_.name].values
        ]
        for role, states in (("done", status.done), ("failed", status.failed), ("partial", status.partial)):
            for state in states:
                if values and state not in values:
                    message = f"{state!r} under {role!r} is not a value of {status.value!r}"
                    self._report.error(_location_below(place, role), message, suggestion(state, values))

    def _check_checksum(self, operation: ir.Operation, checksum: ir.Checksum) -> None:
        metadata_operation = self._operations.get(checksum.call.operation)
        if metadata_operation is None:
            return  # already reported
        place = _location_below(operation.place, keys.DOWNLOAD, "checksum")
        for role, pointer in (("value", checksum.value), ("type", checksum.type), ("size", checksum.size)):
            if pointer is not None:
                self._check_pointer(
                    _success_types(metadata_operation),
                    pointer,
                    _location_below(place, role),
                    _response_of(metadata_operation),
                )

    def _check_pointer(
        self, types: tuple[ir.TypeRef, ...], pointer: str, place: ir.SourceLocation, owner: str
    ) -> tuple[ir.TypeRef, ...]:
        """Return the types at a pointer; report if there are none."""
        matches, existing = self._types_at_any(types, pointer.split("/")[1:], "")
        if not matches:
            self._report.error(place, f"{owner} has nothing at {pointer!r}", suggestion(pointer, existing))
        return matches

    def _types_at_any(
        self, types: Iterable[ir.TypeRef], parts: list[str], prefix: str
    ) -> tuple[tuple[ir.TypeRef, ...], tuple[str, ...]]:
        """Return the types at a pointer into any of `types`, and the existing pointers of those without it."""
        matches: list[ir.TypeRef] = []
        existing: list[str] = []
        for type_ in types:
            try:
                matches.extend(self._types_at(type_, parts, prefix))
            except _Missing as missing:
                existing.extend(missing.existing)
        return tuple(matches), tuple(existing)

    def _types_at(self, ref: ir.TypeRef, parts: list[str], prefix: str) -> Iterator[ir.TypeRef]:
        if isinstance(ref, ir.UnionOf):
            matches, existing = self._types_at_any(ref.members, parts, prefix)
            if not matches:
                raise _Missing(existing)
            yield from matches
        elif not parts or ref == ir.Scalar("any"):
            yield ref
        else:
            child = self._child_type(ref, unescape(parts[0]), prefix)
            yield from self._types_at(child, parts[1:], f"{prefix}/{parts[0]}")

    def _child_type(self, ref: ir.TypeRef, wire: str, prefix: str) -> ir.TypeRef:
        if isinstance(ref, ir.MapOf):
            return ref.value
        if isinstance(ref, ir.ListOf) and wire.isdecimal():
            return ref.item
        if not isinstance(ref, ir.ModelRef):
            raise _Missing
        model = self._models[ref.name]
        fields = {field.wire: field.type for field in model.fields}
        if wire in fields:
            return fields[wire]
        if model.extra is not None:
            return model.extra
        raise _Missing(f"{prefix}/{escape(name)}" for name in fields)


def suggestion(unknown: str, candidates: Iterable[str]) -> str:
    """Return advice for an unknown name: the most similar known name, or some of them."""
    names = list(dict.fromkeys(candidates))
    matches = get_close_matches(unknown, names, 1) or [name for name in names if name.lower() == unknown.lower()]
    if matches:
        return f"Did you mean {matches[0]!r}?"
    listing = ", ".join(repr(name) for name in names[:_MAX_SUGGESTIONS])
    return f"Choose from {listing}{', …' if len(names) > _MAX_SUGGESTIONS else ''}." if names else "Correct it."


def _success_types(operation: ir.Operation) -> tuple[ir.TypeRef, ...]:
    return tuple(variant.type for response in operation.responses if response.success for variant in response.variants)


def _response_of(operation: ir.Operation) -> str:
    return f"the response of {operation.id!r}"


def _location_below(place: ir.SourceLocation, *tokens: str) -> ir.SourceLocation:
    return ir.SourceLocation(place.file, "/".join((place.pointer, *map(escape, tokens))))
