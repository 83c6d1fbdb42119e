"""What two descriptions of one service can be compared by: addresses, parameters, and fields as flat lists.

Names of operations, schemas and files don't matter here, nor how a document is cut into
schemas; only what travels does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.diff.types import Side
from xcaas_generator.python.docstrings import json_text

_BRACES = re.compile(r"\{[^{}]*\}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DEEPEST = 12
_MAX_ADDRESSES = 200
_KINDS = {"str": "text", "int": "whole number", "float": "number", "bool": "boolean", "bytes": "file", "none": "null"}
_ROOTS = ("request", "response")


@dataclass(frozen=True, slots=True)
class Item:
    """What stands at one place: its type, the values that are known, and whether a request must have it."""

    kind: str
    values: frozenset[str] = frozenset()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One operation. `items` maps a place in the request or a response to what stands there."""

    method: str
    path: str
    addresses: frozenset[str]
    items: Mapping[str, Item]
    file: str


def facts(document: ir.Document) -> list[Facts]:
    """Return the operations of a document as flat facts."""
    side = Side(document)
    file = document.place.file.replace("\\", "/").rpartition("/")[2]
    return [
        Facts(
            operation.method,
            operation.path,
            frozenset(_addresses(operation)),
            _laid_over(_items(operation, side)),
            file,
        )
        for operation in document.operations
    ]


def bare(path: str) -> str:
    """Return a path without the names of its parameters."""
    return _BRACES.sub("{}", path).rstrip("/") or "/"


def _addresses(operation: ir.Operation) -> Iterator[str]:
    """Yield every address that an operation can have, whatever its servers' variables hold."""
    for server in operation.servers:
        choices = [
            [(variable.name, value) for value in dict.fromkeys((variable.default, *variable.enum))]
            for variable in server.variables
        ]
        for chosen in itertools.islice(itertools.product(*choices), _MAX_ADDRESSES):
            url = server.url
            for name, value in chosen:
                url = url.replace(f"{{{name}}}", value)
            yield bare(_SCHEME.sub("", url).lower().rstrip("/") + operation.path)


def _laid_over(found: Iterable[tuple[str, Item]]) -> dict[str, Item]:
    """Return items by place. What several media types or members of a union have takes what any of them takes.

    It is required where all that have it require it.
    """
    items: dict[str, Item] = {}
    for place, item in found:
        known = items.get(place, item)
        kinds = {*known.kind.split(" or "), *item.kind.split(" or ")}
        items[place] = Item(" or ".join(sorted(kinds)), known.values | item.values, known.required and item.required)
    return items


def _items(operation: ir.Operation, side: Side) -> Iterator[tuple[str, Item]]:
    for parameter in operation.parameters:
        if parameter.location == "path":
            continue  # their names are nobody's concern; that they are there shows in the path
        name = parameter.wire.lower() if parameter.location == "header" else parameter.wire
        yield f"{parameter.location} parameter {name}", _item(parameter.type, side, required=parameter.required)
    if operation.body is not None:
        for variant in operation.body.variants:
            yield "request", _item(variant.type, side, required=False)
            yield from _fields(variant.type, side, "request", ())
    for response in operation.responses:
        if response.success:
            for returned in response.variants:
                yield "response", _item(returned.type, side, required=False)
                yield from _fields(returned.type, side, "response", ())


def _fields(ref: ir.TypeRef, side: Side, where: str, above: tuple[str, ...]) -> Iterator[tuple[str, Item]]:
    """Yield the leaves of a type and the objects on the way, by path."""
    if len(above) > _DEEPEST:
        return
    match ref:
        case ir.ModelRef() if ref.name not in above:
            for field in side.models[ref.name].fields:
                if _travels(field, where):
                    place = f"{where} {field.wire}" if where in _ROOTS else f"{where}.{field.wire}"
                    yield place, _item(field.type, side, required=field.required and place.startswith("request"))
                    yield from _fields(field.type, side, place, (*above, ref.name))
        case ir.ListOf():
            yield from _fields(ref.item, side, where if where in _ROOTS else f"{where}[]", above)
        case ir.MapOf():
            yield from _fields(ref.value, side, f"{where} {{}}", above)
        case ir.UnionOf():
            for member in ref.members:
                yield from _fields(member, side, where, above)
        case _:
            pass


def _travels(field: ir.Field, where: str) -> bool:
    return not (field.read_only if where.startswith("request") else field.write_only)


def _item(ref: ir.TypeRef, side: Side, *, required: bool) -> Item:
    return Item(_kind(ref, side), frozenset(_values(ref, side)), required)


def _values(ref: ir.TypeRef, side: Side) -> Iterator[str]:
    """Yield the known values of an enum, also as items of a list or as one of several types."""
    match ref:
        case ir.EnumRef() | ir.Const():
            yield from (json_text(value) for value in side.values(ref) or () if value is not None)
        case ir.ListOf():
            yield from _values(ref.item, side)
        case ir.UnionOf():
            for member in ref.members:
                yield from _values(member, side)
        case _:
            pass


def _kind(ref: ir.TypeRef, side: Side) -> str:
    """Return a type as coarse as documents of different authors agree on."""
    match ref:
        case ir.Scalar():
            return _KINDS.get(ref.kind, "anything")
        case ir.ModelRef() | ir.MapOf():
            return "object"
        case ir.ListOf():
            return "list"
        case ir.EnumRef() | ir.Const():
            values = side.values(ref) or ()
            kinds = sorted({_KINDS[ir_kind(value)] for value in values if value is not None})
            return " or ".join(kinds) or "null"
        case ir.UnionOf():
            return " or ".join(sorted({part for member in ref.members for part in _kind(member, side).split(" or ")}))


def ir_kind(value: ir.JSON) -> str:
    """Return the kind of scalar that a value is."""
    if isinstance(value, bool):
        return "bool"
    return "int" if isinstance(value, int) else "float" if isinstance(value, float) else "str"
