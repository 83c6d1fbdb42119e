"""Comparable facts about operations: addresses, and flat lists of parameters and fields.

Only what is sent matters, not the names of operations, schemas and files, nor the division into schemas.
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
_MAX_DEPTH = 12
_MAX_ADDRESSES = 200
_KINDS = {"str": "text", "int": "whole number", "float": "number", "bool": "boolean", "bytes": "file", "none": "null"}
_ROOTS = ("request", "response")


@dataclass(frozen=True, slots=True)
class Item:
    """A parameter or field: its type, its known values, and whether requests require it."""

    kind: str
    values: frozenset[str] = frozenset()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """An operation. `items` are its parameters and fields, by location in the request or response."""

    method: str
    path: str
    addresses: frozenset[str]
    items: Mapping[str, Item]
    file: str


def facts(document: ir.Document) -> list[Facts]:
    """Return the facts about the operations of a document."""
    side = Side(document)
    file = document.place.file.replace("\\", "/").rpartition("/")[2]
    return [
        Facts(
            operation.method,
            operation.path,
            frozenset(_addresses(operation)),
            _merged(_items(operation, side)),
            file,
        )
        for operation in document.operations
    ]


def bare(path: str) -> str:
    """Return a path without the names of its parameters."""
    return _BRACES.sub("{}", path).rstrip("/") or "/"


def _addresses(operation: ir.Operation) -> Iterator[str]:
    """Yield the addresses of an operation for all values of the servers' variables."""
    for server in operation.servers:
        choices = [
            [(variable.name, value) for value in dict.fromkeys((variable.default, *variable.enum))]
            for variable in server.variables
        ]
        for values in itertools.islice(itertools.product(*choices), _MAX_ADDRESSES):
            url = server.url
            for name, value in values:
                url = url.replace(f"{{{name}}}", value)
            yield bare(_SCHEME.sub("", url).lower().rstrip("/") + operation.path)


def _merged(pairs: Iterable[tuple[str, Item]]) -> dict[str, Item]:
    """Return items by location. Those of several media types or members of a union are merged: they allow what any of them
    allows, and are required if all of them are.
    """
    items: dict[str, Item] = {}
    for place, item in pairs:
        existing = items.get(place, item)
        kinds = {*existing.kind.split(" or "), *item.kind.split(" or ")}
        items[place] = Item(
            " or ".join(sorted(kinds)), existing.values | item.values, existing.required and item.required
        )
    return items


def _items(operation: ir.Operation, side: Side) -> Iterator[tuple[str, Item]]:
    for parameter in operation.parameters:
        if parameter.location == "path":
            continue  # compared as part of the path; their names don't matter
        name = parameter.wire.lower() if parameter.location == "header" else parameter.wire
        yield f"{parameter.location} parameter {name}", _item(parameter.type, side, required=parameter.required)
    if operation.body is not None:
        for variant in operation.body.variants:
            yield "request", _item(variant.type, side, required=False)
            yield from _fields(variant.type, side, "request", ())
    for response in operation.responses:
        if response.success:
            for response_variant in response.variants:
                yield "response", _item(response_variant.type, side, required=False)
                yield from _fields(response_variant.type, side, "response", ())


def _fields(ref: ir.TypeRef, side: Side, where: str, ancestors: tuple[str, ...]) -> Iterator[tuple[str, Item]]:
    """Yield the fields of a type, at any depth, by path."""
    if len(ancestors) > _MAX_DEPTH:
        return
    match ref:
        case ir.ModelRef() if ref.name not in ancestors:
            for field in side.models[ref.name].fields:
                if _is_sent(field, where):
                    place = f"{where} {field.wire}" if where in _ROOTS else f"{where}.{field.wire}"
                    yield place, _item(field.type, side, required=field.required and place.startswith("request"))
                    yield from _fields(field.type, side, place, (*ancestors, ref.name))
        case ir.ListOf():
            yield from _fields(ref.item, side, where if where in _ROOTS else f"{where}[]", ancestors)
        case ir.MapOf():
            yield from _fields(ref.value, side, f"{where} {{}}", ancestors)
        case ir.UnionOf():
            for member in ref.members:
                yield from _fields(member, side, where, ancestors)
        case _:
            pass


def _is_sent(field: ir.Field, where: str) -> bool:
    return not (field.read_only if where.startswith("request") else field.write_only)


def _item(ref: ir.TypeRef, side: Side, *, required: bool) -> Item:
    return Item(_kind(ref, side), frozenset(_values(ref, side)), required)


def _values(ref: ir.TypeRef, side: Side) -> Iterator[str]:
    """Yield the known values of an enum, including enums in lists and unions."""
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
    """Return a coarse type, on which documents of different authors usually agree."""
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
    """Return the scalar kind of a value."""
    if isinstance(value, bool):
        return "bool"
    return "int" if isinstance(value, int) else "float" if isinstance(value, float) else "str"
