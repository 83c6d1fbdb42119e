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


def test_awaiting_starts_waits_and_fetches(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE").respond("shop.jobs.fetch", content=b"zip")
        job: AsyncPoller[AsyncDownload] = AsyncPoller(async_session(server), Call(_ops.START, ("t1",), ["a"]))
        assert server.requests == []
        with pytest.raises(PollerError, match="not started"):
            job.id  # noqa: B018 - it is the access that raises
        assert await (await job).read() == b"zip"
        assert (job.id, job.done) == ("j1", True)

    anyio.run(main, backend=backend)


def test_start_status_cancel_resume(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE").respond("shop.jobs.cancel", json={"status": "CANCELLED"})
        server.respond("shop.rows.list", json=[{"id": 7}], headers={"X-Total-Pages": "1"})
        job: AsyncPoller[AsyncPager[Row]] = AsyncPoller(async_session(server), Call(_ops.REPORT, ("t1",)))
        assert (await job.start()).id == "j1"
        assert await job.status() == "A"
        assert [row.id for row in await (await job.wait()).to_list()] == [7]
        with pytest.raises(PollerError, match="cannot be cancelled"):
            await job.cancel()
        again = AsyncPoller[Job].resume(async_session(server), Call(_ops.RUN, ("t1",)), "j2")
        assert (await again).status == "DONE"
        assert server.requests[-1].path == "/shop/v1/t1/jobs/j2"

    anyio.run(main, backend=backend)


def test_a_job_that_was_not_started_has_no_state(backend: str) -> None:
    async def main() -> None:
        server = states("A", "DONE")
        job: AsyncPoller[AsyncDownload] = AsyncPoller(async_session(server), Call(_ops.START, ("t1",), ["a"]))
        for ask in (job.status, job.cancel):
            with pytest.raises(PollerError, match=r"shop\.jobs\.pack: the job was not started yet"):
                await ask()
        assert server.requests == []

    anyio.run(main, backend=backend)


def test_two_tasks_start_one_job(backend: str) -> None:
    async def main() -> None:
        server = states("DONE")
        job: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        caught: list[PollerError] = []

        async def one() -> None:
            try:
                await job.start()
            except PollerError as error:
                caught.append(error)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one)
            tasks.start_soon(one)
        assert len(server.calls("shop.jobs.run")) == 1
        assert [error.message for error in caught] in (
            [],
            ["shop.jobs.run: the job is being started by another task"],
        )
        assert (await job.wait()).status == "DONE"

    anyio.run(main, backend=backend)


def test_starting_may_be_tried_again(backend: str) -> None:
    async def main() -> None:
        server = FakeServer().respond("shop.jobs.run", status=404)
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "S"})
        job: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        with pytest.raises(NotFoundError):
            await job.start()
        assert (await job.start()).id == "j1"

    anyio.run(main, backend=backend)


def test_timeout(backend: str) -> None:
    async def main() -> None:
        job: AsyncPoller[Job] = AsyncPoller(async_session(states("A")), Call(_ops.RUN, ("t1",)))
        with pytest.raises(PollerTimeoutError):
            await job.wait(timeout=3)

    anyio.run(main, backend=backend)
