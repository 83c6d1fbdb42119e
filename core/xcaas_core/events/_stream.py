"""Event streams as iterators around `StreamState`, blocking and for asyncio.

An event is acknowledged when the next one is requested.
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
_MAX_FRAME_SIZE: Final = 16 * 2**20


class _Stream(Generic[T]):
    """The base of both streams."""

    ping_interval: float = 20.0
    """Seconds between pings. Set it, like the next two, before iterating."""
    pong_timeout: float = 10.0
    """Seconds to wait for a pong before the connection counts as lost."""
    max_frame_size: int = _MAX_FRAME_SIZE
    """Maximum size of a frame in bytes. A longer one ends the stream."""

    _state: StreamState[T]

    @property
    def resume_token(self) -> str | None:
        """Resumes after the last acknowledged event, also in another process. None before the first event, and
        for a consumer, whose position the service keeps."""
        return self._state.resume_token

    def _limits(self) -> Limits:
        from ._websocket import Limits

        return Limits(self.ping_interval, self.pong_timeout, self.max_frame_size)

    def _acknowledge_pending(self) -> str | None:
        """Record the last returned event as acknowledged. Return the frame to send, or None."""
        id = self._state.pending
        if id is None:
            return None
        self._state.mark_acknowledged(id)
        return acknowledgement(id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._state.context.operation.call}>"


class EventStream(_Stream[T]):
    """Events as they happen, for blocking code. Iterate in one thread; call `close` from any.

    Example:
        with client.events.read("all", resume_token=saved) as events:
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
            self._disconnect()
            raise
        raise StopIteration

    def _receive(self) -> Event[T] | None:
        """Return the next event; None after a lost connection or a frame without a new event."""
        socket = self._socket or self._connect()
        if socket is None:
            return None
        from ._websocket import CONNECTION_ERRORS, map_exception

        try:
            event, duplicate_id = self._state.handle_frame(socket.recv())
            if duplicate_id is not None:
                socket.send(acknowledgement(duplicate_id))
        except CONNECTION_ERRORS as error:
            failure = map_exception(error)
        else:
            return event
        self._handle_loss(failure)
        return None

    def _connect(self) -> ClientConnection | None:
        websocket = _import_websocket()
        request = self._session.run(self._state.handshake())
        try:
            self._socket = websocket.open_sync(request, self._session.io, self._limits())
        except websocket.HandshakeRefused as refusal:
            wait = self._session.run(self._state.handle_refusal(request, refusal))
        except TransportError as error:
            self._handle_loss(error)
            return None
        else:
            self._state.mark_connected()
            if self._state.closed:
                self._disconnect()
            return self._socket
        self._closing.wait(wait)
        return None

    def _handle_loss(self, failure: TransportError) -> None:
        self._disconnect()
        if not self._state.closed:
            self._closing.wait(self._state.handle_failure(failure))

    def acknowledge(self) -> None:
        """Acknowledge the last event, for example before `break`. Iterating does it otherwise."""
        text = self._acknowledge_pending()
        if text is not None and self._socket is not None:
            from ._websocket import CONNECTION_ERRORS

            try:
                self._socket.send(text)
            except CONNECTION_ERRORS:
                pass  # the next connection resumes after this event

    def close(self) -> None:
        """End the stream and its iteration. The last event stays unacknowledged."""
        self._state.closed = True
        self._closing.set()
        if self._socket is not None:
            self._socket.close()

    def _disconnect(self) -> None:
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
        self._disconnect()


class AsyncEventStream(_Stream[T]):
    """Events as they happen, for asyncio.

    Example:
        async with client.events.read("all", resume_token=saved) as events:
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
            self._disconnect()
            raise
        raise StopAsyncIteration

    async def _receive(self) -> Event[T] | None:
        """Return the next event; None after a lost connection or a frame without a new event."""
        socket = self._socket or await self._connect()
        if socket is None:
            return None
        from ._websocket import CONNECTION_ERRORS, map_exception

        try:
            event, duplicate_id = self._state.handle_frame(await socket.recv())
            if duplicate_id is not None:
                await socket.send(acknowledgement(duplicate_id))
        except CONNECTION_ERRORS as error:
            failure = map_exception(error)
        else:
            return event
        await self._handle_loss(failure)
        return None

    async def _connect(self) -> AsyncConnection | None:
        websocket = _import_websocket()
        request = await self._session.run(self._state.handshake())
        try:
            self._socket = await websocket.open_async(request, self._session.io, self._limits())
        except websocket.HandshakeRefused as refusal:
            wait = await self._session.run(self._state.handle_refusal(request, refusal))
        except TransportError as error:
            await self._handle_loss(error)
            return None
        else:
            self._state.mark_connected()
            if self._state.closed:
                self._disconnect()
            return self._socket
        await self._pause(wait)
        return None

    async def _handle_loss(self, failure: TransportError) -> None:
        self._disconnect()
        if not self._state.closed:
            await self._pause(self._state.handle_failure(failure))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            pass

    async def acknowledge(self) -> None:
        """Acknowledge the last event, for example before `break`. Iterating does it otherwise."""
        text = self._acknowledge_pending()
        if text is not None and self._socket is not None:
            from ._websocket import CONNECTION_ERRORS

            try:
                await self._socket.send(text)
            except CONNECTION_ERRORS:
                pass  # the next connection resumes after this event

    async def aclose(self) -> None:
        """End the stream and its iteration. The last event stays unacknowledged."""
        self._state.closed = True
        self._closing.set()
        if self._socket is not None:
            await self._socket.close()

    def _disconnect(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.transport.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._disconnect()  # a cancelled task does not wait for the server
        else:
            await self.acknowledge()
        await self.aclose()


def _import_websocket() -> ModuleType:
    try:
        from . import _websocket
    except ImportError:
        raise ConfigurationError(
            "event streams need the package websockets", advice='Install it: pip install "xcaas[events]".'
        ) from None
    return _websocket
