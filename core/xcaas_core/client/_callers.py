"""Callers: what resources hand their operations to. `raw/` has others, whose calls return responses.

Pagers, pollers and downloads are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..operations._operation import Call, Operation

if TYPE_CHECKING:
    from ..calls._session import AsyncSession, Session
    from ..downloads._download import AsyncDownload, Download
    from ..paging._pager import AsyncPager, Pager
    from ..polling._poller import AsyncPoller, Poller

__all__ = ["AsyncCaller", "Caller"]

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments: TypeAlias = tuple[object, ...]


class Caller:
    """Makes the calls of a blocking client, each in the form that its operation has."""

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        self.session: Session = session

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

    __slots__ = ("session",)

    def __init__(self, session: AsyncSession) -> None:
        self.session: AsyncSession = session

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
