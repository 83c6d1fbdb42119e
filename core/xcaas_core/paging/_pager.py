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
    """The progress of one iteration."""

    __slots__ = ("done", "page", "yielded")

    def __init__(self) -> None:
        self.page: RawPage | None = None
        self.yielded = 0
        self.done = False


class _Options(Handle, Generic[T]):
    """The options of a pager, and the position of its latest iteration."""

    __slots__ = ("_latest", "_limit", "_prefetching", "_source", "_start")

    def __init__(self, source: PageSource[T]) -> None:
        self._source = source
        self._start: ResumeToken | None = None
        self._limit: int | None = None
        self._prefetching = False
        self._latest = _Position()

    def limit(self: AnyPager, items: int) -> AnyPager:
        """Return a pager over the same list that ends after this number of items."""
        try:
            count = index(items)
        except TypeError:
            raise ArgumentError(f"a limit is a whole number, not {type(items).__name__}") from None
        if count < 0:
            raise ArgumentError("a limit cannot be negative")
        return self._with(_limit=count)

    def prefetch(self: AnyPager, on: bool = True) -> AnyPager:
        """Return a pager that fetches the next page while the caller works on the present one.

        Costs an unneeded request if the caller stops early. The async pager cancels it when the iteration ends,
        also by `break` or an error: at once with `contextlib.aclosing`, otherwise when the event loop finalizes
        the generator.
        """
        return self._with(_prefetching=on)

    def resume(self: AnyPager, token: str) -> AnyPager:
        """Return a pager that continues where another one was when its `resume_token` was read.

        The arguments of the call must be the same. How long a token stays valid depends on the
        service: page numbers for ever, scroll ids for minutes.

        Raises ArgumentError if it is not a resume token of this call.
        """
        try:
            numbered = self._source.paging.style == "page"
            return self._with(_start=ResumeToken.from_text(token, self._source.name, numbered=numbered))
        except ValueError as error:
            raise ArgumentError(str(error)) from None

    @property
    def resume_token(self) -> str | None:
        """The position of the latest iteration, as a string for `resume`; None at the end of the list.

        It is after the last item received. In the middle of a page, resuming fetches that page
        again and skips the items before.
        """
        token = self._token()
        return None if token is None else token.to_text(self._source.name)

    def _token(self) -> ResumeToken | None:
        latest = self._latest
        page = latest.page
        if latest.done:
            return None
        if page is None:
            return self._start or self._source.walk(None).position
        skip = page.position.skip + latest.yielded
        return page.position.after(skip) if skip < len(page.items) else page.next

    def _with(self: AnyPager, **changes: object) -> AnyPager:
        other = copy(self)
        other._begin()
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def _row_codec(self) -> Codec | None:
        return self._source.item_codec()

    def _pickle_advice(self) -> str:
        return "Send its `resume_token` there; `resume(token)` on a pager of the same call goes on."

    def _begin(self) -> _Position:
        self._latest = _Position()
        return self._latest

    def _decode(self, page: RawPage, yielded: int, position: _Position) -> list[T]:
        """Return the items of a page, cut to the limit."""
        items = self._source.decode(page)
        position.page, position.yielded = page, 0
        return items if self._limit is None else items[: self._limit - yielded]

    def _limit_reached(self, items: int) -> bool:
        return self._limit is not None and items >= self._limit

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._source.name}>"


@public
class Pager(_Options[T], Rows[T]):
    """A list that comes in pages. Iterate over it for the items.

    Each page, the first included, is fetched when its items are needed. Every iteration
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
                    position.yielded += 1
                    yield item

    def pages(self) -> Iterator[Page[T]]:
        """Yield the pages, with their headers and all fields besides the items."""
        position = self._begin()
        with closing(self._chunks(position)) as chunks:
            for raw, items in chunks:
                position.yielded = len(items)
                yield self._source.page(raw, items)

    def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        return next(iter(self.limit(1)), None)

    def to_list(self) -> list[T]:
        """Return all items in memory."""
        return list(self)

    def _chunks(self, position: _Position) -> Generator[tuple[RawPage, list[T]]]:
        yielded = 0
        if self._limit_reached(yielded):
            return
        with closing(self._fetch_ahead() if self._prefetching else self._fetch()) as pages:
            for page in pages:
                items = self._decode(page, yielded, position)
                yielded += len(items)
                yield page, items
                if self._limit_reached(yielded):
                    return
        position.done = True

    def _fetch(self) -> Generator[RawPage]:
        walk = self._source.walk(self._start)
        while (page := self._session.run(self._source.fetch(walk))) is not None:
            yield page

    def _fetch_ahead(self) -> Generator[RawPage]:
        from concurrent.futures import Future, ThreadPoolExecutor
        from contextvars import copy_context

        walk = self._source.walk(self._start)
        fetched = 0
        worker = ThreadPoolExecutor(1, thread_name_prefix="xcaas-prefetch")

        def submit() -> Future[RawPage | None]:
            fetch = self._source.fetch(walk)
            context = copy_context()  # of the caller: it holds the tracing span
            return worker.submit(lambda: context.run(lambda: self._session.run(fetch)))

        try:
            pending = submit()
            while (page := pending.result()) is not None:
                fetched += len(page.items)
                if walk.done or self._limit_reached(fetched - (self._start.skip if self._start else 0)):
                    yield page
                    return
                pending = submit()
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
        return self._iterate()

    async def _iterate(self) -> AsyncGenerator[T]:
        position = self._begin()
        async with aclosing(self._chunks(position)) as chunks:
            async for _, items in chunks:
                for item in items:
                    position.yielded += 1
                    yield item

    async def pages(self) -> AsyncGenerator[Page[T]]:
        """Yield the pages, with their headers and all fields besides the items."""
        position = self._begin()
        async with aclosing(self._chunks(position)) as chunks:
            async for raw, items in chunks:
                position.yielded = len(items)
                yield self._source.page(raw, items)

    async def first(self) -> T | None:
        """Return the first item, or None if there is none."""
        async with aclosing(self.limit(1)._iterate()) as items:
            return await anext(items, None)

    async def to_list(self) -> list[T]:
        """Return all items in memory."""
        return [item async for item in self]

    async def _chunks(self, position: _Position) -> AsyncGenerator[tuple[RawPage, list[T]]]:
        yielded = 0
        if self._limit_reached(yielded):
            return
        async with aclosing(self._fetch_ahead() if self._prefetching else self._fetch()) as pages:
            async for page in pages:
                items = self._decode(page, yielded, position)
                yielded += len(items)
                yield page, items
                if self._limit_reached(yielded):
                    return
        position.done = True

    async def _fetch(self) -> AsyncGenerator[RawPage]:
        walk = self._source.walk(self._start)
        while (page := await self._session.run(self._source.fetch(walk))) is not None:
            yield page

    async def _fetch_ahead(self) -> AsyncGenerator[RawPage]:
        from ..sansio._background import BackgroundTask

        walk = self._source.walk(self._start)
        fetched = 0
        pending = BackgroundTask(lambda: self._session.run(self._source.fetch(walk)))
        try:
            while (page := await pending.result()) is not None:
                fetched += len(page.items)
                if walk.done or self._limit_reached(fetched - (self._start.skip if self._start else 0)):
                    yield page
                    return
                pending = BackgroundTask(lambda: self._session.run(self._source.fetch(walk)))
                yield page
        finally:
            await pending.cancel()
