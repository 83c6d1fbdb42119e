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
    from ._facts import Facts

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
        facts: Facts,
        client: xcaas.XCaaS,
        *,
        region: str,
        partition: str,
        window: tuple[datetime, datetime],
        arguments: Mapping[str, Any],
    ) -> None:
        self._facts = facts
        self._client = client.with_options(region={facts.product: region}) if region else client
        self._partition = partition
        self._start, self._end = window
        self._given = arguments

    def items(self) -> Iterator[T_co]:
        """Yield the items of the window, each once."""
        return unique(self._within(self._pager()), self._facts.key)

    def rows(self, pivot: Mapping[str, Sequence[str]]) -> Any:
        """Return the items as a table, which has a schema before the first call."""
        return xcaas.rows(_Later(self.items), of=self._shape()).pivot(**pivot)

    def estimate(self) -> int | None:
        """Return how many items the service says that there are."""
        facts = self._facts
        if facts.count is not None:
            count = method_of(self._client, facts.count)
            known = inspect.signature(count).parameters
            return int(count(**{name: value for name, value in self._arguments().items() if name in known}))
        if facts.total is None or facts.size is None:
            return None
        pager = method_of(self._client, facts.call)(**{**self._arguments(), facts.size: 1})
        page: xcaas.Page[object] = next(pager.limit(1).pages())
        total = _at(page.body, facts.total)
        return total if isinstance(total, int) else None

    def _shape(self) -> xcaas.Pager[T_co]:
        """Return a pager of such items, for what it knows of them."""
        rows = self._facts.rows
        if rows is None:
            return self._pager()
        pager: xcaas.Pager[T_co] = method_of(self._client, rows.call)(0)
        return pager

    def _pager(self) -> xcaas.Pager[T_co]:
        facts, given = self._facts, self._arguments()
        size = {facts.size: facts.largest} if facts.size and facts.largest else {}
        call = facts.call
        if facts.rows is not None:
            made: xcaas.Model = method_of(self._client, call)(**given)
            call, given = facts.rows.call, {facts.rows.argument: _at(made.to_dict(), facts.rows.id)}
        pager: xcaas.Pager[T_co] = method_of(self._client, call)(**{**size, **given})
        return pager

    def _arguments(self) -> dict[str, Any]:
        facts = self._facts
        found = dict(self._given)
        if facts.filter is not None:
            found[facts.filter] = self._filter(found.get(facts.filter))
        for name, moment in self._window():
            if name.startswith("/"):
                found[facts.body] = _put(found.get(facts.body, {}), name, moment)
            else:
                found[name] = moment
        if facts.zone is not None:
            found[facts.zone] = "UTC"
        if facts.partition is not None and self._partition:
            found[facts.partition] = self._partition
        return found

    def _window(self) -> Iterator[tuple[str, datetime]]:
        facts = self._facts
        # Nobody knows whether the ends count at the service, so what counts is the time of each item.
        margin = SECOND if facts.time else 0 * SECOND
        if facts.start is not None and facts.end is not None:
            yield facts.start, self._start - margin
            yield facts.end, self._end + margin

    def _filter(self, given: str | None) -> xcaas.Filter:
        time = xcaas.F[self._facts.field]
        window = (time >= self._start) & (time < self._end)
        return xcaas.Filter.parse(given) & window if given else window

    def _within(self, items: Iterator[T_co] | xcaas.Pager[T_co]) -> Iterator[T_co]:
        if self._facts.time is None:
            return iter(items)
        time_of = attrgetter(self._facts.time)
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
