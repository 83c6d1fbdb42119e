"""Lists that span pages, as one iterable: `Pager` and its async twin."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from copy import copy
from operator import index
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._errors import ArgumentError
from .._lazy import public
from ..calls._handle import Handle
from ..tables import AsyncRows, Rows
from ._pages import Page, PageSource
from ._walk import RawPage, ResumeToken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from typing import Protocol

    from ..calls._session import AsyncSession, Session
    from ..models import Codec
    from ..operations._operation import Call

    Item = TypeVar("Item", covariant=True)

    class AsyncItems(AsyncIterator[Item], Protocol[Item]):
        """An async generator of items; jedi knows the items of an `AsyncIterator` alone."""

        def aclose(self) -> Awaitable[None]: ...


__all__ = ["AsyncPager", "Pager"]

T = TypeVar("T")
AnyPager = TypeVar("AnyPager", bound="_Options[Any]")


class _Position:
    """Where one iteration stands."""

    __slots__ = ("over", "page", "taken")

    def __init__(self) -> None:
        self.page: RawPage | None = None
        self.taken = 0
        self.over = False


class _Options(Handle, Generic[T]):
    """What both pagers are made of: the options, and where the latest iteration stands."""

    __slots__ = ("_ahead", "_latest", "_limit", "_source", "_start")

    def __init__(self, source: PageSource[T]) -> None:
        self._source = source
        self._start: ResumeToken | None = None
        self._limit: int | None = None
        self._ahead = False
        self._latest = _Position()

    def limit(self: AnyPager, items: int) -> AnyPager:
        """Return a pager over the same list that ends after so many items."""
        try:
            wanted = index(items)
        except TypeError:
            raise ArgumentError(f"a limit is a whole number, not {type(items).__name__}") from None
        if wanted < 0:
            raise ArgumentError("a limit cannot be negative")
        return self._with(_limit=wanted)

    def prefetch(self: AnyPager, on: bool = True) -> AnyPager:
        """Return a pager that fetches the next page while the caller works on the present one.

        Costs one request too many if the caller stops early. The async pager gives that one up when the
        iteration ends, also by `break` or an error: for certain with `contextlib.aclosing`, and else when the
        event loop clears the generator away.
        """
        return self._with(_ahead=on)

    def resume(self: AnyPager, token: str) -> AnyPager:
        """Return a pager that goes on where another one stood when its `resume_token` was taken.

        The arguments of the call must be the same. How long a token stays good is the
        service's choice: page numbers for ever, scroll ids for minutes.

        Raises ArgumentError for what is no resume token of this call.
        """
        given: object = token
        if not isinstance(given, str):
            advice = "The `resume_token` of a list that was read to its end is None: there is nothing left to read."
            raise ArgumentError(f"a resume token is text, not {type(given).__name__}", advice=advice)
        try:
            numbered = self._source.paging.style == "page"
            return self._with(_start=ResumeToken.from_text(token, self._source.name, numbered=numbered))
        except ValueError as error:
            raise ArgumentError(str(error)) from None

    @property
    def resume_token(self) -> str | None:
        """Where the latest iteration stands, as text for `resume`; None once it came to the end.

        It lies behind the last item that was given out, also in mid-page: then resuming
        fetches that page again and skips what is known.
        """
        place = self._place()
        return None if place is None else place.to_text(self._source.name)

    def _place(self) -> ResumeToken | None:
        latest = self._latest
        page = latest.page
        if latest.over:
            return None
        if page is None:
            return self._start or self._source.walk(None).position
        taken = page.here.skip + latest.taken
        return page.here.after(taken) if taken < len(page.items) else page.next

    def _with(self: AnyPager, **changes: object) -> AnyPager:
        other = copy(self)
        other._begin()
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def _row_codec(self) -> Codec | None:
        return self._source.item_codec()

    def _instead(self) -> str:
        return "Send its `resume_token` there; `resume(token)` on a pager of the same call goes on."

    def _begin(self) -> _Position:
        self._latest = _Position()
        return self._latest

    def _decoded(self, page: RawPage, given: int, position: _Position) -> list[T]:
        """Return the items of a page, cut to what the limit leaves."""
        items = self._source.decode(page)
        position.page, position.taken = page, 0
        return items if self._limit is None else items[: self._limit - given]

    def _enough(self, items: int) -> bool:
        return self._limit is not None and items >= self._limit

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._source.name}>"


@public
class Pager(_Options[T], Rows[T]):
    """A list that comes in pages. Iterate over it for the items.

    Each page is fetched only when its items are needed, the first one too. Every iteration
    starts over. Options return a new pager:

        for call in client.storage.objects.search(filter="type==meeting").limit(500):
            ...

    A failed request raises like any other call; `resume_token` then resumes after the last
    item you received. A server that repeats pages raises `PagingError`.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session, call: Call[object] | PageSource[T]) -> None:
        super().__init__(call if isinstance(call, PageSource) else PageSource(session.engine, call))
        self._session = session

    def __iter__(self) -> Iterator[T]:
        position = self._begin()
        with closing(self._chunks(position)) as chunks:
            for _, items in chunks:
                for item in items:
                    position.taken += 1
                    yield item

    def pages(self) -> Iterator[Page[T]]:
        """Yield the pages, with their headers and all fields besides the items."""
        position = self._begin()
        with closing(self._chunks(position)) as chunks:
            for raw, items in chunks:
                position.taken = len(items)
                yield self._source.page(raw, items)

    def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        return next(iter(self.limit(1)), None)

    def to_list(self) -> list[T]:
        """Return all items in memory."""
        return list(self)

    def _chunks(self, position: _Position) -> Generator[tuple[RawPage, list[T]]]:
        given = 0
        if self._enough(given):
            return
        with closing(self._fetched_ahead() if self._ahead else self._fetched()) as pages:
            for page in pages:
                items = self._decoded(page, given, position)
                given += len(items)
                yield page, items
                if self._enough(given):
                    return
        position.over = True

    def _fetched(self) -> Generator[RawPage]:
        walk = self._source.walk(self._start)
        while (page := self._session.run(self._source.fetch(walk))) is not None:
            yield page

    def _fetched_ahead(self) -> Generator[RawPage]:
        from concurrent.futures import Future, ThreadPoolExecutor
        from contextvars import copy_context

        walk = self._source.walk(self._start)
        ahead = 0
        worker = ThreadPoolExecutor(1, thread_name_prefix="xcaas-prefetch")

        def begin() -> Future[RawPage | None]:
            fetch = self._source.fetch(walk)
            context = copy_context()  # the caller's, where its tracing span is
            return worker.submit(lambda: context.run(lambda: self._session.run(fetch)))

        try:
            coming = begin()
            while (page := coming.result()) is not None:
                ahead += len(page.items)
                if walk.done or self._enough(ahead - (self._start.skip if self._start else 0)):
                    yield page
                    return
                coming = begin()
                yield page
        finally:
            worker.shutdown(wait=False, cancel_futures=True)


@public
class AsyncPager(_Options[T], AsyncRows[T]):
    """The async twin of `Pager`: iterate with `async for`."""

    __slots__ = ("_session",)

    def __init__(self, session: AsyncSession, call: Call[object] | PageSource[T]) -> None:
        super().__init__(call if isinstance(call, PageSource) else PageSource(session.engine, call))
        self._session = session

    def __aiter__(self) -> AsyncItems[T]:
        return self._each()

    async def _each(self) -> AsyncGenerator[T]:
        position = self._begin()
        async with aclosing(self._chunks(position)) as chunks:
            async for _, items in chunks:
                for item in items:
                    position.taken += 1
                    yield item

    async def pages(self) -> AsyncGenerator[Page[T]]:
        """Yield the pages, with their headers and all fields besides the items."""
        position = self._begin()
        async with aclosing(self._chunks(position)) as chunks:
            async for raw, items in chunks:
                position.taken = len(items)
                yield self._source.page(raw, items)

    async def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        async with aclosing(self.limit(1)._each()) as items:
            return await anext(items, None)

    async def to_list(self) -> list[T]:
        """Return all items in memory."""
        return [item async for item in self]

    async def _chunks(self, position: _Position) -> AsyncGenerator[tuple[RawPage, list[T]]]:
        given = 0
        if self._enough(given):
            return
        async with aclosing(self._fetched_ahead() if self._ahead else self._fetched()) as pages:
            async for page in pages:
                items = self._decoded(page, given, position)
                given += len(items)
                yield page, items
                if self._enough(given):
                    return
        position.over = True

    async def _fetched(self) -> AsyncGenerator[RawPage]:
        walk = self._source.walk(self._start)
        while (page := await self._session.run(self._source.fetch(walk))) is not None:
            yield page

    async def _fetched_ahead(self) -> AsyncGenerator[RawPage]:
        from ..sansio._background import BackgroundTask

        walk = self._source.walk(self._start)
        ahead = 0
        coming = BackgroundTask(lambda: self._session.run(self._source.fetch(walk)))
        try:
            while (page := await coming.result()) is not None:
                ahead += len(page.items)
                if walk.done or self._enough(ahead - (self._start.skip if self._start else 0)):
                    yield page
                    return
                coming = BackgroundTask(lambda: self._session.run(self._source.fetch(walk)))
                yield page
        finally:
            await coming.cancel()
