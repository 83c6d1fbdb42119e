"""The base classes of generated resources and products, and their callers.

Methods of resources are one line each: they pass an `Operation` and its arguments to their caller. A resource holds
nothing else, so it is cheap. `raw/` has other callers, whose calls return responses.

Pagers, pollers and downloads are imported on first use.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from ..calls._options import UNCHANGED, Unchanged
from ..operations._operation import Call, Operation

if TYPE_CHECKING:
    from ..calls._retry import RetryPolicy, Timeout
    from ..calls._session import AsyncSession, Session
    from ..downloads._download import AsyncDownload, Download
    from ..paging._pager import AsyncPager, Pager
    from ..polling._poller import AsyncPoller, Poller

__all__ = ["AsyncCaller", "AsyncProductClient", "AsyncResource", "Caller", "Group", "ProductClient", "Resource"]

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")
AnySession = TypeVar("AnySession", "Session", "AsyncSession")
AnyCaller = TypeVar("AnyCaller", bound="_Caller[Any]")
AnyGroup = TypeVar("AnyGroup", bound="Group[Any]")
Arguments: TypeAlias = tuple[object, ...]


class _Caller(Generic[AnySession]):
    __slots__ = ("has_options", "session")

    def __init__(self, session: AnySession, *, has_options: bool = False) -> None:
        self.session: AnySession = session
        self.has_options: bool = has_options
        """Whether it has options other than those of its client."""

    def with_options(self, changes: Mapping[str, object]) -> Self:
        """Return a caller with other options, on the same connections."""
        return type(self)(self.session.with_options(changes), has_options=True)


class Caller(_Caller["Session"]):
    """Makes the calls of a blocking client."""

    __slots__ = ()

    def call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> T:
        """Call an operation and return its value."""
        return self.session.call(operation, args, body)

    def paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Pager[Item]:
        """Return the pager of a list operation."""
        from ..paging._pager import Pager

        return Pager(self.session, Call(operation, args, body))

    def poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Poller[Result]:
        """Return a poller that starts a job and tracks it."""
        from ..polling._poller import Poller

        return Poller(self.session, Call(operation, args, body))

    def resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> Poller[Result]:
        """Return a poller for a job that has already been started."""
        from ..polling._poller import Poller

        return Poller[Result].resume(self.session, Call(operation, args), id)

    def download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Download:
        """Return the download of an operation."""
        from ..downloads._download import Download

        return Download(self.session, Call(operation, args, body, stream=True))


class AsyncCaller(_Caller["AsyncSession"]):
    """The async twin of `Caller`."""

    __slots__ = ()

    def call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> Awaitable[T]:
        """Call an operation and return its value."""
        return self.session.call(operation, args, body)

    def paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPager[Item]:
        """Return the pager of a list operation."""
        from ..paging._pager import AsyncPager

        return AsyncPager(self.session, Call(operation, args, body))

    def poll(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncPoller[Result]:
        """Return a poller that starts a job and tracks it."""
        from ..polling._poller import AsyncPoller

        return AsyncPoller(self.session, Call(operation, args, body))

    def resume(self, operation: Operation[object], id: str, args: Arguments = ()) -> AsyncPoller[Result]:
        """Return a poller for a job that has already been started."""
        from ..polling._poller import AsyncPoller

        return AsyncPoller[Result].resume(self.session, Call(operation, args), id)

    def download(self, operation: Operation[object], args: Arguments = (), body: object = None) -> AsyncDownload:
        """Return the download of an operation."""
        from ..downloads._download import AsyncDownload

        return AsyncDownload(self.session, Call(operation, args, body, stream=True))


class Group(Generic[AnyCaller]):
    """The base of blocking and async resources."""

    __slots__ = ("_caller", "_children")

    def __init__(self, caller: AnyCaller) -> None:
        self._caller = caller
        self._children: dict[type[Group[Any]], Group[Any]] = {}

    def with_options(
        self: AnyGroup,
        *,
        timeout: Timeout | float | Unchanged | None = UNCHANGED,
        retries: RetryPolicy | int | Unchanged | None = UNCHANGED,
        headers: Mapping[str, str] | Unchanged = UNCHANGED,
        query: Mapping[str, object] | Unchanged = UNCHANGED,
    ) -> AnyGroup:
        """Return these operations with other options, for one call or more: `with_options(timeout=5).get(…)`.

        `headers` and `query` (for parameters not in the spec; a list repeats its parameter) are added to the client's.
        """
        changes = {"timeout": timeout, "retries": retries, "headers": headers, "query": query}
        return type(self)(self._caller.with_options(changes))

    def _resource(self, cls: type[AnyGroup]) -> AnyGroup:
        resource = self._children.get(cls)
        if resource is None:
            # setdefault, so that racing threads get the same object
            resource = self._children.setdefault(cls, cls(self._caller))
        assert isinstance(resource, cls)
        return resource

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Resource(Group[Caller]):
    """One group of operations of a blocking client."""

    __slots__ = ()


class AsyncResource(Group[AsyncCaller]):
    """One group of operations of an async client."""

    __slots__ = ()


class ProductClient(Resource):
    """One product of a blocking client. Generated classes add a property per resource."""

    __slots__ = ()


class AsyncProductClient(AsyncResource):
    """One product of an async client. Generated classes add a property per resource."""

    __slots__ = ()
