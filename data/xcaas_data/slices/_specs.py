"""How operations are cut (`x-xcaas-slices` in specs), read from the manifest of the public package."""

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
    """A list that a first call creates: `id` points, in its response, to the value of `argument` of the `call` that reads it."""

    call: str
    argument: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceSpec:
    """How one operation is cut. Values are names of arguments and attributes, or JSON pointers if they begin with `/`."""

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
        """The arguments that slices set themselves."""
        return frozenset(name for name in (self.start, self.end, self.zone, self.partition) if name)


def spec_of(call: str) -> SliceSpec:
    """Return how an operation is cut. `.list` may be omitted. Raises NotSliceableError if the specs don't define it."""
    specs = _all_specs()
    spec = specs.get(call) or specs.get(f"{call}.list")
    if spec is None:
        raise NotSliceableError(f"{call} cannot be cut into slices", advice=_advice(call))
    return spec


def has_regions(product: str) -> bool:
    """Return whether a product has regions."""
    return bool(regions_of(product))


def regions_of(product: str) -> list[str]:
    """Return the regions of a product in the specs, sorted; an empty list if it has none."""
    regions = _manifest()["regions"]
    names = regions.get(product) if isinstance(regions, dict) else None
    return sorted(map(str, names)) if isinstance(names, list) else []


def call_name(method: object) -> str:
    """Return the name of the operation that a method of a client calls."""
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    for call in _all_specs():
        if name == call.rpartition(".")[2] and type(owner) in _owners(call):
            return call
    label = getattr(method, "__qualname__", None) or repr(method)
    raise NotSliceableError(f"{label} cannot be cut into slices", advice=_advice(label))


def _advice(call: str) -> str:
    specs = _all_specs()
    similar = get_close_matches(call, specs, n=1, cutoff=0.85)
    return f"Did you mean {similar[0]}?" if similar else f"These can be cut: {', '.join(specs)}."


@cache
def _owners(call: str) -> tuple[type[object], type[object]]:
    """Return the resource classes that have an operation as a method, of the blocking and the async client."""
    resource: Callable[[object], object] = attrgetter(call.rpartition(".")[0])
    return resource(bare_client()).__class__, resource(xcaas.AsyncXCaaS()).__class__


@cache
def _manifest() -> Record:
    manifest: Record = json.loads(files("xcaas").joinpath("_manifest.json").read_text("ascii"))
    return manifest


@cache
def _all_specs() -> dict[str, SliceSpec]:
    operations = _manifest()["operations"]
    specs: dict[str, SliceSpec] = {}
    for record in operations if isinstance(operations, list) else ():
        if isinstance(record, dict) and isinstance(slices := record.get("slices"), dict):
            call = str(record["call"])
            specs[call] = _spec(call, slices)
    return specs


def _spec(call: str, record: Record) -> SliceSpec:
    names = {field.name for field in fields(SliceSpec)} - {"rows"}
    values: dict[str, str | int] = {
        name: value for name, value in record.items() if name in names and isinstance(value, str | int)
    }
    rows = record.get("rows")
    rows_spec = RowsSpec(*(str(rows[name]) for name in ("call", "argument", "id"))) if isinstance(rows, dict) else None
    return SliceSpec(call=call, rows=rows_spec, **values)  # type: ignore[arg-type]
