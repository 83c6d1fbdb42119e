"""What generated resource and product classes derive from.

Their methods are one line each: they hand an `Operation` and its arguments to one of
`_call`, `_paginate`, `_poll`, `_resume` and `_download`. A resource holds nothing but the
client's session, so resources are cheap and may be kept.

Pagers, pollers and downloads are made as `Pager(session, call)`, `Poller(session, call)`,
`Poller.resume(session, call, id)` and `Download(session, call)`, and likewise for their
async twins; they are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from ..operations._operation import Call, Operation

if TYPE_CHECKING:
    from ..calls._session import AsyncSession, Session
    from ..downloads._download import AsyncDownload, Download
    from ..paging._pager import AsyncPager, Pager
    from ..polling._poller import AsyncPoller, Poller

__all__ = ["AsyncProductClient", "AsyncResource", "ProductClient", "Resource"]

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")
AnyResource = TypeVar("AnyResource", bound="Resource")
AnyAsyncResource = TypeVar("AnyAsyncResource", bound="AsyncResource")
Arguments = tuple[object, ...]


class Resource:
    """One group of operations of a blocking client."""

    __slots__ = ("_children", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._children: dict[type[Resource], Resource] = {}

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        found = self._children.get(cls)
        if found is None:
            # setdefault: two threads that race get the same object
            found = self._children.setdefault(cls, cls(self._session))
        return cast("AnyResource", found)

    def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        return self._session.call(operation, args, body)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Pager[Item]:
        from ..paging._pager import Pager

        return Pager(self._session, Call(operation, args, body))

    def _poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Poller[Result]:
        from ..polling._poller import Poller

        return Poller(self._session, Call(operation, args, body))

    def _resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> Poller[Result]:
        from ..polling._poller import Poller

        return Poller[Result].resume(self._session, Call(operation, args), id)

    def _download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Download:
        from ..downloads._download import Download

        return Download(self._session, Call(operation, args, body, stream=True))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncResource:
    """One group of operations of an async client."""

    __slots__ = ("_children", "_session")

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._children: dict[type[AsyncResource], AsyncResource] = {}

    def _resource(self, cls: type[AnyAsyncResource]) -> AnyAsyncResource:
        found = self._children.get(cls)
        if found is None:
            found = self._children.setdefault(cls, cls(self._session))
        return cast("AnyAsyncResource", found)

    async def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        return await self._session.call(operation, args, body)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPager[Item]:
        from ..paging._pager import AsyncPager

        return AsyncPager(self._session, Call(operation, args, body))

    def _poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPoller[Result]:
        from ..polling._poller import AsyncPoller

        return AsyncPoller(self._session, Call(operation, args, body))

    def _resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> AsyncPoller[Result]:
        from ..polling._poller import AsyncPoller

        return AsyncPoller[Result].resume(self._session, Call(operation, args), id)

    def _download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncDownload:
        from ..downloads._download import AsyncDownload

        return AsyncDownload(self._session, Call(operation, args, body, stream=True))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ProductClient(Resource):
    """One product of a blocking client. Generated classes add a property per resource."""

    __slots__ = ()


class AsyncProductClient(AsyncResource):
    """One product of an async client. Generated classes add a property per resource."""

    __slots__ = ()
