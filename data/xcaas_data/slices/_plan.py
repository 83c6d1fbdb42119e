"""Planning: cutting a list and a period into slices."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from math import ceil
from typing import Any, TypeVar, overload
from zoneinfo import ZoneInfo

import xcaas

from .._clients import bare_client, check_reference, client_for
from ._errors import SliceError
from ._reading import method_of
from ._regions import regions
from ._slice import Slice
from ._specs import SliceSpec, call_name, has_regions, spec_of
from ._windows import SECOND, length, utc, windows

__all__ = ["plan"]

T = TypeVar("T")


@overload
def plan(
    operation: Callable[..., xcaas.Pager[T]],
    *,
    window: tuple[datetime, datetime],
    every: str | timedelta,
    over: Mapping[str, Iterable[str]] | None = None,
    arguments: Mapping[str, object] | None = None,
    zone: str | None = None,
    credentials: str = "environment",
    at_most: int | None = None,
    client: xcaas.XCaaS | None = None,
) -> list[Slice[T]]: ...
@overload
def plan(
    operation: Callable[..., object] | str,
    *,
    window: tuple[datetime, datetime],
    every: str | timedelta,
    over: Mapping[str, Iterable[str]] | None = None,
    arguments: Mapping[str, object] | None = None,
    zone: str | None = None,
    credentials: str = "environment",
    at_most: int | None = None,
    client: xcaas.XCaaS | None = None,
) -> list[Slice[Any]]: ...
def plan(
    operation: Callable[..., object] | str,
    *,
    window: tuple[datetime, datetime],
    every: str | timedelta,
    over: Mapping[str, Iterable[str]] | None = None,
    arguments: Mapping[str, object] | None = None,
    zone: str | None = None,
    credentials: str = "environment",
    at_most: int | None = None,
    client: xcaas.XCaaS | None = None,
) -> list[Slice[Any]]:
    """Cut a list into slices: a slice for each window of time, region and other value that cuts the list.

    Args:
        operation: A method of a client, or its name: `client.storage.objects.search`, `"storage.objects.search"`.
        window: Start (included) and end (excluded): whole seconds, with a time zone.
        every: Length of a slice: `"15m"`, `"1h"`, `"1d"`, or a timedelta. A slice longer than the service allows is
            divided into equal parts.
        over: What else cuts the list: `{"region": ["us-west", "uk"]}`, `{"pbx_id": ["acme"]}`. `{"region": "all"}`
            means every region; for storage, the service is asked which ones the customer has.
        arguments: Further arguments of the operation, the same for every slice.
        zone: IANA name of the time zone at whose midnights days begin. Default: UTC.
        credentials: Where the reader of a slice finds credentials: `environment`, `profile:NAME`, or
            `provider:MODULE:FUNCTION`, a function that returns an `XCaaS`.
        at_most: Ask the service how many items each slice has, and split slices that have more.
        client: Client that asks for numbers of items and regions. Default: one made from `credentials`.

    Raises:
        NotSliceableError: The specs do not say how to cut the operation.
        SliceError: An argument is invalid.
    """
    spec = spec_of(operation if isinstance(operation, str) else call_name(operation))
    start, end = _bounds(window)
    longest = (
        None if spec.longest is None else timedelta(seconds=spec.longest) - (2 * SECOND if spec.time else 0 * SECOND)
    )
    check_reference(credentials, SliceError)
    if over is not None and over.get("region") == "all":
        over = {**over, "region": regions(client_for(credentials) if client is None else client, spec.product)}
    partitions = list(_partitions(spec, over or {}))
    encoded_arguments = _arguments(spec, arguments or {}, over or {})
    pieces = [
        Slice[Any](spec.call, region, partition, slice_start, slice_end, encoded_arguments, credentials)
        for region, partition in partitions
        for slice_start, slice_end in windows(start, end, length(every), zone=_zone(zone), longest=longest)
    ]
    if at_most is None:
        return pieces
    counting_client = client_for(credentials) if client is None else client
    return [part for piece in pieces for part in _split_to_size(piece, at_most, counting_client)]


def _split_to_size(piece: Slice[Any], at_most: int, client: xcaas.XCaaS) -> Iterator[Slice[Any]]:
    """Split a slice until every part has at most `at_most` items or is one second long."""
    if at_most < 1:
        raise SliceError(f"at_most is {at_most}", advice="Give 1 or more.")
    count = piece.estimate(client)
    if count is None:
        raise SliceError(
            f"the service does not report how many items {piece.operation} has", advice="Leave out at_most."
        )
    parts = piece.split(ceil(count / at_most)) if count > at_most else [piece]
    if len(parts) == 1:
        yield from parts
    else:
        for part in parts:
            yield from _split_to_size(part, at_most, client)


def _partitions(spec: SliceSpec, over: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Yield all pairs of a region and a value of the partition, sorted and unique."""
    names = [*(["region"] if has_regions(spec.product) else []), *([spec.partition] if spec.partition else [])]
    for name, values in over.items():
        if name not in names:
            raise SliceError(
                f"{spec.call} is not cut by {name!r}", advice=f"It is cut by {' and '.join(names) or 'time alone'}."
            )
        if isinstance(values, str):
            raise SliceError(f"{name!r} takes a list, not a str", advice=f'Give over={{"{name}": ["{values}"]}}.')
    dimensions = [_values(name or "", over) for name in ("region", spec.partition)]
    yield from ((region, partition) for region, partition in product(*dimensions))


def _values(name: str, over: Mapping[str, Any]) -> list[str]:
    """Return the values of a dimension, sorted and unique; `[""]` if `over` does not have it."""
    raw: Any = over.get(name, ("",))
    try:
        values: list[object] = list(raw)
    except TypeError:
        values = [raw]
    for value in values:
        if not isinstance(value, str):
            raise SliceError(f"{name!r} takes a list of str, and {value!r} is not a str")
    return sorted(set(map(str, values)))


def _bounds(window: Any) -> tuple[datetime, datetime]:
    try:
        start, end = window
    except (TypeError, ValueError):
        raise SliceError("the window is not a pair of times", advice="Give (start, end).") from None
    return utc(start), utc(end)


def _arguments(spec: SliceSpec, arguments: Mapping[str, object], over: Mapping[str, object]) -> str:
    """Return arguments as JSON. Raises SliceError if one is unknown, missing, or set by slices."""
    parameters = inspect.signature(method_of(bare_client(), spec.call)).parameters
    for name in arguments:
        if name not in parameters:
            raise SliceError(f"{spec.call} has no argument {name!r}", advice=f"It has {', '.join(parameters)}.")
        if name in spec.taken - {spec.partition} or name in over:
            raise SliceError(
                f"{name!r} differs from slice to slice, so it is set for you", advice="Leave it out of `arguments`."
            )
    provided = {*arguments, *over, spec.start, spec.end, spec.zone, spec.body}
    missing = [
        name for name, parameter in parameters.items() if parameter.default is parameter.empty and name not in provided
    ]
    if missing:
        raise SliceError(f"{spec.call} requires {missing[0]!r}", advice="Give it in `arguments` or in `over`.")
    if spec.filter is not None and isinstance(expression := arguments.get(spec.filter), str):
        xcaas.Filter.parse(expression)  # an invalid filter should fail here, not on another machine
    try:
        return json.dumps(dict(arguments), default=_plain, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SliceError(f"an argument cannot be sent to another process: {error}") from None


def _plain(value: object) -> object:
    if isinstance(value, xcaas.Model):
        return value.to_dict()
    if isinstance(value, xcaas.Filter):
        return str(value)
    raise TypeError(f"JSON has no {type(value).__name__}; give it as a str")


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (
        KeyError,
        TypeError,
        ValueError,
        OSError,
    ) as error:  # unknown, invalid characters, or a path outside of the database
        raise SliceError(f"{name!r} is not a time zone", advice="Give an IANA name, such as Europe/Berlin.") from error
