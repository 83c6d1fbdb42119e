"""Work beside the caller: its result, its errors, and that nothing of it stays behind."""

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

PLACE: ContextVar[str] = ContextVar("PLACE", default="nowhere")


class Forever:
    """Work that ends only when it is cancelled, and takes a moment to clean up."""

    def __init__(self) -> None:
        self.begun = anyio.Event()
        self.cleaned = False

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)
            self.cleaned = True


def test_work_goes_on_while_its_maker_waits_for_something_else(backend: str) -> None:
    async def main() -> None:
        ahead = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        assert told == ["work"]
        assert await ahead.result() == 7
        await ahead.cancel()
        assert await ahead.result() == 7

    async def work() -> int:
        told.append("work")
        return 7

    told: list[str] = []
    anyio.run(main, backend=backend)


def test_work_sees_its_makers_context(backend: str) -> None:
    async def main() -> None:
        PLACE.set("here")
        ahead = BackgroundTask(work)
        PLACE.set("elsewhere")
        assert await ahead.result() == "here"

    async def work() -> str:
        await anyio.sleep(0)
        return PLACE.get()

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)])
def test_what_it_raises_waits_for_the_result(backend: str, error: BaseException) -> None:
    async def main() -> None:
        ahead = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(type(error)) as caught:
            await ahead.result()
        assert caught.value is error
        await ahead.cancel()

    async def work() -> None:
        raise error

    anyio.run(main, backend=backend)


def test_an_error_that_nobody_asks_for_is_dropped(backend: str) -> None:
    async def main() -> None:
        ahead = BackgroundTask(work)
        await anyio.wait_all_tasks_blocked()
        await ahead.cancel()

    async def work() -> None:
        raise ValueError("unseen")

    anyio.run(main, backend=backend)
    gc.collect()


def test_dropping_waits_for_the_cleaning_up(backend: str) -> None:
    async def main() -> None:
        work = Forever()
        ahead = BackgroundTask(work)
        await work.begun.wait()
        await ahead.cancel()
        assert work.cleaned

    anyio.run(main, backend=backend)


def test_dropping_at_once_is_safe(backend: str) -> None:
    async def main() -> None:
        await BackgroundTask(Forever()).cancel()

    anyio.run(main, backend=backend)


def test_a_cancelled_maker_may_still_drop(backend: str) -> None:
    async def main() -> None:
        work = Forever()
        with anyio.CancelScope() as scope:
            ahead = BackgroundTask(work)
            await work.begun.wait()
            scope.cancel()
            try:
                await ahead.result()
            finally:
                await ahead.cancel()
        assert scope.cancelled_caught
        assert work.cleaned

    anyio.run(main, backend=backend)


def test_it_ends_with_the_loop(backend: str) -> None:
    """A program that ends in the middle does not wait for work that nobody dropped."""

    async def main() -> None:
        kept.append(BackgroundTask(work))
        await work.begun.wait()

    kept: list[BackgroundTask[None]] = []
    work = Forever()
    anyio.run(main, backend=backend)
    assert work.cleaned


def test_work_that_is_cancelled_before_its_turn_comes_holds_nobody_up(backend: str) -> None:
    """As when a loop ends: asyncio then runs nothing of the task. Its result is no result, and not the end of a list."""
    if backend == "trio":
        pytest.skip("only whoever made a task can cancel it there")

    async def main() -> None:
        ahead = BackgroundTask(Forever())
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        with anyio.fail_after(10), pytest.raises(asyncio.CancelledError):
            await ahead.result()
        with anyio.fail_after(10):
            await ahead.cancel()

    anyio.run(main, backend=backend)


# --- as pagers use it --------------------------------------------------------


class Stuck(httpx.AsyncBaseTransport):
    """Answers the first page, and never the second."""

    def __init__(self) -> None:
        self.under_way = 0
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if "page" in request.url.params and request.url.params["page"] != "0":
            self.under_way += 1
            try:
                await anyio.sleep_forever()
            finally:
                self.under_way -= 1
        return httpx.Response(200, json=[{"id": 0}, {"id": 1}], headers={"X-Total-Pages": "9"})


class Client(AsyncClientBase):
    def rows(self) -> AsyncPager[Row]:
        return AsyncPager[Row](self._session, Call(_ops.LIST, ())).prefetch()


def run_with(backend: str, leave: Callable[[AsyncPager[Row], Stuck], Awaitable[None]]) -> None:
    network = Stuck()

    async def main() -> None:
        async with httpx.AsyncClient(transport=network) as own:
            client = Client(http_client=own)
            await leave(client.rows(), network)
            assert (network.asked, network.under_way) == (2, 0)

    anyio.run(main, backend=backend)


def test_the_next_page_is_asked_for_while_the_first_is_read_and_given_up_with_it(backend: str) -> None:
    async def leave(rows: AsyncPager[Row], network: Stuck) -> None:
        async with aclosing(aiter(rows)) as walk:
            assert (await anext(walk)).id == 0
            await anyio.wait_all_tasks_blocked()
            assert (network.asked, network.under_way) == (2, 1)

    run_with(backend, leave)


def test_a_caller_who_fails_leaves_nothing_behind(backend: str) -> None:
    async def leave(rows: AsyncPager[Row], network: Stuck) -> None:
        async def read() -> None:
            async with aclosing(aiter(rows)) as walk:
                async for _ in walk:
                    await anyio.wait_all_tasks_blocked()
                    raise KeyError

        with pytest.raises(KeyError):
            await read()

    run_with(backend, leave)


def test_a_caller_who_is_cancelled_leaves_nothing_behind(backend: str) -> None:
    async def leave(rows: AsyncPager[Row], network: Stuck) -> None:
        async def read() -> None:
            async with aclosing(aiter(rows)) as walk:
                async for _ in walk:
                    pass  # the third item never comes

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            assert network.under_way == 1
            tasks.cancel_scope.cancel()

    run_with(backend, leave)


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
def test_a_walk_that_is_left_by_break_is_cleared_away_by_the_loop(backend: str) -> None:
    async def leave(rows: AsyncPager[Row], network: Stuck) -> None:
        async for _ in rows:
            await anyio.wait_all_tasks_blocked()
            assert network.under_way == 1
            break
        gc.collect()
        await anyio.wait_all_tasks_blocked()

    run_with(backend, leave)
