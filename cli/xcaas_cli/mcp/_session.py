"""State that the tools of a server share: the client, and the remainders of truncated lists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from .._manifest import manifest
from ..output._rows import plain
from ._errors import Refusal
from ._results import Result, RowBuffer, compact

if TYPE_CHECKING:
    from xcaas import AsyncPager, AsyncXCaaS

__all__ = ["Session"]

NextRows: TypeAlias = Callable[[int], Awaitable[Result]]
"""Returns the next rows, up to a limit."""

_MAX_CURSORS = 100
"""Truncated lists that can be continued at the same time."""


class Session:
    """The client that tools use, and the cursors that they returned."""

    def __init__(self, client: AsyncXCaaS, *, profile: str | None = None, regions: Sequence[str] = ()) -> None:
        self.client = client
        self.profile = profile
        self.regions = tuple(regions)
        self._cursors: dict[str, NextRows] = {}
        self._numbers = count(1)

    def client_for(self, product: str, region: str | None = None) -> AsyncXCaaS:
        """Return the client for a product with regions: for `region`, or the first region of the server that the product has.

        If it has none of them, the call raises an error that lists its regions.
        """
        product_regions = manifest().regions[product]
        candidates = [*(name for name in self.regions if name in product_regions), *self.regions]
        region = region or next(iter(candidates), None)
        return self.client if region is None else self.client.with_options(region=region)

    def add_cursor(self, next_rows: NextRows) -> str:
        """Return a new cursor for the remainder of a list. If there are too many, the oldest is dropped."""
        cursor = f"list-{next(self._numbers)}"
        self._cursors[cursor] = next_rows
        if len(self._cursors) > _MAX_CURSORS:
            del self._cursors[next(iter(self._cursors))]
        return cursor

    async def read_on(self, cursor: str, limit: int) -> Result:
        """Return the next rows of a list.

        Raises:
            Refusal: The cursor is unknown.
        """
        next_rows = self._cursors.get(cursor)
        if next_rows is None:
            raise Refusal(f"The cursor {cursor!r} is unknown or too old. Request the list again.")
        return await next_rows(limit)

    async def rows_of_pager(
        self, pager: AsyncPager[Any], limit: int, row: Callable[[Any], Any] = plain, extra: Result | None = None
    ) -> Result:
        """Return the first rows of a pager, with a cursor if there are more."""
        buffer = RowBuffer(limit)
        async with aclosing(aiter(pager)) as items:
            async for item in items:
                buffer.add(row(item))
                if buffer.is_full:
                    break
        token = pager.resume_token
        cursor = (
            None
            if token is None
            else self.add_cursor(lambda more: self.rows_of_pager(pager.resume(token), more, row, extra))
        )
        return buffer.result(cursor, extra or {})

    async def rows_of_list(
        self, items: Iterable[Any], limit: int, row: Callable[[Any], Any] = plain, extra: Result | None = None
    ) -> Result:
        """Return the first rows of a complete list, with a cursor if there are more."""
        buffer = RowBuffer(limit)
        all_items = list(items)
        while len(buffer.rows) < len(all_items) and not buffer.is_full:
            buffer.add(row(all_items[len(buffer.rows)]))
        remaining = all_items[len(buffer.rows) :]
        cursor = self.add_cursor(lambda limit: self.rows_of_list(remaining, limit, row, extra)) if remaining else None
        return buffer.result(cursor, extra or {})

    def single_result(self, value: Any) -> Result:
        """Return a single value as a result."""
        result: Result = compact(plain(value))
        return result
