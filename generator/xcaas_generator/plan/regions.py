"""The regions of products, for completion in editors, and for an early error if a region is misspelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from xcaas_generator import ir
from xcaas_generator.python.code import Code, code, join, parenthesised, text, texts
from xcaas_generator.python.imports import SDK, Header, Imports

ProductRegions: TypeAlias = "Mapping[str, tuple[str, ...] | None]"
"""Regions by product, as `regions_of` returns them."""

_SETTING = "region"


def regions_of(document: ir.Document) -> tuple[str, ...] | None:
    """Return the names that a product accepts as `region=`; () if it accepts any, None if it has no regions."""
    lists = list(_region_lists(document))
    if not lists:
        return None
    return tuple(sorted({word for words in lists for word in words})) if all(lists) else ()


def _region_lists(document: ir.Document) -> Iterator[list[str]]:
    """Yield the region names of each server variable and parameter that the client's region supplies."""
    servers = dict.fromkeys([*document.servers, *(server for item in document.operations for server in item.servers)])
    for variable in (variable for server in servers for variable in server.variables):
        if _SETTING in (variable.source, variable.name):
            yield [word for word in (dict(variable.names) or variable.enum) if word]
    enums = {enum.name: enum.values for enum in document.enums}
    for parameter in (parameter for item in document.operations for parameter in item.parameters):
        if parameter.source == _SETTING:
            values = enums[parameter.type.name] if isinstance(parameter.type, ir.EnumRef) else ()
            yield [value for value in values if isinstance(value, str)]


def region_table(regions: ProductRegions) -> Code | None:
    """Return the regions of products as code; None if no product has any."""
    rows = [parenthesised([text(name), texts(words)]) for name, words in sorted(regions.items()) if words is not None]
    return parenthesised(rows) if rows else None


def client_base(name: str, regions: ProductRegions, imports: Imports) -> Code:
    """Return the base class of a client, with the type of its option `region`."""
    base = imports.use(SDK, name)
    return code('{}["{}[Region]"]', base, imports.use(SDK, "RegionSetting")) if _all_regions(regions) else base


def client_header(regions: ProductRegions, imports: Imports) -> Header:
    """Return the header of a client's module: its imports, and the type `Region` if there are regions."""
    words = [text(word) for word in _all_regions(regions)]
    if not words:
        return imports.header()
    alias, literal = (imports.use("typing", name, typing_only=True) for name in ("TypeAlias", "Literal"))
    header = imports.header()
    region = code("Region: {} = {}[{}]", alias, literal, join(", ", words))
    return header._replace(typing_only=(*header.typing_only, Code(""), region))


def _all_regions(regions: ProductRegions) -> list[str]:
    return sorted({word for words in regions.values() for word in words or ()})
