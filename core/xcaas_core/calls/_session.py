"""Sessions run the flows of a client: an engine, which makes decisions, and a transport.

Pagers, pollers and downloads are flows over `exchange(session.engine, call)`, passed to `session.run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ..operations._operation import Call, Operation
from ..sansio._drivers import AsyncTransport, SyncTransport, run, run_async

if TYPE_CHECKING:
    from ..sansio._steps import Flow
    from ._call_response import CallResponse
    from ._engine import Engine

__all__ = ["AsyncSession", "Session"]

T = TypeVar("T")
IO = TypeVar("IO", SyncTransport, AsyncTransport)


def exchange(engine: Engine, call: Call[T]) -> Flow[CallResponse[T]]:
    """Make a call. Imports `_exchange.py` on first use."""
    from ._exchange import exchange

    return exchange(engine, call)


class _Session(Generic[IO]):
    __slots__ = ("engine", "io")

    def __init__(self, engine: Engine, io: IO) -> None:
        self.engine: Engine = engine
        self.io: IO = io

    def with_options(self, changes: Mapping[str, object]) -> Self:
        """Return a session with other options. Changes may be `UNCHANGED`."""
        return type(self)(self.engine.with_options(self.engine.options.with_changes(changes)), self.io)


class Session(_Session[SyncTransport]):
    """Runs the flows of a blocking client. Thread-safe."""

    __slots__ = ()

    def run(self, flow: Flow[T]) -> T:
        """Run a flow, blocking, and return its result."""
        return run(flow, self.io)

    def call(self, operation: Operation[T], args: tuple[object, ...] = (), body: object = None) -> T:
        """Call an operation and decode its response."""
        return run(exchange(self.engine, Call(operation, args, body)), self.io).value()

    def exchange(self, call: Call[T]) -> CallResponse[T]:
        """Make a call and return the response undecoded, open if the call asks to stream."""
        return run(exchange(self.engine, call), self.io)


class AsyncSession(_Session[AsyncTransport]):
    """Runs the flows of an async client, in several event loops in turn."""

    __slots__ = ()

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow and return its result."""
        return await run_async(flow, self.io)

    async def call(self, operation: Operation[T], args: tuple[object, ...] = (), body: object = None) -> T:
        """Call an operation and decode its response."""
        return (await run_async(exchange(self.engine, Call(operation, args, body)), self.io)).value()

    async def exchange(self, call: Call[T]) -> CallResponse[T]:
        """Make a call and return the response undecoded, open if the call asks to stream."""
        return await run_async(exchange(self.engine, call), self.io)
