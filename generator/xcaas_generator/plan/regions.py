"""Which regions a product knows, so that a client can tell a slip before its first call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xcaas_generator import ir
from xcaas_generator.python.code import Code, parenthesised, text, texts

_SETTING = "region"


def regions_of(document: ir.Document) -> tuple[str, ...] | None:
    """Return the words that a product takes as `region=`; none if any word will do, None if it has no regions."""
    lists = list(_lists(document))
    if not lists:
        return None
    return tuple(sorted({word for words in lists for word in words})) if all(lists) else ()


def _lists(document: ir.Document) -> Iterator[list[str]]:
    """List the words of each server variable and each parameter that the client's region fills."""
    servers = dict.fromkeys([*document.servers, *(server for item in document.operations for server in item.servers)])
    for variable in (variable for server in servers for variable in server.variables):
        if _SETTING in (variable.source, variable.name):
            yield [word for word in (dict(variable.names) or variable.enum) if word]
    enums = {enum.name: enum.values for enum in document.enums}
    for parameter in (parameter for item in document.operations for parameter in item.parameters):
        if parameter.source == _SETTING:
            values = enums[parameter.type.name] if isinstance(parameter.type, ir.EnumRef) else ()
            yield [value for value in values if isinstance(value, str)]


def region_table(known: Mapping[str, tuple[str, ...] | None]) -> Code | None:
    """Write the regions of products, by product; None if none has any."""
    rows = [parenthesised([text(name), texts(words)]) for name, words in sorted(known.items()) if words is not None]
    return parenthesised(rows) if rows else None
