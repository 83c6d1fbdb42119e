"""The drivers: each step carried out, errors thrown into the flow, waiting across threads and loops."""

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


class Work:
    """Something that another thread finishes."""

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


def park(work: Work, timeout: float | None = None) -> Flow[bool]:
    return (yield from wait_for(work, timeout))


def blocking(flow: Flow[T]) -> T:
    return run(flow, FakeServer().sync_io())


async def awaiting(flow: Flow[T]) -> T:
    return await run_async(flow, FakeServer().async_io())


def test_parking_ends_when_another_thread_is_done(run: Run) -> None:
    work = Work()
    work.finish_later(0.05)
    assert blocking(park(work))

    async def main() -> None:
        other = Work()
        other.finish_later(0.05)
        assert await awaiting(park(other, 5))
        assert await awaiting(park(other))

    run(main)


def test_parking_ends_when_another_task_is_done(run: Run) -> None:
    import anyio

    async def main() -> None:
        work = Work()

        async def finish() -> None:
            work.finish()

        async with anyio.create_task_group() as group:
            group.start_soon(finish)
            assert await awaiting(park(work))

    run(main)


def test_parking_ends_after_its_time(run: Run) -> None:
    assert not blocking(park(Work(), 0.01))

    async def main() -> None:
        assert not await awaiting(park(Work(), 0.01))

    run(main)


def test_blocking_work_holds_up_no_loop(run: Run) -> None:
    def flow() -> Flow[int]:
        return (yield from run_in_thread(threading.get_ident))

    assert blocking(flow()) == threading.get_ident()

    async def main() -> None:
        assert await awaiting(flow()) != threading.get_ident()

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

    assert blocking(flow()) == "disk"

    async def main() -> None:
        assert await awaiting(flow()) == "disk"

    run(main)


def test_a_cancelled_flow_cleans_up(run: Run) -> None:
    import anyio

    cleaned: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield WaitFor(Work())
        finally:
            cleaned.append("yes")

    async def main() -> None:
        with anyio.move_on_after(0.01):
            await awaiting(flow())
        assert cleaned == ["yes"]

    run(main)


def test_what_a_flow_raises_comes_out() -> None:
    def flow() -> Flow[None]:
        yield Sleep(0)
        raise LookupError("x")

    with pytest.raises(LookupError):
        blocking(flow())


def test_calling_into_a_loop_that_has_ended_does_nothing() -> None:
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


def test_steps_that_a_waiting_flow_takes_are_cheap() -> None:
    def flow() -> Flow[None]:
        for _ in range(100):
            yield Sleep(0.001)

    server = FakeServer()
    began = time.perf_counter()
    run(flow(), server.sync_io())
    assert time.perf_counter() - began < 0.1
    assert len(server.clock.slept) == 100


def test_requests_show_nothing() -> None:
    request = Request("GET", "https://x.example?key=s3cret", {"authorization": "s3cret"})
    assert "s3cret" not in repr(request) + repr(Send(request))
