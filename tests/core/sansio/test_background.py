"""Background tasks: results, errors, cancellation."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from contextvars import ContextVar

import anyio
import httpx
import pytest

from tests.support.example_api import _ops
from tests.support.example_api.models import Row
from xcaas_core.operations._operation import Call
from xcaas_core.paging._pager import AsyncPager
from xcaas_core.sansio._background import BackgroundTask
from xcaas_core.sdk import AsyncClientBase

pytestmark = pytest.mark.parametrize("backend", ["asyncio", "trio"])

VARIABLE: ContextVar[str] = ContextVar("PLACE", default="nowhere")


class Forever:
    """Work that runs until it is cancelled, with a short cleanup."""

    def __init__(self) -> None:
        self.started = anyio.Event()
        self.cleaned = False

    async def __call__(self) -> None:
        self.started.set()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)
            self.cleaned = True


def test_work_runs_while_its_creator_waits(backend: str) -> None:
    async def main() -> None:
        task = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        assert calls == ["work"]
        assert await task.result() == 7
        await task.cancel()
        assert await task.result() == 7

    async def work() -> int:
        calls.append("work")
        return 7

    calls: list[str] = []
    anyio.run(main, backend=backend)


def test_work_has_its_creators_context(backend: str) -> None:
    async def main() -> None:
        VARIABLE.set("here")
        task = BackgroundTask(work)
        VARIABLE.set("elsewhere")
        assert await task.result() == "here"

    async def work() -> str:
        await anyio.sleep(0)
        return VARIABLE.get()

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)])
def test_exceptions_are_raised_by_result(backend: str, error: BaseException) -> None:
    async def main() -> None:
        task = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(type(error)) as caught:
            await task.result()
        assert caught.value is error
        await task.cancel()

    async def work() -> None:
        raise error

    anyio.run(main, backend=backend)


def test_unread_exceptions_are_dropped(backend: str) -> None:
    async def main() -> None:
        task = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        await task.cancel()

    async def work() -> None:
        raise ValueError("unseen")

    anyio.run(main, backend=backend)
    gc.collect()


def test_cancel_waits_for_cleanup(backend: str) -> None:
    async def main() -> None:
        work = Forever()
        task = BackgroundTask(work)
        await work.started.wait()
        await task.cancel()
        assert work.cleaned

    anyio.run(main, backend=backend)


def test_cancel_before_the_start_is_safe(backend: str) -> None:
    async def main() -> None:
        await BackgroundTask(Forever()).cancel()

    anyio.run(main, backend=backend)


def test_cancelled_creator_may_still_cancel(backend: str) -> None:
    async def main() -> None:
        work = Forever()
        with anyio.CancelScope() as scope:
            task = BackgroundTask(work)
            await work.started.wait()
            scope.cancel()
            try:
                await task.result()
            finally:
                await task.cancel()
        assert scope.cancelled_caught
        assert work.cleaned

    anyio.run(main, backend=backend)


def test_work_ends_with_the_loop(backend: str) -> None:
    """The end of the loop does not wait for work that was never cancelled."""

    async def main() -> None:
        tasks.append(BackgroundTask(work))
        await work.started.wait()

    tasks: list[BackgroundTask[None]] = []
    work = Forever()
    anyio.run(main, backend=backend)
    assert work.cleaned


def test_work_cancelled_before_its_start_does_not_block(backend: str) -> None:
    """asyncio never starts a task that is cancelled first, as at the end of a loop. Its result is a CancelledError."""
    if backend == "trio":
        pytest.skip("in trio, only the creator of a task can cancel it")

    async def main() -> None:
        background = BackgroundTask(Forever())
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
        with anyio.fail_after(10), pytest.raises(asyncio.CancelledError):
            await background.result()
        with anyio.fail_after(10):
            await background.cancel()

    anyio.run(main, backend=backend)


# --- in pagers ---------------------------------------------------------------


class StuckTransport(httpx.AsyncBaseTransport):
    """Responds to the first page, and never to the second."""

    def __init__(self) -> None:
        self.pending = 0
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if "page" in request.url.params and request.url.params["page"] != "0":
            self.pending += 1
            try:
                await anyio.sleep_forever()
            finally:
                self.pending -= 1
        return httpx.Response(200, json=[{"id": 0}, {"id": 1}], headers={"X-Total-Pages": "9"})


class Client(AsyncClientBase):
    def rows(self) -> AsyncPager[Row]:
        return AsyncPager[Row](self._session, Call(_ops.LIST, ())).prefetch()


def run_with(backend: str, read_rows: Callable[[AsyncPager[Row], StuckTransport], Awaitable[None]]) -> None:
    network = StuckTransport()

    async def main() -> None:
        async with httpx.AsyncClient(transport=network) as http_client:
            client = Client(http_client=http_client)
            await read_rows(client.rows(), network)
            assert (network.requests, network.pending) == (2, 0)

    anyio.run(main, backend=backend)


def test_next_page_is_prefetched_and_cancelled_with_the_iteration(backend: str) -> None:
    async def read_rows(rows: AsyncPager[Row], network: StuckTransport) -> None:
        async with aclosing(aiter(rows)) as rows_iterator:
            assert (await anext(rows_iterator)).id == 0
            await anyio.wait_all_tasks_blocked()
            assert (network.requests, network.pending) == (2, 1)

    run_with(backend, read_rows)


def test_failing_caller_cancels_the_prefetch(backend: str) -> None:
    async def read_rows(rows: AsyncPager[Row], network: StuckTransport) -> None:
        async def read() -> None:
            async with aclosing(aiter(rows)) as rows_iterator:
                async for _ in rows_iterator:
                    await anyio.wait_all_tasks_blocked()
                    raise KeyError

        with pytest.raises(KeyError):
            await read()

    run_with(backend, read_rows)


def test_cancelled_caller_cancels_the_prefetch(backend: str) -> None:
    async def read_rows(rows: AsyncPager[Row], network: StuckTransport) -> None:
        async def read() -> None:
            async with aclosing(aiter(rows)) as rows_iterator:
                async for _ in rows_iterator:
                    pass  # the third item never comes

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            assert network.pending == 1
            group.cancel_scope.cancel()

    run_with(backend, read_rows)


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
def test_iteration_left_by_break_is_cleaned_up_by_the_loop(backend: str) -> None:
    async def read_rows(rows: AsyncPager[Row], network: StuckTransport) -> None:
        async for _ in rows:
            await anyio.wait_all_tasks_blocked()
            assert network.pending == 1
            break
        gc.collect()
        await anyio.wait_all_tasks_blocked()

    run_with(backend, read_rows)
