"""The two drivers that carry out a flow's steps: `run` blocks, `run_async` awaits.

An exception in a step is thrown into the flow, which can retry, clean up or let it propagate. So is
the cancellation of a task.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from ._steps import Close, Flow, Read, ReadChunk, RunInThread, Send, Sleep, Step, Waitable, WaitFor

if TYPE_CHECKING:
    from ._messages import Request, Response

__all__ = ["AsyncTransport", "SyncTransport", "run", "run_async"]

T = TypeVar("T")


class SyncTransport(Protocol):
    """I/O and sleep for `run`, implemented in `transport/_sync.py`."""

    def send(self, request: Request, stream: bool) -> Response: ...
    def read(self, response: Response) -> None: ...
    def chunk(self, response: Response) -> bytes: ...
    def close_response(self, response: Response) -> None: ...
    def sleep(self, seconds: float) -> None: ...
    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """I/O and sleep for `run_async`, implemented in `transport/_async.py`."""

    async def send(self, request: Request, stream: bool) -> Response: ...
    async def read(self, response: Response) -> None: ...
    async def chunk(self, response: Response) -> bytes: ...
    async def close_response(self, response: Response) -> None: ...
    async def sleep(self, seconds: float) -> None: ...
    async def close(self) -> None: ...


def run(flow: Flow[T], io: SyncTransport) -> T:
    """Carry out a flow in this thread."""
    result: object = None
    failure: BaseException | None = None
    try:
        step = next(flow)
        while True:
            try:
                result = _perform(step, io)
            except BaseException as error:
                failure = error
            # Outside `except`, so that this error is not the context of another one that the flow raises.
            if failure is None:
                step = flow.send(result)
            else:
                step, failure = flow.throw(failure), None
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        failure = None  # its traceback refers to this frame


def _perform(step: Step, io: SyncTransport) -> object:
    result: object = None
    match step:
        case Send():
            result = io.send(step.request, step.stream)
        case ReadChunk():
            result = io.chunk(step.response)
        case Read():
            io.read(step.response)
        case Close():
            io.close_response(step.response)
        case Sleep():
            io.sleep(step.seconds)
        case WaitFor():
            event = threading.Event()
            step.waitable.on_done(event.set)
            result = event.wait(step.timeout)
        case RunInThread():
            result = step.function()
    return result


async def run_async(flow: Flow[T], io: AsyncTransport) -> T:
    """Carry out a flow in the running event loop (asyncio or trio)."""
    failure: BaseException | None = None
    result: object = None
    try:
        step = next(flow)
        while True:
            try:
                result = await _perform_async(step, io)
            except BaseException as error:
                failure = error
            if failure is None:
                step = flow.send(result)
            else:
                step, failure = flow.throw(failure), None
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        failure = None


async def _perform_async(step: Step, io: AsyncTransport) -> object:
    result: object = None
    match step:
        case Send():
            result = await io.send(step.request, step.stream)
        case ReadChunk():
            result = await io.chunk(step.response)
        case Read():
            await io.read(step.response)
        case Close():
            await io.close_response(step.response)
        case Sleep():
            await io.sleep(step.seconds)
        case WaitFor():
            result = await _wait_async(step.waitable, step.timeout)
        case RunInThread():
            from anyio.to_thread import run_sync

            result = await run_sync(step.function)
    return result


async def _wait_async(waitable: Waitable, timeout: float | None) -> bool:
    """Wait for a waitable. Return whether it was done within `timeout`."""
    import anyio

    event = anyio.Event()
    waitable.on_done(_thread_safe(event.set))
    if timeout is None:
        await event.wait()
    else:
        with anyio.move_on_after(timeout):
            await event.wait()
    return event.is_set()


def _thread_safe(function: Callable[[], object]) -> Callable[[], None]:
    """Return a function that calls `function` in this event loop, from any thread."""
    from ._event_loops import call_soon, running_loop

    loop = running_loop()
    loop_thread = threading.get_ident()

    def call() -> None:
        if threading.get_ident() == loop_thread:
            function()
        else:
            call_soon(loop, function)

    return call
