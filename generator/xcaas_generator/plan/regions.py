"""Which regions a product knows: editors offer them, and a client can tell a slip before its first call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from xcaas_generator import ir
from xcaas_generator.python.code import Code, code, join, parenthesised, text, texts
from xcaas_generator.python.imports import SDK, Header, Imports

Known: TypeAlias = "Mapping[str, tuple[str, ...] | None]"
"""The regions of products, by product, as `regions_of` returns them."""

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


def region_table(known: Known) -> Code | None:
    """Write the regions of products, by product; None if none has any."""
    rows = [parenthesised([text(name), texts(words)]) for name, words in sorted(known.items()) if words is not None]
    return parenthesised(rows) if rows else None


def client_base(name: str, known: Known, imports: Imports) -> Code:
    """Return the base class of a client, with the type of its option `region`."""
    base = imports.use(SDK, name)
    return code('{}["{}[Region]"]', base, imports.use(SDK, "RegionSetting")) if _words(known) else base


def client_header(known: Known, imports: Imports) -> Header:
    """Return the top of a client's module: its imports, and the type `Region` if there are any."""
    words = [text(word) for word in _words(known)]
    if not words:
        return imports.header()
    alias, literal = (imports.use("typing", name, typing_only=True) for name in ("TypeAlias", "Literal"))
    header = imports.header()
    region = code("Region: {} = {}[{}]", alias, literal, join(", ", words))
    return header._replace(typing_only=(*header.typing_only, Code(""), region))


def _words(known: Known) -> list[str]:
    return sorted({word for words in known.values() for word in words or ()})
