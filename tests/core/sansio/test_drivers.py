"""The drivers: steps, errors thrown into flows, waiting across threads and loops."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from xcaas_core.sansio._drivers import run, run_async
from xcaas_core.sansio._event_loops import call_soon, has_ended, running_loop
from xcaas_core.sansio._messages import Request
from xcaas_core.sansio._steps import Flow, RunInThread, Send, Sleep, WaitFor, run_in_thread, wait_for
from xcaas_core.testing import FakeServer

T = TypeVar("T")
Run = Callable[[Callable[[], Awaitable[None]]], None]


class ManualWork:
    """A waitable that another thread finishes."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._done = False
        self._lock = threading.Lock()

    def on_done(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if not self._done:
                self._callbacks.append(callback)
                return
        callback()

    def finish(self) -> None:
        with self._lock:
            self._done = True
        for callback in self._callbacks:
            callback()

    def finish_later(self, seconds: float) -> None:
        threading.Timer(seconds, self.finish).start()


def wait(work: ManualWork, timeout: float | None = None) -> Flow[bool]:
    return (yield from wait_for(work, timeout))


def run_blocking(flow: Flow[T]) -> T:
    return run(flow, FakeServer().sync_io())


async def run_awaiting(flow: Flow[T]) -> T:
    return await run_async(flow, FakeServer().async_io())


def test_wait_ends_when_another_thread_finishes(run: Run) -> None:
    work = ManualWork()
    work.finish_later(0.05)
    assert run_blocking(wait(work))

    async def main() -> None:
        other = ManualWork()
        other.finish_later(0.05)
        assert await run_awaiting(wait(other, 5))
        assert await run_awaiting(wait(other))

    run(main)


def test_wait_ends_when_another_task_finishes(run: Run) -> None:
    import anyio

    async def main() -> None:
        work = ManualWork()

        async def finish() -> None:
            work.finish()

        async with anyio.create_task_group() as group:
            group.start_soon(finish)
            assert await run_awaiting(wait(work))

    run(main)


def test_wait_ends_after_its_timeout(run: Run) -> None:
    assert not run_blocking(wait(ManualWork(), 0.01))

    async def main() -> None:
        assert not await run_awaiting(wait(ManualWork(), 0.01))

    run(main)


def test_run_in_thread_does_not_block_the_loop(run: Run) -> None:
    def flow() -> Flow[int]:
        return (yield from run_in_thread(threading.get_ident))

    assert run_blocking(flow()) == threading.get_ident()

    async def main() -> None:
        assert await run_awaiting(flow()) != threading.get_ident()

    run(main)


def test_errors_are_thrown_into_the_flow(run: Run) -> None:
    def fail() -> None:
        raise OSError("disk")

    def flow() -> Flow[str]:
        try:
            yield RunInThread(fail)
        except OSError as error:
            yield Sleep(0)
            return str(error)
        return "nothing"

    assert run_blocking(flow()) == "disk"

    async def main() -> None:
        assert await run_awaiting(flow()) == "disk"

    run(main)


def test_cancelled_flow_cleans_up(run: Run) -> None:
    import anyio

    cleaned: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield WaitFor(ManualWork())
        finally:
            cleaned.append("yes")

    async def main() -> None:
        with anyio.move_on_after(0.01):
            await run_awaiting(flow())
        assert cleaned == ["yes"]

    run(main)


def test_exceptions_of_a_flow_propagate() -> None:
    def flow() -> Flow[None]:
        yield Sleep(0)
        raise LookupError("x")

    with pytest.raises(LookupError):
        run_blocking(flow())


def test_call_soon_does_nothing_in_a_closed_loop() -> None:
    async def main() -> object:
        loop = running_loop()
        assert not has_ended(loop)
        return loop

    loop = asyncio.run(main())
    assert has_ended(loop)
    call_soon(loop, lambda: None)
    assert not has_ended(object())

    import trio

    async def tokens() -> object:
        return running_loop()

    call_soon(trio.run(tokens), lambda: None)


def test_steps_have_little_overhead() -> None:
    def flow() -> Flow[None]:
        for _ in range(100):
            yield Sleep(0.001)

    server = FakeServer()
    started = time.perf_counter()
    run(flow(), server.sync_io())
    assert time.perf_counter() - started < 0.1
    assert len(server.clock.slept) == 100


def test_requests_hide_secrets_in_repr() -> None:
    request = Request("GET", "https://x.example?key=s3cret", {"authorization": "s3cret"})
    assert "s3cret" not in repr(request) + repr(Send(request))
