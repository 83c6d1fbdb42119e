"""The `raw` and `streaming` variants of any operation, made from the plain method.

A generated method hands its operation to `self._call`. The variants run the same method on a twin of
its resource whose `_call` does something else with it, so that arguments are checked as ever.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import partial
from types import MethodType, TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from .._errors import ConfigurationError
from ..calls._replies import CallResponse, RawResponse
from ..calls._session import AsyncSession, Session
from ..operations._operation import Call, Operation
from ._resources import Arguments, AsyncResource, Resource

if TYPE_CHECKING:
    from ..paging._pages import PageSource

__all__ = ["AsyncStreamedResponse", "AsyncStreaming", "StreamedResponse", "raw_method", "streaming_method"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


# --- streamed answers ------------------------------------------------------


class _Open(Generic[T_co]):
    """What an open answer tells before its body is read, and how far its body was read.

    `finish` makes the value once the body is there.
    """

    __slots__ = ("_begun", "_finish", "_reply", "_spent", "_whole")

    def __init__(self, reply: CallResponse[object], finish: Callable[[], T_co]) -> None:
        self._reply = reply
        self._finish = finish
        self._begun = False
        self._whole = False
        self._spent: str | None = None

    @property
    def status(self) -> int:
        return self._reply.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Case-insensitive."""
        return self._reply.headers

    @property
    def request_id(self) -> str | None:
        return self._reply.request_id

    def _take(self, *, whole: bool) -> None:
        """The body is about to be read. What came over the connection is not there a second time."""
        if whole and self._begun:
            raise _spent("was read by `iter_bytes`, in full or in part")
        if self._spent is not None:
            raise _spent(self._spent)
        self._begun = True

    def _closed(self) -> None:
        self._spent = self._spent or "was closed before all of it was read"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.headers.get('content-type', '')}>"


def _spent(how: str) -> ConfigurationError:
    return ConfigurationError(
        f"the body of this answer {how}", advice="Make the call again; `raw` keeps body and value together."
    )


class StreamedResponse(_Open[T_co]):
    """A successful answer whose body is still on its way. Close it, or use it as a context manager.

    The body comes once: either in pieces or as the value. ConfigurationError for asking twice.
    """

    __slots__ = ("_session",)

    def __init__(self, reply: CallResponse[object], session: Session, finish: Callable[[], T_co]) -> None:
        super().__init__(reply, finish)
        self._session = session

    def iter_bytes(self) -> Iterator[bytes]:
        """The body in pieces, as they arrive, decompressed. A second loop goes on where the first one stopped."""
        self._take(whole=False)
        while piece := self._session.io.chunk(self._reply.response):
            yield piece
        self._spent = "was read already"

    def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be asked again, also when the answer is closed."""
        if not self._whole:
            self._take(whole=True)
            self._session.io.read(self._reply.response)
            self._whole, self._spent = True, "was read already, by `value`"
        return self._finish()

    def close(self) -> None:
        """Give up the rest of the body."""
        self._closed()
        self._session.io.close_response(self._reply.response)

    def __enter__(self) -> StreamedResponse[T_co]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncStreamedResponse(_Open[T_co]):
    """A successful answer whose body is still on its way. See `StreamedResponse`."""

    __slots__ = ("_session",)

    def __init__(self, reply: CallResponse[object], session: AsyncSession, finish: Callable[[], T_co]) -> None:
        super().__init__(reply, finish)
        self._session = session

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body in pieces, as they arrive, decompressed. A second loop goes on where the first one stopped."""
        self._take(whole=False)
        while piece := await self._session.io.chunk(self._reply.response):
            yield piece
        self._spent = "was read already"

    async def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be asked again, also when the answer is closed."""
        if not self._whole:
            self._take(whole=True)
            await self._session.io.read(self._reply.response)
            self._whole, self._spent = True, "was read already, by `value`"
        return self._finish()

    async def aclose(self) -> None:
        """Give up the rest of the body."""
        self._closed()
        await self._session.io.close_response(self._reply.response)


class AsyncStreaming(Generic[T_co]):
    """`async with client.streaming(…) as answer:` makes the call, and closes the answer at the end."""

    __slots__ = ("_answer", "_coming")

    def __init__(self, coming: Awaitable[AsyncStreamedResponse[T_co]]) -> None:
        self._coming = coming
        self._answer: AsyncStreamedResponse[T_co] | None = None

    async def __aenter__(self) -> AsyncStreamedResponse[T_co]:
        self._answer = await self._coming
        return self._answer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._answer is not None:
            await self._answer.aclose()


# --- twins of resources ----------------------------------------------------


class _OneCall:
    """What a variant cannot be of: jobs and files have handles of their own."""

    __slots__ = ()

    def _download(self, operation: Operation[object], *_: object) -> NoReturn:
        raise ConfigurationError(
            f"{operation.call} has no raw or streaming variant",
            advice="The download itself has the headers, in `with` and afterwards.",
        )

    def _poll(self, operation: Operation[object], *_: object) -> NoReturn:
        raise ConfigurationError(
            "a job that is followed has no raw or streaming variant",
            advice=f"{operation.call} only starts it, and has both.",
        )

    _resume = _poll


class _RawCalls(_OneCall):
    __slots__ = ()
    _session: Session

    def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> RawResponse[T]:
        reply = self._session.exchange(Call(operation, args, body))
        return RawResponse(reply.value, reply)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> object:
        from ..paging._pager import Pager
        from ..paging._pages import PageSource

        source: PageSource[object] = PageSource(self._session.engine, Call(operation, args, body))
        reply = self._session.exchange(source.first())
        return RawResponse(partial(_kept, Pager(self._session, source), source, reply), reply)


class _AsyncRawCalls(_OneCall):
    __slots__ = ()
    _session: AsyncSession

    async def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> RawResponse[T]:
        reply = await self._session.exchange(Call(operation, args, body))
        return RawResponse(reply.value, reply)

    async def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> object:
        from ..paging._pager import AsyncPager
        from ..paging._pages import PageSource

        source: PageSource[object] = PageSource(self._session.engine, Call(operation, args, body))
        reply = await self._session.exchange(source.first())
        return RawResponse(partial(_kept, AsyncPager(self._session, source), source, reply), reply)


class _StreamCalls(_OneCall):
    __slots__ = ()
    _session: Session

    def _call(self, operation: Operation[T], args: Arguments = (), body: object = None) -> StreamedResponse[T]:
        reply = self._session.exchange(Call(operation, args, body, stream=True))
        return StreamedResponse(reply, self._session, reply.value)

    def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> object:
        from ..paging._pager import Pager
        from ..paging._pages import PageSource

        source: PageSource[object] = PageSource(self._session.engine, Call(operation, args, body))
        reply = self._session.exchange(source.first(stream=True))
        return StreamedResponse(reply, self._session, partial(_kept, Pager(self._session, source), source, reply))


class _AsyncStreamCalls(_OneCall):
    __slots__ = ()
    _session: AsyncSession

    async def _call(
        self, operation: Operation[T], args: Arguments = (), body: object = None
    ) -> AsyncStreamedResponse[T]:
        reply = await self._session.exchange(Call(operation, args, body, stream=True))
        return AsyncStreamedResponse(reply, self._session, reply.value)

    async def _paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> object:
        from ..paging._pager import AsyncPager
        from ..paging._pages import PageSource

        source: PageSource[object] = PageSource(self._session.engine, Call(operation, args, body))
        reply = await self._session.exchange(source.first(stream=True))
        return AsyncStreamedResponse(
            reply, self._session, partial(_kept, AsyncPager(self._session, source), source, reply)
        )


def _kept(pager: object, source: PageSource[object], reply: CallResponse[object]) -> object:
    source.keep(reply)
    return pager


_twins: dict[tuple[type, type], type] = {}


def _twin(method: Callable[..., object], blocking: type, awaiting: type) -> Callable[..., Any]:
    """The method, bound to a twin of its resource that derives from one of the classes above."""
    owner = getattr(method, "__self__", None)
    if not isinstance(method, MethodType) or not isinstance(owner, Resource | AsyncResource):
        raise ConfigurationError(
            "this is not a method of a resource",
            advice="Pass the method itself, not a call of it; its arguments come after it.",
        )
    kind = type(owner)
    base = blocking if isinstance(owner, Resource) else awaiting
    twin = _twins.get((kind, base))
    if twin is None:
        twin = _twins[kind, base] = type(kind.__name__, (base, kind), {"__slots__": ()})
    function: Callable[..., Any] = method.__func__
    return MethodType(function, twin(owner._session))  # pyright: ignore[reportPrivateUsage]


def raw_method(method: Callable[..., object]) -> Callable[..., Any]:
    """A method that returns a `RawResponse` (or the promise of one) instead of a value."""
    return _twin(method, _RawCalls, _AsyncRawCalls)


def streaming_method(method: Callable[..., object]) -> Callable[..., Any]:
    """A method that returns an open answer (or the promise of one) instead of a value."""
    return _twin(method, _StreamCalls, _AsyncStreamCalls)
