"""Reading a slice: the arguments of the call, the call, and the items within the window."""

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
    """Reads one slice with one client."""

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
        self._user_arguments = arguments

    def items(self) -> Iterator[T_co]:
        """Yield the items of the window, without duplicates."""
        return unique(self._within(self._pager()), self._spec.key)

    def rows(self, pivot: Mapping[str, Sequence[str]]) -> Any:
        """Return the items as a table, whose schema is known before the first call."""
        return xcaas.rows(_LazyItems(self.items), of=self._schema_pager()).pivot(**pivot)

    def estimate(self) -> int | None:
        """Ask the service for the number of items. Returns None if it does not report one."""
        spec = self._spec
        if spec.count is not None:
            count = method_of(self._client, spec.count)
            parameters = inspect.signature(count).parameters
            return int(count(**{name: value for name, value in self._arguments().items() if name in parameters}))
        if spec.total is None or spec.size is None:
            return None
        pager = method_of(self._client, spec.call)(**{**self._arguments(), spec.size: 1})
        page: xcaas.Page[object] = next(pager.limit(1).pages())
        total = _resolve(page.body, spec.total)
        return total if isinstance(total, int) else None

    def _schema_pager(self) -> xcaas.Pager[T_co]:
        """Return a pager of the same type of items, for their schema. It is never iterated."""
        rows = self._spec.rows
        if rows is None:
            return self._pager()
        pager: xcaas.Pager[T_co] = method_of(self._client, rows.call)(0)
        return pager

    def _pager(self) -> xcaas.Pager[T_co]:
        spec, arguments = self._spec, self._arguments()
        size = {spec.size: spec.largest} if spec.size and spec.largest else {}
        call = spec.call
        if spec.rows is not None:
            report: xcaas.Model = method_of(self._client, call)(**arguments)
            call, arguments = spec.rows.call, {spec.rows.argument: _resolve(report.to_dict(), spec.rows.id)}
        pager: xcaas.Pager[T_co] = method_of(self._client, call)(**{**size, **arguments})
        return pager

    def _arguments(self) -> dict[str, Any]:
        spec = self._spec
        arguments = dict(self._user_arguments)
        if spec.filter is not None:
            arguments[spec.filter] = self._filter(arguments.get(spec.filter))
        for name, moment in self._window():
            if name.startswith("/"):
                arguments[spec.body] = _with_value(arguments.get(spec.body, {}), name, moment)
            else:
                arguments[name] = moment
        if spec.zone is not None:
            arguments[spec.zone] = "UTC"
        if spec.partition is not None and self._partition:
            arguments[spec.partition] = self._partition
        return arguments

    def _window(self) -> Iterator[tuple[str, datetime]]:
        spec = self._spec
        # Services don't document whether the ends are included, so request more and compare the time of each item.
        margin = SECOND if spec.time else 0 * SECOND
        if spec.start is not None and spec.end is not None:
            yield spec.start, self._start - margin
            yield spec.end, self._end + margin

    def _filter(self, expression: str | None) -> xcaas.Filter:
        time = xcaas.F[self._spec.field]
        window = (time >= self._start) & (time < self._end)
        return xcaas.Filter.parse(expression) & window if expression else window

    def _within(self, items: Iterator[T_co] | xcaas.Pager[T_co]) -> Iterator[T_co]:
        if self._spec.time is None:
            return iter(items)
        time_of = attrgetter(self._spec.time)
        return (item for item in items if self._contains(time_of(item)))

    def _contains(self, moment: datetime | None) -> bool:
        # An item without a time belongs to the slice whose call returned it.
        return moment is None or self._start <= moment < self._end


class _LazyItems(Generic[T_co]):
    """Items that are requested only on iteration."""

    def __init__(self, items: Callable[[], Iterator[T_co]]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[T_co]:
        return self._items()


def _resolve(body: xcaas.JSONValue, pointer: str) -> xcaas.JSONValue:
    for part in pointer.split("/")[1:]:
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _with_value(body: Mapping[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Return a copy of a body with a value set at a JSON pointer."""
    head, _, rest = pointer.removeprefix("/").partition("/")
    return {**body, head: _with_value(body.get(head) or {}, f"/{rest}", value) if rest else value}
