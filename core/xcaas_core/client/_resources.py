"""What generated resource and product classes derive from, and the callers that they hold.

Methods of resources are one line each: they hand an `Operation` and its arguments to one of
`_call`, `_paginate`, `_poll`, `_resume` and `_download`. A resource holds nothing but a
caller, so resources are cheap and may be kept. `raw/` has other callers, whose calls return responses.

Pagers, pollers and downloads are imported on first use.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..calls._options import UNCHANGED, Unchanged
from ..operations._operation import Call, Operation

if TYPE_CHECKING:
    from ..calls._retry import RetryPolicy, Timeout
    from ..calls._session import AsyncSession, Session
    from ..downloads._download import AsyncDownload, Download
    from ..paging._pager import AsyncPager, Pager
    from ..polling._poller import AsyncPoller, Poller

__all__ = [
    "AsyncCaller",
    "AsyncProductClient",
    "AsyncResource",
    "Caller",
    "ProductClient",
    "Resource",
]

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")
AnyResource = TypeVar("AnyResource", bound="Resource")
AnyAsyncResource = TypeVar("AnyAsyncResource", bound="AsyncResource")
Arguments: TypeAlias = tuple[object, ...]


class Caller:
    """Makes the calls of a blocking client, each in the form that its operation has."""

    __slots__ = ("own", "session")

    def __init__(self, session: Session, *, own: bool = False) -> None:
        self.session: Session = session
        self.own: bool = own
        """Whether the resource has options of its own, beside those of its client."""

    def with_options(self, changes: Mapping[str, object]) -> Caller:
        """Return a caller with other options, on the same connections."""
        return Caller(self.session.with_options(changes), own=True)

    def call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        """Call an operation and return its value."""
        return self.session.call(operation, args, body)

    def paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Pager[Item]:
        """Return the list that an operation gives in pages."""
        from ..paging._pager import Pager

        return Pager(self.session, Call(operation, args, body))

    def poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Poller[Result]:
        """Return a poller that starts a job and follows it."""
        from ..polling._poller import Poller

        return Poller(self.session, Call(operation, args, body))

    def resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> Poller[Result]:
        """Return a poller that follows a job which was started before."""
        from ..polling._poller import Poller

        return Poller[Result].resume(self.session, Call(operation, args), id)

    def download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Download:
        """Return the file that an operation gives."""
        from ..downloads._download import Download

        return Download(self.session, Call(operation, args, body, stream=True))


class AsyncCaller:
    """Makes the calls of an async client, each in the form that its operation has."""

    __slots__ = ("own", "session")

    def __init__(self, session: AsyncSession, *, own: bool = False) -> None:
        self.session: AsyncSession = session
        self.own: bool = own
        """Whether the resource has options of its own, beside those of its client."""

    def with_options(self, changes: Mapping[str, object]) -> AsyncCaller:
        """Return a caller with other options, on the same connections."""
        return AsyncCaller(self.session.with_options(changes), own=True)

    async def call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        """Call an operation and return its value."""
        return await self.session.call(operation, args, body)

    def paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPager[Item]:
        """Return the list that an operation gives in pages."""
        from ..paging._pager import AsyncPager

        return AsyncPager(self.session, Call(operation, args, body))

    def poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPoller[Result]:
        """Return a poller that starts a job and follows it."""
        from ..polling._poller import AsyncPoller

        return AsyncPoller(self.session, Call(operation, args, body))

    def resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> AsyncPoller[Result]:
        """Return a poller that follows a job which was started before."""
        from ..polling._poller import AsyncPoller

        return AsyncPoller[Result].resume(self.session, Call(operation, args), id)

    def download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncDownload:
        """Return the file that an operation gives."""
        from ..downloads._download import AsyncDownload

        return AsyncDownload(self.session, Call(operation, args, body, stream=True))


class Resource:
    """One group of operations of a blocking client."""

    __slots__ = ("_caller", "_children")

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._children: dict[type[Resource], Resource] = {}

    def with_options(
        self: AnyResource,
        *,
        timeout: Timeout | float | Unchanged | None = UNCHANGED,
        retries: RetryPolicy | int | Unchanged | None = UNCHANGED,
        headers: Mapping[str, str] | Unchanged = UNCHANGED,
        query: Mapping[str, object] | Unchanged = UNCHANGED,
    ) -> AnyResource:
        """Make this group of operations with other options, for a call or for some: `with_options(timeout=5).get(…)`.

        `headers` and `query` (parameters that the spec lacks; a list is repeated) are added to those of the client.
        """
        changes = {"timeout": timeout, "retries": retries, "headers": headers, "query": query}
        return type(self)(self._caller.with_options(changes))

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        found = self._children.get(cls)
        if found is None:
            # setdefault: two threads that race get the same object
            found = self._children.setdefault(cls, cls(self._caller))
        assert isinstance(found, cls)
        return found

    def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        return self._caller.call(operation, args, body)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Pager[Item]:
        return self._caller.paginate(operation, args, body)

    def _poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Poller[Result]:
        return self._caller.poll(operation, args, body)

    def _resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> Poller[Result]:
        return self._caller.resume(operation, id, args)

    def _download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Download:
        return self._caller.download(operation, args, body)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncResource:
    """One group of operations of an async client."""

    __slots__ = ("_caller", "_children")

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller
        self._children: dict[type[AsyncResource], AsyncResource] = {}

    def with_options(
        self: AnyAsyncResource,
        *,
        timeout: Timeout | float | Unchanged | None = UNCHANGED,
        retries: RetryPolicy | int | Unchanged | None = UNCHANGED,
        headers: Mapping[str, str] | Unchanged = UNCHANGED,
        query: Mapping[str, object] | Unchanged = UNCHANGED,
    ) -> AnyAsyncResource:
        """Make this group of operations with other options, for a call or for some: `with_options(timeout=5).get(…)`.

        `headers` and `query` (parameters that the spec lacks; a list is repeated) are added to those of the client.
        """
        changes = {"timeout": timeout, "retries": retries, "headers": headers, "query": query}
        return type(self)(self._caller.with_options(changes))

    def _resource(self, cls: type[AnyAsyncResource]) -> AnyAsyncResource:
        found = self._children.get(cls)
        if found is None:
            # setdefault: two threads that race get the same object
            found = self._children.setdefault(cls, cls(self._caller))
        assert isinstance(found, cls)
        return found

    def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> Awaitable[T]:
        return self._caller.call(operation, args, body)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPager[Item]:
        return self._caller.paginate(operation, args, body)

    def _poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPoller[Result]:
        return self._caller.poll(operation, args, body)

    def _resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> AsyncPoller[Result]:
        return self._caller.resume(operation, id, args)

    def _download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncDownload:
        return self._caller.download(operation, args, body)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ProductClient(Resource):
    """One product of a blocking client. Generated classes add a property per resource."""

    __slots__ = ()


class AsyncProductClient(AsyncResource):
    """One product of an async client. Generated classes add a property per resource."""

    __slots__ = ()
