"""Pollers in simulated time."""

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


def start_pack(server: FakeServer, operation: Operation[object] = _ops.START) -> Poller[Download]:
    body = ["a"] if operation is _ops.START else None
    return Poller(sync_session(server), Call(operation, ("t1",), body))


def start_run(server: FakeServer) -> Poller[Job]:
    return Poller(sync_session(server), Call(_ops.RUN, ("t1",)))


class TestWaiting:
    def test_wait_requests_the_status_and_returns_the_result(self) -> None:
        server = states("IN_PROGRESS", "IN_PROGRESS", "DONE").respond("shop.jobs.fetch", content=b"zip")
        poller = start_pack(server)
        assert (poller.id, poller.state, poller.done) == ("j1", "NOT_STARTED", False)
        assert poller.wait().read() == b"zip"
        assert poller.done
        assert server.clock.slept == [2.0, 4.0, 8.0]
        assert [request.path for request in server.calls("shop.jobs.status")] == ["/shop/v1/t1/jobs/j1"] * 3
        assert server.calls("shop.jobs.fetch")[0].path == "/shop/v1/t1/jobs/j1/zip"

    def test_waits_grow_up_to_a_maximum(self) -> None:
        server = states(*["IN_PROGRESS"] * 6, "DONE")
        start_pack(server).wait()
        assert server.clock.slept == [2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0]

    def test_undocumented_states_count_as_running(self) -> None:
        server = states("QUEUED_FOR_REVIEW", "", "DONE")
        start_pack(server).wait()
        assert len(server.calls("shop.jobs.status")) == 3

    def test_a_response_without_a_state_counts_as_running(self) -> None:
        server = states("x")
        server.reset()
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "S"})
        server.respond("shop.jobs.status", json={"status": None}).respond("shop.jobs.status", json={"status": "DONE"})
        assert start_run(server).wait().status == "DONE"

    def test_a_partial_job_is_done_and_logs_a_warning(self, caplog: pytest.LogCaptureFixture) -> None:
        events: list[bool] = []
        server = states("RUNNING", "PARTIAL_DONE").respond("shop.jobs.fetch", content=b"zip")
        poller = start_pack(server)
        assert not poller.partial
        assert poller.wait(progress=lambda progress: events.append(progress.partial)).read() == b"zip"
        assert (poller.state, poller.done, poller.partial, events) == ("PARTIAL_DONE", True, True, [False, True])
        assert repr(poller) == "<Poller of shop.jobs.pack: j1 PARTIAL_DONE partial>"
        poller.wait()
        (warning,) = [record for record in caplog.records if record.name == "xcaas"]
        assert warning.levelname == "WARNING"
        assert warning.getMessage() == (
            "shop.jobs.pack: job j1 ended as PARTIAL_DONE: part of the work is missing from its result"
        )

    def test_a_complete_job_is_not_partial(self, caplog: pytest.LogCaptureFixture) -> None:
        poller = start_pack(states("DONE"))
        poller.wait()
        assert (poller.done, poller.partial) == (True, False)
        assert not caplog.records

    def test_a_job_may_be_done_at_start(self) -> None:
        server = states(start="DONE").respond("shop.jobs.fetch", content=b"zip")
        assert start_pack(server).wait().read() == b"zip"
        assert server.clock.slept == []
        assert server.calls("shop.jobs.status") == []

    def test_retry_after_lengthens_the_wait(self) -> None:
        server = states()
        server.respond("shop.jobs.status", json={"status": "BUSY"}, headers={"Retry-After": "30"})
        server.respond("shop.jobs.status", json={"status": "DONE"})
        start_pack(server).wait()
        assert server.clock.slept == [2.0, 30.0]

    def test_a_second_wait_requests_the_status_at_once(self) -> None:
        server = states("RUNNING", "RUNNING", "DONE")
        poller = start_pack(server)
        with pytest.raises(PollerTimeoutError):
            poller.wait(timeout=5)
        poller.wait()
        assert server.clock.slept == [2.0, 3.0, 0.0]

    def test_progress_is_called_after_each_status_request(self) -> None:
        events: list[PollProgress] = []
        start_pack(states("A", "B", "DONE")).wait(progress=events.append)
        assert [(event.state, event.looks, event.elapsed) for event in events] == [
            ("A", 1, 2.0),
            ("B", 2, 6.0),
            ("DONE", 3, 14.0),
        ]
        assert events[0].body == {"id": "j1", "status": "A", "message": None}
        assert repr(events[0]) == "<PollProgress j1: A after 2 s>"

    def test_an_exception_from_progress_ends_the_wait(self) -> None:
        def stop(progress: PollProgress) -> None:
            raise KeyboardInterrupt

        server = states("A")
        poller = start_pack(server)
        with pytest.raises(KeyboardInterrupt):
            poller.wait(progress=stop)
        assert len(server.calls("shop.jobs.status")) == 1


class TestResults:
    def test_the_last_status_response_is_the_default_result(self) -> None:
        result = start_run(states("A", "DONE")).wait()
        assert isinstance(result, Job)
        assert result.status == "DONE"

    def test_the_status_of_a_job_done_at_start_is_requested_once(self) -> None:
        server = states("DONE", start="DONE")
        assert start_run(server).wait().status == "DONE"
        assert len(server.calls("shop.jobs.status")) == 1

    def test_a_job_started_elsewhere_is_followed(self) -> None:
        """If the polled operation is itself the status request, starting is the first one."""
        server = states("RUNNING", "DONE")
        poller: Poller[Job] = Poller(sync_session(server), Call(_ops.WATCH, ("t1", "j1")))
        assert poller.state == "RUNNING"
        assert poller.wait().status == "DONE"
        assert len(server.requests) == 2
        done: Poller[Job] = Poller(sync_session(states("DONE")), Call(_ops.WATCH, ("t1", "j1")))
        assert done.wait().status == "DONE"

    def test_the_result_may_come_from_another_operation(self) -> None:
        server = states("DONE").respond("shop.things.get", json={"size": 3})
        poller: Poller[Thing] = Poller(sync_session(server), Call(_ops.BUILD, ("t1",)))
        assert poller.wait().size == 3
        assert server.requests[-1].path == "/shop/v1/things/j1"

        async def main() -> int | None:
            poller: AsyncPoller[Thing] = AsyncPoller(async_session(server), Call(_ops.BUILD, ("t1",)))
            return (await poller).size

        assert anyio.run(main) == 3

    def test_a_list_result_is_a_pager(self) -> None:
        server = states("DONE").respond("shop.rows.list", json=[{"id": 7}], headers={"X-Total-Pages": "1"})
        poller: Poller[Pager[Row]] = Poller(sync_session(server), Call(_ops.REPORT, ("t1",)))
        assert [row.id for row in poller.wait()] == [7]


class TestErrors:
    def test_a_failed_job_raises_with_the_servers_reason(self) -> None:
        server = states("RUNNING")
        server.respond("shop.jobs.status", json={"status": "FAILED", "message": "disk full"}, headers={})
        with pytest.raises(PollerError, match="disk full") as caught:
            start_pack(server).wait()
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
    def test_reasons_are_read_from_strings_and_objects(self, message: object, reason: str | None) -> None:
        server = states()
        server.respond("shop.jobs.status", json={"status": "FAILED", "message": message})
        with pytest.raises(PollerError) as caught:
            start_run(server).wait()
        assert caught.value.reason == reason

    def test_a_long_reason_is_shown_in_one_short_line_and_kept_whole(self) -> None:
        reason = "disk\n  full " + "x" * 1000
        server = states().respond("shop.jobs.status", json={"status": "FAILED", "message": reason})
        with pytest.raises(PollerError, match=r"job j1 ended as FAILED: disk full x{100}") as caught:
            start_run(server).wait()
        assert caught.value.reason == reason
        assert len(str(caught.value)) < 500

    def test_a_missing_reason_is_read_from_its_parent_object(self) -> None:
        server = FakeServer().respond(
            "shop.jobs.watch", json={"id": "j1", "status": "FAILED", "error": {"title": "No"}}
        )
        poller: Poller[Job] = Poller(sync_session(server), Call(_ops.WATCH, ("t1", "j1")))
        with pytest.raises(PollerError) as caught:
            poller.wait()
        assert caught.value.reason == "No"

    def test_a_failure_without_a_reason_says_so(self) -> None:
        poller: Poller[Thing] = Poller(sync_session(states("FAILED")), Call(_ops.BUILD, ("t1",)))
        with pytest.raises(PollerError, match="job j1 ended as FAILED") as caught:
            poller.wait()
        assert caught.value.reason is None
        assert "gives no reason" in (caught.value.advice or "")

    def test_a_cancelled_job_raises_with_advice(self) -> None:
        with pytest.raises(PollerError, match="job j1 ended as CANCELLED") as caught:
            start_run(states("CANCELLED")).wait()
        assert caught.value.advice == "Somebody cancelled it. Start it again if it is still wanted."

    def test_a_job_that_failed_at_start_raises_without_a_status_request(self) -> None:
        server = FakeServer()
        server.respond("shop.jobs.run", status=202, json={"id": "j1", "status": "FAILED", "message": "no rights"})
        poller = start_run(server)
        assert poller.done
        with pytest.raises(PollerError, match="no rights"):
            poller.wait()
        assert server.calls("shop.jobs.status") == []

    def test_the_timeout_error_says_how_to_continue(self) -> None:
        server = states("RUNNING")
        with pytest.raises(PollerTimeoutError, match="job j1 was still RUNNING after 7 s") as caught:
            start_run(server).wait(timeout=7)
        assert caught.value.advice == "It goes on at the server: wait again."
        assert caught.value.id == "j1"
        assert isinstance(caught.value, TimeoutError)
        assert server.clock.slept == [1.0, 1.5, 2.25, 2.25]

    def test_the_default_timeout_is_the_specs(self) -> None:
        server = states("RUNNING")
        with pytest.raises(PollerTimeoutError):
            start_pack(server).wait()
        assert sum(server.clock.slept) == pytest.approx(100.0)

    def test_a_timeout_of_zero_requests_the_status_once(self) -> None:
        assert start_run(states("DONE")).wait(timeout=0).status == "DONE"

    @pytest.mark.parametrize(
        ("timeout", "status", "message"),
        [
            (0, "RUNNING", "job j1 is still RUNNING"),
            (0.5, "RUNNING", "job j1 was still RUNNING after 0.5 s"),
            (12.5, "RUNNING", "job j1 was still RUNNING after 12 s"),
            (3, None, "job j1 was still not over after 3 s"),
        ],
    )
    def test_timeout_errors_state_the_status_and_the_seconds_waited(
        self, timeout: float, status: str | None, message: str
    ) -> None:
        server = FakeServer().respond("shop.jobs.start", status=202, json={"id": "j1", "status": status})
        server.respond("shop.jobs.status", json={"id": "j1", "status": status})
        with pytest.raises(PollerTimeoutError) as caught:
            start_pack(server).wait(timeout)
        assert caught.value.message == message
        assert "`shop.jobs.resume_pack('j1')`" in (caught.value.advice or "")

    @pytest.mark.parametrize("timeout", [-1, -0.1, float("nan"), "60", True])
    def test_invalid_timeouts_raise_before_the_start(self, timeout: Any) -> None:
        server = states("DONE")
        poller: AsyncPoller[Job] = AsyncPoller(async_session(server), Call(_ops.RUN, ("t1",)))
        with pytest.raises(ArgumentError, match="must be a number of seconds, at least 0") as caught:
            anyio.run(poller.wait, timeout)
        assert caught.value.argument == "timeout"
        assert server.requests == []

    def test_an_infinite_timeout_waits_until_the_end(self) -> None:
        assert start_run(states(*["A"] * 200, "DONE")).wait(timeout=float("inf")).status == "DONE"

    def test_wait_may_be_called_again_after_an_error(self) -> None:
        server = states()
        server.respond("shop.jobs.status", status=404).respond("shop.jobs.status", json={"status": "DONE"})
        poller = start_run(server)
        with pytest.raises(NotFoundError):
            poller.wait()
        assert poller.wait().status == "DONE"

    @pytest.mark.parametrize("id", [None, "", {}])
    def test_a_start_response_without_an_id_raises(self, id: object) -> None:
        server = FakeServer().respond("shop.jobs.run", status=202, json={"id": id, "status": "S"})
        with pytest.raises(DecodeError) as caught:
            start_run(server)
        assert caught.value.pointer == "/id"

    def test_an_operation_without_a_job_raises(self) -> None:
        with pytest.raises(PollerError, match="starts no job"):
            start_pack(FakeServer(), _ops.STATUS)


class TestMethods:
    def test_status_sends_one_request(self) -> None:
        server = states("A", "DONE")
        poller = start_run(server)
        assert (poller.status(), poller.done) == ("A", False)
        assert (poller.status(), poller.done) == ("DONE", True)
        assert server.clock.slept == []
        assert repr(poller) == "<Poller of shop.jobs.run: j1 DONE>"

    def test_cancel_sends_the_cancel_request(self) -> None:
        server = states("CANCELLED").respond("shop.jobs.cancel", json={"status": "CANCELLED"})
        start_pack(server).cancel()
        assert server.calls("shop.jobs.cancel")[0].path == "/shop/v1/t1/jobs/j1"

    def test_cancel_raises_where_it_is_not_supported(self) -> None:
        with pytest.raises(PollerError, match="cannot be cancelled"):
            start_run(states()).cancel()

    @pytest.mark.parametrize("poller_class", [Poller, AsyncPoller])
    @pytest.mark.parametrize("id", [None, "", 7])
    def test_resume_raises_without_an_id(self, poller_class: Any, id: object) -> None:
        server = states("DONE")
        with pytest.raises(ArgumentError, match="must be the string from a poller's `id`"):
            poller_class.resume(sync_session(server), Call(_ops.START, ("t1",)), id)
        assert server.requests == []

    def test_resume_follows_a_job_by_its_id(self) -> None:
        server = states("DONE").respond("shop.jobs.fetch", content=b"zip")
        poller = Poller[Download].resume(sync_session(server), Call(_ops.START, ("t1",)), "j9")
        assert server.requests == []
        assert poller.wait().read() == b"zip"
        assert server.clock.slept == [0.0]
        assert server.calls("shop.jobs.start") == []
        assert server.calls("shop.jobs.status")[0].path == "/shop/v1/t1/jobs/j9"
