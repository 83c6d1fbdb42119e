"""Pollers of the async client, under asyncio and trio."""

from __future__ import annotations

import anyio
import pytest

from tests.support.example_api import _ops
from tests.support.example_api.models import Job, Row
from tests.support.jobs import states
from tests.support.sessions import async_session
from xcaas_core._errors import NotFoundError, PollerError, PollerTimeoutError
from xcaas_core.downloads._download import AsyncDownload
from xcaas_core.operations._operation import Call
from xcaas_core.paging._pager import AsyncPager
from xcaas_core.polling._poller import AsyncPoller
from xcaas_core.testing import FakeServer

pytestmark = pytest.mark.parametrize("backend", ["asyncio", "trio"])


def test_awaiting_a_poller_starts_the_job_and_returns_its_result(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE").respond("shop.jobs.fetch", content=b"zip")
        poller: AsyncPoller[AsyncDownload] = AsyncPoller(async_session(server), Call(_ops.START, ("t1",), ["a"]))
        assert server.requests == []
        with pytest.raises(PollerError, match="not started"):
            poller.id  # noqa: B018 - it is the access that raises
        assert await (await poller).read() == b"zip"
        assert (poller.id, poller.done) == ("j1", True)

    anyio.run(main, backend=backend)


def test_a_job_is_started_requested_and_resumed_step_by_step(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE").respond("shop.jobs.cancel", json={"status": "CANCELLED"})
        server.respond("shop.rows.list", json=[{"id": 7}], headers={"X-Total-Pages": "1"})
        poller: AsyncPoller[AsyncPager[Row]] = AsyncPoller(async_session(server), Call(_ops.REPORT, ("t1",)))
        assert (await poller.start()).id == "j1"
        assert await poller.status() == "A"
        assert [row.id for row in await (await poller.wait()).to_list()] == [7]
        with pytest.raises(PollerError, match="cannot be cancelled"):
            await poller.cancel()
        resumed = AsyncPoller[Job].resume(async_session(server), Call(_ops.RUN, ("t1",)), "j2")
        assert (await resumed).status == "DONE"
        assert server.requests[-1].path == "/shop/v1/t1/jobs/j2"

    anyio.run(main, backend=backend)


def test_status_and_cancel_raise_before_the_start(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE")
        poller: AsyncPoller[AsyncDownload] = AsyncPoller(async_session(server), Call(_ops.START, ("t1",), ["a"]))
        for method in (poller.status, poller.cancel):
            with pytest.raises(PollerError, match=r"shop\.jobs\.pack: the job was not started yet"):
                await method()
        assert server.requests == []

    anyio.run(main, backend=backend)


def test_a_job_is_started_once_by_two_tasks(backend: str) -> None:
    async def main() -> None:
        server = states("DONE")
        poller: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        caught: list[PollerError] = []

        async def start() -> None:
            try:
                await poller.start()
            except PollerError as error:
                caught.append(error)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(start)
            tasks.start_soon(start)
        assert len(server.calls("shop.jobs.run")) == 1
        assert [error.message for error in caught] in (
            [],
            ["shop.jobs.run: the job is being started by another task"],
        )
        assert (await poller.wait()).status == "DONE"

    anyio.run(main, backend=backend)


def test_start_may_be_called_again_after_an_error(backend: str) -> None:
    async def main() -> None:
        server = FakeServer().respond("shop.jobs.run", status=404)
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "S"})
        poller: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        with pytest.raises(NotFoundError):
            await poller.start()
        assert (await poller.start()).id == "j1"

    anyio.run(main, backend=backend)


def test_wait_raises_after_its_timeout(backend: str) -> None:
    async def main() -> None:
        poller: AsyncPoller[Job] = AsyncPoller(async_session(states("A")), Call(_ops.RUN, ("t1",)))
        with pytest.raises(PollerTimeoutError):
            await poller.wait(timeout=3)

    anyio.run(main, backend=backend)
