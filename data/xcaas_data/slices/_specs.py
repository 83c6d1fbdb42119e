"""What the specs say of slices (`x-xcaas-slices`), from the manifest of the public package."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import TypeAlias

import xcaas

from .._clients import bare_client
from ._errors import NotSliceableError

__all__ = ["RowsSpec", "SliceSpec", "call_name", "has_regions", "regions_of", "spec_of"]

Record: TypeAlias = "dict[str, xcaas.JSONValue]"


@dataclass(frozen=True, slots=True)
class RowsSpec:
    """A list that is made first: `id` points to what the call that reads it wants to know."""

    call: str
    argument: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceSpec:
    """How one operation is cut. Names are those of arguments and attributes; what begins with `/` is a JSON pointer."""

    call: str
    start: str | None = None
    end: str | None = None
    zone: str | None = None
    filter: str | None = None
    field: str = ""
    body: str = ""
    longest: int | None = None
    partition: str | None = None
    key: str | None = None
    time: str | None = None
    total: str | None = None
    count: str | None = None
    size: str | None = None
    largest: int | None = None
    rows: RowsSpec | None = None

    @property
    def product(self) -> str:
        return self.call.partition(".")[0]

    @property
    def taken(self) -> frozenset[str]:
        """The arguments that slices fill themselves."""
        return frozenset(name for name in (self.start, self.end, self.zone, self.partition) if name)


def spec_of(call: str) -> SliceSpec:
    """Return how an operation is cut; `.list` may be left out of its name. Raises NotSliceableError where the specs don't say it."""
    known = _all_specs()
    found = known.get(call) or known.get(f"{call}.list")
    if found is None:
        raise NotSliceableError(f"{call} cannot be cut into slices", advice=_advice(call))
    return found


def has_regions(product: str) -> bool:
    """Return whether a product lives in several regions."""
    return bool(regions_of(product))


def regions_of(product: str) -> list[str]:
    """Return the regions of a product that the specs know, in order; none if it does not live in regions."""
    regions = _manifest()["regions"]
    found = regions.get(product) if isinstance(regions, dict) else None
    return sorted(map(str, found)) if isinstance(found, list) else []


def call_name(method: object) -> str:
    """Return the name of the operation that a method of a client calls."""
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    for call in _all_specs():
        if name == call.rpartition(".")[2] and type(owner) in _owners(call):
            return call
    shown = getattr(method, "__qualname__", None) or repr(method)
    raise NotSliceableError(f"{shown} cannot be cut into slices", advice=_advice(shown))


def _advice(call: str) -> str:
    known = _all_specs()
    near = get_close_matches(call, known, n=1, cutoff=0.85)
    return f"Did you mean {near[0]}?" if near else f"These can be cut: {', '.join(known)}."


@cache
def _owners(call: str) -> tuple[type[object], type[object]]:
    """Return the classes that have a call as a method, that of the blocking and that of the async client."""
    find: Callable[[object], object] = attrgetter(call.rpartition(".")[0])
    return find(bare_client()).__class__, find(xcaas.AsyncXCaaS()).__class__


@cache
def _manifest() -> Record:
    manifest: Record = json.loads(files("xcaas").joinpath("_manifest.json").read_text("ascii"))
    return manifest


@cache
def _all_specs() -> dict[str, SliceSpec]:
    operations = _manifest()["operations"]
    found: dict[str, SliceSpec] = {}
    for record in operations if isinstance(operations, list) else ():
        if isinstance(record, dict) and isinstance(slices := record.get("slices"), dict):
            call = str(record["call"])
            found[call] = _spec(call, slices)
    return found


def _spec(call: str, record: Record) -> SliceSpec:
    known = {field.name for field in fields(SliceSpec)} - {"rows"}
    given: dict[str, str | int] = {
        name: value for name, value in record.items() if name in known and isinstance(value, str | int)
    }
    rows = record.get("rows")
    found = RowsSpec(*(str(rows[name]) for name in ("call", "argument", "id"))) if isinstance(rows, dict) else None
    return SliceSpec(call=call, rows=found, **given)  # type: ignore[arg-type]
