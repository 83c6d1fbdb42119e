"""What the tools of one server share: the client, and the rest of lists that were cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from .._manifest import manifest
from ..output._rows import plain
from ._errors import Refusal
from ._results import Cut, Result, compact

if TYPE_CHECKING:
    from xcaas import AsyncPager, AsyncXCaaS

__all__ = ["Session"]

GoOn: TypeAlias = Callable[[int], Awaitable[Result]]
"""What gives the next rows, so many at most."""

_KEPT = 100
"""Cut lists that can be read on at one time."""


class Session:
    """The client that tools call with, and the cursors that they gave."""

    def __init__(self, client: AsyncXCaaS, *, profile: str | None = None, regions: Sequence[str] = ()) -> None:
        self.client = client
        self.profile = profile
        self.regions = tuple(regions)
        self._cursors: dict[str, GoOn] = {}
        self._numbers = count(1)

    def at(self, product: str, region: str | None = None) -> AsyncXCaaS:
        """Return the client for a product that has regions: in one that was asked for, else in the first of ours that it
        knows. Where it knows none, its own error says which there are.
        """
        known = manifest().regions[product]
        fitting = [*(each for each in self.regions if each in known), *self.regions]
        region = region or next(iter(fitting), None)
        return self.client if region is None else self.client.with_options(region=region)

    def keep(self, go_on: GoOn) -> str:
        """Return a cursor for the rest of a list. The oldest is forgotten when there are too many."""
        cursor = f"list-{next(self._numbers)}"
        self._cursors[cursor] = go_on
        if len(self._cursors) > _KEPT:
            del self._cursors[next(iter(self._cursors))]
        return cursor

    async def read_on(self, cursor: str, limit: int) -> Result:
        """Return the next rows of a list.

        Raises:
            Refusal: No list is known by this cursor.
        """
        go_on = self._cursors.get(cursor)
        if go_on is None:
            raise Refusal(f"The cursor {cursor!r} is unknown or too old. Request the list again.")
        return await go_on(limit)

    async def paged(
        self, pager: AsyncPager[Any], limit: int, row: Callable[[Any], Any] = plain, beside: Result | None = None
    ) -> Result:
        """Return the first rows of a list in pages. The cursor, if there is one, leads to the others."""
        cut = Cut(limit)
        async with aclosing(aiter(pager)) as items:
            async for item in items:
                cut.add(row(item))
                if cut.is_full:
                    break
        token = pager.resume_token
        cursor = None if token is None else self.keep(lambda more: self.paged(pager.resume(token), more, row, beside))
        return cut.result(cursor, beside or {})

    async def listed(
        self, items: Iterable[Any], limit: int, row: Callable[[Any], Any] = plain, beside: Result | None = None
    ) -> Result:
        """Return the first rows of a list that came as a whole."""
        cut = Cut(limit)
        given = list(items)
        while len(cut.rows) < len(given) and not cut.is_full:
            cut.add(row(given[len(cut.rows)]))
        rest = given[len(cut.rows) :]
        cursor = self.keep(lambda more: self.listed(rest, more, row, beside)) if rest else None
        return cut.result(cursor, beside or {})

    def one(self, value: Any) -> Result:
        """Return one thing."""
        found: Result = compact(plain(value))
        return found
