"""House rule for what `x-xcaas-*` keys point at: fields, headers, states, settings and credentials that are really there."""

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
_SEVERAL = 3  # fields that a message names where none is like the one that is missing


def check_pointers(document: ir.Document, report: Report) -> None:
    """Judge the pointers, headers and states of every pager, poller, download and error of a document."""
    _Pointers(document, report).check()


def check_settings(file: SourceFile, report: Report) -> None:
    """Judge which settings of a client fill parameters and server variables, and which credentials schemes take."""
    waiting = [Node(file, "", file.tree)]
    while waiting:
        node = waiting.pop()
        for key, what, known in ((keys.SOURCE, "setting", _SETTINGS), (keys.CREDENTIAL, "credential", CREDENTIALS)):
            if node.has(key) and node.get(key) not in known:
                given = str(node.get(key))
                report.error(node.child(key).place, f"clients have no {what} {given!r} for {key}", meant(given, known))
        waiting.extend(below for _, below in node.items())
        waiting.extend(node.elements())


class _Missing(Exception):
    """There is nothing at a pointer. `known` are the pointers that could have been meant."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        super().__init__()
        self.known = tuple(known)


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
                place = _below(model.place, keys.ERROR, key)
                self._look((ir.ModelRef(model.name),), pointer, place, f"the error {model.name!r}")

    def _check_zones(self, operation: ir.Operation) -> None:
        names = [parameter.wire for parameter in operation.parameters]
        for parameter in operation.parameters:
            if parameter.zone is not None and parameter.zone not in names:
                message = (
                    f"{keys.ZONE} of {parameter.wire!r} names no parameter of {operation.id!r}: {parameter.zone!r}"
                )
                self._report.error(parameter.place, message, meant(parameter.zone, names))

    def _check_pagination(self, operation: ir.Operation, facts: ir.Pagination) -> None:
        types = _success_types(operation)
        found = self._look(types, facts.items, _below(facts.place, "items"), _response_of(operation))
        if found and not any(isinstance(each, ir.ListOf) or each == ir.Scalar("any") for each in found):
            self._report.error(
                _below(facts.place, "items"), f"{facts.items!r} is not a list in the response of {operation.id!r}"
            )
        for role, name in (("parameter", facts.parameter), ("size", facts.size)):
            if name is not None and (facts.within == "body" or name.startswith("/")):
                bodies = tuple(variant.type for variant in operation.body.variants) if operation.body else ()
                self._look(bodies, name, _below(facts.place, role), f"the body of {operation.id!r}")
        if facts.next is not None:
            self._check_location(operation, facts.next, _below(facts.place, "next"))
        for index, stop in enumerate(facts.last):
            self._check_location(operation, stop.location, _below(facts.place, "last", str(index)))

    def _check_location(self, operation: ir.Operation, location: ir.ValueLocation, place: ir.SourceLocation) -> None:
        if location.where == "body":
            self._look(_success_types(operation), location.name, _below(place, "body"), _response_of(operation))
        elif location.where == "header":
            names = [header.wire for response in operation.responses if response.success for header in response.headers]
            if location.name.lower() not in [name.lower() for name in names]:
                message = f"{_response_of(operation)} declares no header {location.name!r}"
                self._report.error(_below(place, "header"), message, meant(location.name, names))

    def _check_slices(self, operation: ir.Operation, facts: ir.Slices) -> None:
        bodies = tuple(variant.type for variant in operation.body.variants) if operation.body else ()
        for role, name in (("start", facts.start), ("end", facts.end)):
            if name is not None and name.startswith("/"):
                self._look(bodies, name, _below(facts.place, role), f"the body of {operation.id!r}")
        listed = operation
        if facts.rows is not None:
            self._look(
                _success_types(operation), facts.rows.id, _below(facts.place, "rows", "id"), _response_of(operation)
            )
            listed = self._operations[facts.rows.call.operation]
        if facts.total is not None:
            self._look(_success_types(listed), facts.total, _below(facts.place, "total"), _response_of(listed))
        items = self._items(listed)
        for role, pointer in (("key", facts.key), ("time", facts.time)):
            if pointer is not None:
                self._look(items, pointer, _below(facts.place, role), f"an item of {listed.id!r}")

    def _items(self, operation: ir.Operation) -> tuple[ir.TypeRef, ...]:
        """Return the types of the items of a list; none where its pagination leads to no list, which is told there."""
        pointer = operation.pagination.items if operation.pagination else ""
        found, _ = self._at_any(_success_types(operation), pointer.split("/")[1:], "")
        return tuple(one.item for one in found if isinstance(one, ir.ListOf))

    def _check_poller(self, operation: ir.Operation, poller: ir.Poller) -> None:
        place = _below(operation.place, keys.POLLER)
        if poller.id is not None:
            self._look(_success_types(operation), poller.id, _below(place, "id"), _response_of(operation))
        status = self._operations.get(poller.status.call.operation)
        if status is None:
            return  # reading has told it
        for role, pointer in (("value", poller.status.value), ("reason", poller.status.reason)):
            if pointer is not None:
                found = self._look(_success_types(status), pointer, _below(place, "status", role), _response_of(status))
                if role == "value":
                    self._check_states(poller.status, found, _below(place, "status"))

    def _check_states(self, status: ir.StatusLink, found: tuple[ir.TypeRef, ...], place: ir.SourceLocation) -> None:
        values = [str(value) for one in found if isinstance(one, ir.EnumRef) for value in self._enums[one.name].values]
        for role, states in (("done", status.done), ("failed", status.failed), ("partial", status.partial)):
            for state in states:
                if values and state not in values:
                    message = f"{state!r} under {role!r} is not a value of {status.value!r}"
                    self._report.error(_below(place, role), message, meant(state, values))

    def _check_checksum(self, operation: ir.Operation, checksum: ir.Checksum) -> None:
        described = self._operations.get(checksum.call.operation)
        if described is None:
            return  # reading has told it
        place = _below(operation.place, keys.DOWNLOAD, "checksum")
        for role, pointer in (("value", checksum.value), ("type", checksum.type), ("size", checksum.size)):
            if pointer is not None:
                self._look(_success_types(described), pointer, _below(place, role), _response_of(described))

    def _look(
        self, types: tuple[ir.TypeRef, ...], pointer: str, place: ir.SourceLocation, where: str
    ) -> tuple[ir.TypeRef, ...]:
        """Return what stands at a pointer; nothing, and a problem, where it leads nowhere."""
        found, known = self._at_any(types, pointer.split("/")[1:], "")
        if not found:
            self._report.error(place, f"{where} has nothing at {pointer!r}", meant(pointer, known))
        return found

    def _at_any(
        self, types: Iterable[ir.TypeRef], parts: list[str], passed: str
    ) -> tuple[tuple[ir.TypeRef, ...], tuple[str, ...]]:
        """Return what one of several types has at a pointer, and the pointers that there are where none has it."""
        found: list[ir.TypeRef] = []
        known: list[str] = []
        for one in types:
            try:
                found.extend(self._at(one, parts, passed))
            except _Missing as missing:
                known.extend(missing.known)
        return tuple(found), tuple(known)

    def _at(self, ref: ir.TypeRef, parts: list[str], passed: str) -> Iterator[ir.TypeRef]:
        if isinstance(ref, ir.UnionOf):
            found, known = self._at_any(ref.members, parts, passed)
            if not found:
                raise _Missing(known)
            yield from found
        elif not parts or ref == ir.Scalar("any"):
            yield ref
        else:
            below = self._below(ref, unescape(parts[0]), passed)
            yield from self._at(below, parts[1:], f"{passed}/{parts[0]}")

    def _below(self, ref: ir.TypeRef, wire: str, passed: str) -> ir.TypeRef:
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
        raise _Missing(f"{passed}/{escape(name)}" for name in fields)


def meant(given: str, known: Iterable[str]) -> str:
    """Return advice on what was meant by a name that is none of those that are known."""
    names = list(dict.fromkeys(known))
    near = get_close_matches(given, names, 1) or [name for name in names if name.lower() == given.lower()]
    if near:
        return f"Did you mean {near[0]!r}?"
    shown = ", ".join(repr(name) for name in names[:_SEVERAL])
    return f"Choose from {shown}{', …' if len(names) > _SEVERAL else ''}." if names else "Correct it."


def _success_types(operation: ir.Operation) -> tuple[ir.TypeRef, ...]:
    return tuple(variant.type for response in operation.responses if response.success for variant in response.variants)


def _response_of(operation: ir.Operation) -> str:
    return f"the response of {operation.id!r}"


def _below(place: ir.SourceLocation, *tokens: str) -> ir.SourceLocation:
    return ir.SourceLocation(place.file, "/".join((place.pointer, *map(escape, tokens))))
