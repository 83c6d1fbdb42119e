"""Pollers with a clock that moves only while they wait."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.support.example_api import _ops
from tests.support.example_api.models import Job, Row, Thing
from tests.support.jobs import states
from tests.support.sessions import async_session, sync_session
from xcaas_core._errors import ArgumentError, DecodeError, NotFoundError, PollerError, PollerTimeoutError
from xcaas_core.downloads._download import Download
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.paging._pager import Pager
from xcaas_core.polling._job import PollProgress
from xcaas_core.polling._poller import AsyncPoller, Poller
from xcaas_core.testing import FakeServer


def poller(server: FakeServer, operation: Operation[object] = _ops.START) -> Poller[Download]:
    body = ["a"] if operation is _ops.START else None
    return Poller(sync_session(server), Call(operation, ("t1",), body))


def run(server: FakeServer) -> Poller[Job]:
    return Poller(sync_session(server), Call(_ops.RUN, ("t1",)))


class TestWaiting:
    def test_start_look_result(self) -> None:
        server = states("IN_PROGRESS", "IN_PROGRESS", "DONE").respond("shop.jobs.fetch", content=b"zip")
        job = poller(server)
        assert (job.id, job.state, job.done) == ("j1", "NOT_STARTED", False)
        assert job.wait().read() == b"zip"
        assert job.done
        assert server.clock.slept == [2.0, 4.0, 8.0]
        assert [request.path for request in server.calls("shop.jobs.status")] == ["/shop/v1/t1/jobs/j1"] * 3
        assert server.calls("shop.jobs.fetch")[0].path == "/shop/v1/t1/jobs/j1/zip"

    def test_waits_grow_up_to_the_longest(self) -> None:
        server = states(*["IN_PROGRESS"] * 6, "DONE")
        poller(server).wait()
        assert server.clock.slept == [2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0]

    def test_states_that_nobody_documented_are_still_running(self) -> None:
        server = states("QUEUED_FOR_REVIEW", "", "DONE")
        poller(server).wait()
        assert len(server.calls("shop.jobs.status")) == 3

    def test_answer_without_a_state_is_still_running(self) -> None:
        server = states("x")
        server.reset()
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "S"})
        server.respond("shop.jobs.status", json={"status": None}).respond("shop.jobs.status", json={"status": "DONE"})
        assert run(server).wait().status == "DONE"

    def test_partly_done_is_done_and_shows_it(self, caplog: pytest.LogCaptureFixture) -> None:
        told: list[bool] = []
        server = states("RUNNING", "PARTIAL_DONE").respond("shop.jobs.fetch", content=b"zip")
        job = poller(server)
        assert not job.partial
        assert job.wait(progress=lambda progress: told.append(progress.partial)).read() == b"zip"
        assert (job.state, job.done, job.partial, told) == ("PARTIAL_DONE", True, True, [False, True])
        assert repr(job) == "<Poller of shop.jobs.pack: j1 PARTIAL_DONE partial>"
        job.wait()
        (warning,) = [record for record in caplog.records if record.name == "xcaas"]
        assert warning.levelname == "WARNING"
        assert warning.getMessage() == (
            "shop.jobs.pack: job j1 ended as PARTIAL_DONE: part of the work is missing from its result"
        )

    def test_wholly_done_is_not_partial(self, caplog: pytest.LogCaptureFixture) -> None:
        job = poller(states("DONE"))
        job.wait()
        assert (job.done, job.partial) == (True, False)
        assert not caplog.records

    def test_small_job_may_be_done_at_once(self) -> None:
        server = states(start="DONE").respond("shop.jobs.fetch", content=b"zip")
        assert poller(server).wait().read() == b"zip"
        assert server.clock.slept == []
        assert server.calls("shop.jobs.status") == []

    def test_server_may_ask_for_a_longer_wait(self) -> None:
        server = states()
        server.respond("shop.jobs.status", json={"status": "BUSY"}, headers={"Retry-After": "30"})
        server.respond("shop.jobs.status", json={"status": "DONE"})
        poller(server).wait()
        assert server.clock.slept == [2.0, 30.0]

    def test_waiting_again_looks_at_once(self) -> None:
        server = states("RUNNING", "RUNNING", "DONE")
        job = poller(server)
        with pytest.raises(PollerTimeoutError):
            job.wait(timeout=5)
        job.wait()
        assert server.clock.slept == [2.0, 3.0, 0.0]

    def test_progress_is_told_after_each_look(self) -> None:
        told: list[PollProgress] = []
        poller(states("A", "B", "DONE")).wait(progress=told.append)
        assert [(told.state, told.looks, told.elapsed) for told in told] == [
            ("A", 1, 2.0),
            ("B", 2, 6.0),
            ("DONE", 3, 14.0),
        ]
        assert told[0].body == {"id": "j1", "status": "A", "message": None}
        assert repr(told[0]) == "<PollProgress j1: A after 2 s>"

    def test_progress_may_end_the_wait(self) -> None:
        def stop(progress: PollProgress) -> None:
            raise KeyboardInterrupt

        server = states("A")
        job = poller(server)
        with pytest.raises(KeyboardInterrupt):
            job.wait(progress=stop)
        assert len(server.calls("shop.jobs.status")) == 1


class TestResults:
    def test_last_status_answer_where_there_is_no_other(self) -> None:
        found = run(states("A", "DONE")).wait()
        assert isinstance(found, Job)
        assert found.status == "DONE"

    def test_job_done_at_start_is_asked_once_for_its_answer(self) -> None:
        server = states("DONE", start="DONE")
        assert run(server).wait().status == "DONE"
        assert len(server.calls("shop.jobs.status")) == 1

    def test_job_that_was_started_elsewhere(self) -> None:
        """Where the operation that tells the state is polled itself, starting is the first look."""
        server = states("RUNNING", "DONE")
        job: Poller[Job] = Poller(sync_session(server), Call(_ops.WATCH, ("t1", "j1")))
        assert job.state == "RUNNING"
        assert job.wait().status == "DONE"
        assert len(server.requests) == 2
        done: Poller[Job] = Poller(sync_session(states("DONE")), Call(_ops.WATCH, ("t1", "j1")))
        assert done.wait().status == "DONE"

    def test_answer_of_another_operation(self) -> None:
        server = states("DONE").respond("shop.things.get", json={"size": 3})
        job: Poller[Thing] = Poller(sync_session(server), Call(_ops.BUILD, ("t1",)))
        assert job.wait().size == 3
        assert server.requests[-1].path == "/shop/v1/things/j1"

        async def main() -> int | None:
            job: AsyncPoller[Thing] = AsyncPoller(async_session(server), Call(_ops.BUILD, ("t1",)))
            return (await job).size

        assert anyio.run(main) == 3

    def test_list_comes_as_a_pager(self) -> None:
        server = states("DONE").respond("shop.rows.list", json=[{"id": 7}], headers={"X-Total-Pages": "1"})
        job: Poller[Pager[Row]] = Poller(sync_session(server), Call(_ops.REPORT, ("t1",)))
        assert [row.id for row in job.wait()] == [7]


class TestFailure:
    def test_failed_job_raises_with_the_servers_reason(self) -> None:
        server = states("RUNNING")
        server.respond("shop.jobs.status", json={"status": "FAILED", "message": "disk full"}, headers={})
        with pytest.raises(PollerError, match="disk full") as caught:
            poller(server).wait()
        error = caught.value
        assert (error.reason, error.state, error.id) == ("disk full", "FAILED", "j1")
        assert (error.operation, error.status) == ("shop.jobs.pack", 200)
        assert error.advice is None
        assert not isinstance(error, PollerTimeoutError)

    @pytest.mark.parametrize(
        ("message", "reason"),
        [
            ({"title": "Conflict", "detail": "taken", "status": 409}, "Conflict: taken"),
            ({"code": 3}, '{"code": 3}'),
            (["a"], '["a"]'),
            (None, None),
            ("", None),
        ],
    )
    def test_reasons_of_all_shapes(self, message: object, reason: str | None) -> None:
        server = states()
        server.respond("shop.jobs.status", json={"status": "FAILED", "message": message})
        with pytest.raises(PollerError) as caught:
            run(server).wait()
        assert caught.value.reason == reason

    def test_reason_that_is_missing_is_looked_for_around(self) -> None:
        server = FakeServer().respond(
            "shop.jobs.watch", json={"id": "j1", "status": "FAILED", "error": {"title": "No"}}
        )
        job: Poller[Job] = Poller(sync_session(server), Call(_ops.WATCH, ("t1", "j1")))
        with pytest.raises(PollerError) as caught:
            job.wait()
        assert caught.value.reason == "No"

    def test_reason_that_the_spec_does_not_know_of(self) -> None:
        job: Poller[Thing] = Poller(sync_session(states("FAILED")), Call(_ops.BUILD, ("t1",)))
        with pytest.raises(PollerError, match="job j1 ended as FAILED") as caught:
            job.wait()
        assert caught.value.reason is None
        assert "gives no reason" in (caught.value.advice or "")

    def test_job_that_somebody_cancelled(self) -> None:
        with pytest.raises(PollerError, match="job j1 ended as CANCELLED") as caught:
            run(states("CANCELLED")).wait()
        assert caught.value.advice == "Somebody cancelled it. Start it again if it is still wanted."

    def test_job_that_failed_at_once(self) -> None:
        server = FakeServer()
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "FAILED", "message": "no rights"})
        job = run(server)
        assert job.done
        with pytest.raises(PollerError, match="no rights"):
            job.wait()
        assert server.calls("shop.jobs.status") == []

    def test_timeout_tells_how_to_go_on(self) -> None:
        server = states("RUNNING")
        with pytest.raises(PollerTimeoutError, match="job j1 was still RUNNING after 7 s") as caught:
            run(server).wait(timeout=7)
        assert caught.value.advice == "It goes on at the server: wait again."
        assert caught.value.id == "j1"
        assert isinstance(caught.value, TimeoutError)
        assert server.clock.slept == [1.0, 1.5, 2.25, 2.25]

    def test_spec_gives_a_timeout_too(self) -> None:
        server = states("RUNNING")
        with pytest.raises(PollerTimeoutError):
            poller(server).wait()
        assert sum(server.clock.slept) == pytest.approx(100.0)

    def test_no_time_at_all_still_means_one_look(self) -> None:
        assert run(states("DONE")).wait(timeout=0).status == "DONE"

    @pytest.mark.parametrize(
        ("timeout", "told", "message"),
        [
            (0, "RUNNING", "job j1 is still RUNNING"),
            (0.5, "RUNNING", "job j1 was still RUNNING after 0.5 s"),
            (12.5, "RUNNING", "job j1 was still RUNNING after 12 s"),
            (3, None, "job j1 was still not over after 3 s"),
        ],
    )
    def test_timeouts_are_told_in_fitting_words(self, timeout: float, told: str | None, message: str) -> None:
        server = FakeServer().respond("shop.jobs.start", status=202, json={"id": "j1", "status": told})
        server.respond("shop.jobs.status", json={"id": "j1", "status": told})
        with pytest.raises(PollerTimeoutError) as caught:
            poller(server).wait(timeout)
        assert caught.value.message == message
        assert "`shop.jobs.resume_pack('j1')`" in (caught.value.advice or "")

    @pytest.mark.parametrize("timeout", [-1, -0.1, float("nan"), "60", True])
    def test_timeouts_that_are_none(self, timeout: Any) -> None:
        server = states("DONE")
        job: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        with pytest.raises(ArgumentError, match="must be a number of seconds, at least 0") as caught:
            anyio.run(job.wait, timeout)
        assert caught.value.argument == "timeout"
        assert server.requests == []

    def test_no_end_to_the_waiting(self) -> None:
        assert run(states(*["A"] * 200, "DONE")).wait(timeout=float("inf")).status == "DONE"

    def test_error_of_a_look_leaves_the_poller_usable(self) -> None:
        server = states()
        server.respond("shop.jobs.status", status=404).respond("shop.jobs.status", json={"status": "DONE"})
        job = run(server)
        with pytest.raises(NotFoundError):
            job.wait()
        assert job.wait().status == "DONE"

    @pytest.mark.parametrize("id", [None, "", {}])
    def test_start_answer_without_an_id(self, id: object) -> None:
        server = FakeServer().respond("shop.jobs.run", status=202, json={"id": id, "status": "S"})
        with pytest.raises(DecodeError) as caught:
            run(server)
        assert caught.value.pointer == "/id"

    def test_operation_that_starts_no_job(self) -> None:
        with pytest.raises(PollerError, match="starts no job"):
            poller(FakeServer(), _ops.STATUS)


class TestByHand:
    def test_status_asks_once(self) -> None:
        server = states("A", "DONE")
        job = run(server)
        assert (job.status(), job.done) == ("A", False)
        assert (job.status(), job.done) == ("DONE", True)
        assert server.clock.slept == []
        assert repr(job) == "<Poller of shop.jobs.run: j1 DONE>"

    def test_cancel(self) -> None:
        server = states("CANCELLED").respond("shop.jobs.cancel", json={"status": "CANCELLED"})
        poller(server).cancel()
        assert server.calls("shop.jobs.cancel")[0].path == "/shop/v1/t1/jobs/j1"

    def test_cancel_where_there_is_no_way_to(self) -> None:
        with pytest.raises(PollerError, match="cannot be cancelled"):
            run(states()).cancel()

    @pytest.mark.parametrize("kind", [Poller, AsyncPoller])
    @pytest.mark.parametrize("id", [None, "", 7])
    def test_resuming_without_an_id_starts_nothing(self, kind: Any, id: object) -> None:
        server = states("DONE")
        with pytest.raises(ArgumentError, match="must be the string from a poller's `id`"):
            kind.resume(sync_session(server), Call(_ops.START, ("t1",)), id)
        assert server.requests == []

    def test_resume_in_another_process(self) -> None:
        server = states("DONE").respond("shop.jobs.fetch", content=b"zip")
        job = Poller[Download].resume(sync_session(server), Call(_ops.START, ("t1",)), "j9")
        assert server.requests == []
        assert job.wait().read() == b"zip"
        assert server.clock.slept == [0.0]
        assert server.calls("shop.jobs.start") == []
        assert server.calls("shop.jobs.status")[0].path == "/shop/v1/t1/jobs/j9"
