"""What a slice does: its arguments as the operation wants them, the call, and what of the response lies within."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import xcaas

from ._unique import unique
from ._windows import SECOND

if TYPE_CHECKING:
    from ._specs import SliceSpec

__all__ = ["Reading", "method_of"]

T_co = TypeVar("T_co", covariant=True)


def method_of(client: object, call: str) -> Callable[..., Any]:
    """Return the method of a client by its name, as in `storage.objects.search`."""
    method: Callable[..., Any] = attrgetter(call)(client)
    return method


class Reading(Generic[T_co]):
    """One slice, read with one client."""

    def __init__(
        self,
        spec: SliceSpec,
        client: xcaas.XCaaS,
        *,
        region: str,
        partition: str,
        window: tuple[datetime, datetime],
        arguments: Mapping[str, Any],
    ) -> None:
        self._spec = spec
        self._client = client.with_options(region={spec.product: region}) if region else client
        self._partition = partition
        self._start, self._end = window
        self._given = arguments

    def items(self) -> Iterator[T_co]:
        """Yield the items of the window, each once."""
        return unique(self._within(self._pager()), self._spec.key)

    def rows(self, pivot: Mapping[str, Sequence[str]]) -> Any:
        """Return the items as a table, which has a schema before the first call."""
        return xcaas.rows(_Later(self.items), of=self._shape()).pivot(**pivot)

    def estimate(self) -> int | None:
        """Return how many items the service says that there are."""
        spec = self._spec
        if spec.count is not None:
            count = method_of(self._client, spec.count)
            known = inspect.signature(count).parameters
            return int(count(**{name: value for name, value in self._arguments().items() if name in known}))
        if spec.total is None or spec.size is None:
            return None
        pager = method_of(self._client, spec.call)(**{**self._arguments(), spec.size: 1})
        page: xcaas.Page[object] = next(pager.limit(1).pages())
        total = _at(page.body, spec.total)
        return total if isinstance(total, int) else None

    def _shape(self) -> xcaas.Pager[T_co]:
        """Return a pager of such items, for what it knows of them."""
        rows = self._spec.rows
        if rows is None:
            return self._pager()
        pager: xcaas.Pager[T_co] = method_of(self._client, rows.call)(0)
        return pager

    def _pager(self) -> xcaas.Pager[T_co]:
        spec, given = self._spec, self._arguments()
        size = {spec.size: spec.largest} if spec.size and spec.largest else {}
        call = spec.call
        if spec.rows is not None:
            made: xcaas.Model = method_of(self._client, call)(**given)
            call, given = spec.rows.call, {spec.rows.argument: _at(made.to_dict(), spec.rows.id)}
        pager: xcaas.Pager[T_co] = method_of(self._client, call)(**{**size, **given})
        return pager

    def _arguments(self) -> dict[str, Any]:
        spec = self._spec
        found = dict(self._given)
        if spec.filter is not None:
            found[spec.filter] = self._filter(found.get(spec.filter))
        for name, moment in self._window():
            if name.startswith("/"):
                found[spec.body] = _put(found.get(spec.body, {}), name, moment)
            else:
                found[name] = moment
        if spec.zone is not None:
            found[spec.zone] = "UTC"
        if spec.partition is not None and self._partition:
            found[spec.partition] = self._partition
        return found

    def _window(self) -> Iterator[tuple[str, datetime]]:
        spec = self._spec
        # Nobody knows whether the ends count at the service, so what counts is the time of each item.
        margin = SECOND if spec.time else 0 * SECOND
        if spec.start is not None and spec.end is not None:
            yield spec.start, self._start - margin
            yield spec.end, self._end + margin

    def _filter(self, given: str | None) -> xcaas.Filter:
        time = xcaas.F[self._spec.field]
        window = (time >= self._start) & (time < self._end)
        return xcaas.Filter.parse(given) & window if given else window

    def _within(self, items: Iterator[T_co] | xcaas.Pager[T_co]) -> Iterator[T_co]:
        if self._spec.time is None:
            return iter(items)
        time_of = attrgetter(self._spec.time)
        return (item for item in items if self._has(time_of(item)))

    def _has(self, moment: datetime | None) -> bool:
        # An item without its time is in the slice that found it.
        return moment is None or self._start <= moment < self._end


class _Later(Generic[T_co]):
    """Items that are asked for when somebody iterates, not before."""

    def __init__(self, items: Callable[[], Iterator[T_co]]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[T_co]:
        return self._items()


def _at(body: xcaas.JSONValue, pointer: str) -> xcaas.JSONValue:
    for part in pointer.split("/")[1:]:
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _put(body: Mapping[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Return a body with a value put where a pointer says, as a copy."""
    head, _, rest = pointer.removeprefix("/").partition("/")
    return {**body, head: _put(body.get(head) or {}, f"/{rest}", value) if rest else value}
