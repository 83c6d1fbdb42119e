"""Streams of events as iterators: thin twins around `StreamState`, one blocking and one for asyncio.

The body of the loop is done with an event when it asks for the next one; only then is it acknowledged.
"""

from __future__ import annotations

import asyncio
import threading
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

from .._errors import ConfigurationError, TransportError
from ._frames import Event, acknowledgement
from ._state import StreamState

if TYPE_CHECKING:
    from ..calls._session import AsyncSession, Session
    from ..operations._operation import Operation
    from ._websocket import AsyncConnection, ClientConnection, Limits

__all__ = ["AsyncEventStream", "EventStream"]

T = TypeVar("T")
_FRAME: Final = 16 * 2**20


class _Stream(Generic[T]):
    """What both kinds of stream have in common."""

    ping_interval: float = 20.0
    """Seconds between pings. Change it, like the next two, before the first event is asked for."""
    pong_timeout: float = 10.0
    """Seconds that the pong for a ping may take before the connection counts as lost."""
    max_frame_size: int = _FRAME
    """The longest frame in bytes. A longer one ends the stream."""

    _state: StreamState[T]

    @property
    def resume_token(self) -> str | None:
        """Resumes after the last acknowledged event, in another process too. None before the first event, and for a consumer, whose position the service keeps."""
        return self._state.resume_token

    def _limits(self) -> Limits:
        from ._websocket import Limits

        return Limits(self.ping_interval, self.pong_timeout, self.max_frame_size)

    def _done(self) -> str | None:
        """Note that the event which was handed out last is done with, and return its acknowledgement."""
        id = self._state.pending
        if id is None:
            return None
        self._state.acknowledged(id)
        return acknowledgement(id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._state.context.operation.call}>"


class EventStream(_Stream[T]):
    """Events as they happen, for blocking code. Read in one thread; call `close` from any.

    Example:
        with client.events.read("all", resume_token=kept) as events:
            for event in events:
                handle(event.payload)
    """

    def __init__(self, session: Session, operation: Operation[T], args: tuple[object, ...]) -> None:
        self._socket: ClientConnection | None = None
        self._state = StreamState(session.engine, operation, args)
        self._session = session
        self._closing = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event[T]:
        self.acknowledge()
        try:
            while not self._state.closed:
                event = self._receive()
                if event is not None:
                    return event
        except BaseException:
            self._drop()
            raise
        raise StopIteration

    def _receive(self) -> Event[T] | None:
        """Return the next event; None if the connection brought none."""
        socket = self._socket or self._connect()
        if socket is None:
            return None
        from ._websocket import broken, converted

        try:
            event, again = self._state.received(socket.recv())
            if again is not None:
                socket.send(acknowledgement(again))
        except broken as error:
            failure = converted(error)
        else:
            return event
        self._lose(failure)
        return None

    def _connect(self) -> ClientConnection | None:
        library = _library()
        request = self._session.run(self._state.handshake())
        try:
            self._socket = library.open_sync(request, self._session.io, self._limits())
        except library.Refusal as refusal:
            wait = self._session.run(self._state.refused(request, refusal))
        except TransportError as error:
            self._lose(error)
            return None
        else:
            self._state.opened()
            if self._state.closed:
                self._drop()
            return self._socket
        self._closing.wait(wait)
        return None

    def _lose(self, failure: TransportError) -> None:
        self._drop()
        if not self._state.closed:
            self._closing.wait(self._state.failed(failure))

    def acknowledge(self) -> None:
        """Acknowledge the last event, for example before `break`. Otherwise the loop does it."""
        text = self._done()
        if text is not None and self._socket is not None:
            from ._websocket import broken

            try:
                self._socket.send(text)
            except broken:
                pass  # the next event is asked for on a new connection, which goes on after this one

    def close(self) -> None:
        """End the stream, and any loop that waits on it. The last event stays unacknowledged."""
        self._state.closed = True
        self._closing.set()
        if self._socket is not None:
            self._socket.close()

    def _drop(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close_socket()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.acknowledge()
        self.close()

    def __del__(self) -> None:
        self._drop()


class AsyncEventStream(_Stream[T]):
    """Events as they happen, for asyncio.

    Example:
        async with client.events.read("all", resume_token=kept) as events:
            async for event in events:
                await handle(event.payload)
    """

    def __init__(self, session: AsyncSession, operation: Operation[T], args: tuple[object, ...]) -> None:
        self._socket: AsyncConnection | None = None
        self._state = StreamState(session.engine, operation, args)
        self._session = session
        self._closing = asyncio.Event()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event[T]:
        try:
            await self.acknowledge()
            while not self._state.closed:
                event = await self._receive()
                if event is not None:
                    return event
        except BaseException:
            self._drop()
            raise
        raise StopAsyncIteration

    async def _receive(self) -> Event[T] | None:
        """Return the next event; None if the connection brought none."""
        socket = self._socket or await self._connect()
        if socket is None:
            return None
        from ._websocket import broken, converted

        try:
            event, again = self._state.received(await socket.recv())
            if again is not None:
                await socket.send(acknowledgement(again))
        except broken as error:
            failure = converted(error)
        else:
            return event
        await self._lose(failure)
        return None

    async def _connect(self) -> AsyncConnection | None:
        library = _library()
        request = await self._session.run(self._state.handshake())
        try:
            self._socket = await library.open_async(request, self._session.io, self._limits())
        except library.Refusal as refusal:
            wait = await self._session.run(self._state.refused(request, refusal))
        except TransportError as error:
            await self._lose(error)
            return None
        else:
            self._state.opened()
            if self._state.closed:
                self._drop()
            return self._socket
        await self._pause(wait)
        return None

    async def _lose(self, failure: TransportError) -> None:
        self._drop()
        if not self._state.closed:
            await self._pause(self._state.failed(failure))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            pass

    async def acknowledge(self) -> None:
        """Acknowledge the last event, for example before `break`. Otherwise the loop does it."""
        text = self._done()
        if text is not None and self._socket is not None:
            from ._websocket import broken

            try:
                await self._socket.send(text)
            except broken:
                pass  # the next event is asked for on a new connection, which goes on after this one

    async def aclose(self) -> None:
        """End the stream, and any loop that waits on it. The last event stays unacknowledged."""
        self._state.closed = True
        self._closing.set()
        if self._socket is not None:
            await self._socket.close()

    def _drop(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.transport.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._drop()  # a task that is being cancelled does not wait for the other side
        else:
            await self.acknowledge()
        await self.aclose()


def _library() -> ModuleType:
    try:
        from . import _websocket
    except ImportError:
        raise ConfigurationError(
            "event streams need the package websockets", advice='Install it: pip install "xcaas[events]".'
        ) from None
    return _websocket
