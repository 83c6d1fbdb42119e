"""Following a job on the server, without I/O: its state, and when to request it again."""

from __future__ import annotations

import logging
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final

from .._checks import argument_error
from .._errors import DecodeError, PollerError, PollerTimeoutError
from .._json import JSONValue
from .._lazy import public
from .._pointer import value_at
from .._redaction import safe_text
from ..calls._context import AnyError, CallContext
from ..calls._exchange import exchange
from ..http._headers import requested_wait
from ..sansio._steps import Sleep, backoff_delay

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..calls._call_response import CallResponse
    from ..calls._engine import Engine
    from ..operations._extensions import PollingSpec
    from ..operations._operation import Call
    from ..sansio._steps import Flow

__all__ = ["Job", "PollProgress", "check_job_id"]

_MIN_SHOWN: Final = 0.05  # seconds; shorter waits are not mentioned
_log: Final = logging.getLogger("xcaas")


@public
@dataclass(slots=True, eq=False)
class PollProgress:
    """The argument of a progress callback, which is called after each status request."""

    id: str
    state: str | None
    """The job's state in the service's words."""
    looks: int
    """Status requests so far."""
    elapsed: float
    """Seconds since the wait began."""
    body: JSONValue
    """The status response as JSON, for details such as percentages."""
    _: KW_ONLY
    partial: bool = False
    """Whether the job ended with part of its work not done."""

    def __repr__(self) -> str:
        return f"<PollProgress {self.id}: {self.state} after {_format_seconds(self.elapsed)}>"


class Job:
    """A job: its id, its latest state, and the flows that request it.

    Args:
        engine: Makes the calls.
        call: The call that starts the job; a resumed job uses only the shared arguments.
        id: The job's id, if it was started before.
    """

    __slots__ = (
        "_body",
        "_call",
        "_engine",
        "_has_warned",
        "_is_starting",
        "_polling",
        "_requests",
        "_state_is_new",
        "id",
        "response",
        "state",
    )

    def __init__(self, engine: Engine, call: Call[object], id: str | None = None) -> None:
        polling = call.operation.poller
        if polling is None:
            raise PollerError(f"{call.operation.call} starts no job that could be followed")
        self._engine = engine
        self._call = call
        self._polling: PollingSpec = polling
        self._requests = 0
        self._body: JSONValue = None  # of the latest response with a state
        self._is_starting = False
        self._has_warned = False  # about a partial result
        self._state_is_new = False  # then `wait` does not request it at once
        self.id = id
        self.state: str | None = None
        self.response: CallResponse[object] | None = None
        """The latest status response."""

    @property
    def name(self) -> str:
        """The name of the call, such as `storage.bulk_downloads.download`."""
        return self._sibling(self._polling.verb) or self._call.operation.call

    @property
    def resumer(self) -> str | None:
        """The call that resumes this job; None if there is none."""
        call = self._sibling(self._polling.resume)
        return None if call is None else f"{call}({'id' if self.id is None else repr(self.id)})"

    def _sibling(self, verb: str | None) -> str | None:
        group, dot, _ = self._call.operation.call.rpartition(".")
        return None if verb is None else f"{group}{dot}{verb}"

    @property
    def done(self) -> bool:
        """Whether the latest state means success. In undocumented states, the job counts as running."""
        return self.state in self._polling.status.done

    @property
    def failed(self) -> bool:
        return self.state in self._polling.status.failed

    @property
    def partial(self) -> bool:
        """Whether it succeeded with part of the work undone."""
        return self.state in self._polling.status.partial

    def start(self) -> Flow[None]:
        """Start the job if it has not been started."""
        if self.id is not None:
            return
        if self._is_starting:
            raise PollerError(
                f"{self.name}: the job is being started by another task",
                advice="Await one poller in one task; a second wait may begin when `start` is done.",
            )
        self._is_starting = True
        try:
            response = yield from exchange(self._engine, self._call)
        finally:
            self._is_starting = False
        body = _unwrap(response.json())
        pointer, argument = self._polling.id, self._polling.status.parameter
        id = self._call.value_of(argument) if pointer is None else value_at(body, pointer)
        if not isinstance(id, str | int) or id == "":
            raise self._complete(
                DecodeError("the response does not name the job that was started", pointer=pointer), response
            )
        self.id = str(id)
        self._set_state(body)
        self._state_is_new = True
        if self._status_call().operation is self._call.operation:
            self.response = response  # the job was started elsewhere, and this was a status request

    def request_status(self) -> Flow[str | None]:
        """Get the job's status. Return its state, in the service's words."""
        if self.id is None:
            raise self.not_started()
        self.response = yield from exchange(self._engine, self._status_call())
        self._requests += 1
        self._set_state(_unwrap(self.response.json()))
        return self.state

    def wait(self, timeout: float | None, progress: Callable[[PollProgress], object] | None) -> Flow[None]:
        """Check the status until the job is over.

        Raises:
            ArgumentError: `timeout` is invalid. Nothing was started.
            PollerError: The job failed or was cancelled.
            PollerTimeoutError: It was still running after `timeout` seconds.
        """
        _check_timeout(timeout)
        polling, clock = self._polling, self._engine.shared.clock
        yield from self.start()
        started = clock()
        deadline = started + (polling.timeout if timeout is None else timeout)
        delay = polling.first if self._state_is_new else 0.0
        self._state_is_new = False
        while not self._is_over():
            yield Sleep(max(0.0, min(delay, deadline - clock())))
            yield from self.request_status()
            if progress is not None:
                progress(self._progress(clock() - started))
            if not self._is_over() and clock() >= deadline:
                raise self._timed_out(clock() - started)
            delay = max(backoff_delay(delay, 2, polling.longest, polling.factor), polling.first, self._requested_wait())
        if self.failed:
            raise self._failure()
        if self.partial and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "%s: job %s ended as %s: part of the work is missing from its result", self.name, self.id, self.state
            )

    def cancel(self) -> Flow[None]:
        """Ask the service to stop the job. Raises `PollerError` if it cannot."""
        if self._polling.cancel is None:
            raise PollerError(
                f"{self.name}: a job of this kind cannot be cancelled",
                id=self.id,
                advice="Stop waiting for it; it ends by itself.",
            )
        if self.id is None:
            raise self.not_started()
        yield from exchange(self._engine, self._call.related(self._polling.cancel, self.id))

    def not_started(self) -> PollerError:
        """Return the error for a job that has not been started."""
        return PollerError(f"{self.name}: the job was not started yet", advice="Await the poller, or its `start`.")

    def result_call(self) -> Call[object] | None:
        """Return the call that fetches the result; None if the latest status response is the result."""
        result = self._polling.result
        return None if result is None else self._call.related(result, self.id)

    def _status_call(self) -> Call[object]:
        return self._call.related(self._polling.status, self.id)

    def _is_over(self) -> bool:
        if self.failed:
            return True
        # Without a result operation, the result is a status response, so one is needed even if `start` returned "done".
        return self.done and (self.response is not None or self._polling.result is not None)

    def _set_state(self, body: JSONValue) -> None:
        self._body = body
        state = value_at(body, self._polling.status.value)
        self.state = str(state) if isinstance(state, str | int | float) else None

    def _progress(self, seconds: float) -> PollProgress:
        return PollProgress(self.id or "", self.state, self._requests, seconds, self._body, partial=self.partial)

    def _requested_wait(self) -> float:
        """Return the seconds that the status response asks to wait."""
        if self.response is None:
            return 0.0
        return requested_wait(self.response.headers, self.response.status, self._engine.shared.wall()) or 0.0

    def _failure(self) -> PollerError:
        reason = self._reason()
        error = PollerError(
            f"job {self.id} ended as {safe_text(str(self.state))}" + (f": {safe_text(reason)}" if reason else ""),
            reason=reason,
            state=self.state,
            id=self.id,
            advice=None if reason else self._advice(),
        )
        return self._complete(error, self.response)

    def _advice(self) -> str:
        if "CANCEL" in (self.state or "").upper():
            return "Somebody cancelled it. Start it again if it is still wanted."
        return "The service gives no reason. Start it again; if it ends like this once more, ask support about this id."

    def _reason(self) -> str | None:
        """Return the service's reason; if there is none at the spec's pointer, its parent."""
        pointer = self._polling.status.reason
        if not pointer:
            return None
        reason = _reason_text(value_at(self._body, pointer))
        parent = pointer.rpartition("/")[0]
        return _reason_text(value_at(self._body, parent)) if reason is None and parent else reason

    def _timed_out(self, seconds: float) -> PollerTimeoutError:
        state = "not over" if self.state is None else safe_text(self.state)
        status = f"was still {state} after {_format_seconds(seconds)}" if seconds >= _MIN_SHOWN else f"is still {state}"
        resume_hint = "" if self.resumer is None else f", or follow it later with `{self.resumer}`"
        error = PollerTimeoutError(
            f"job {self.id} {status}",
            state=self.state,
            id=self.id,
            advice=f"It goes on at the server: wait again{resume_hint}.",
        )
        return self._complete(error, self.response)

    def _complete(self, error: AnyError, response: CallResponse[object] | None) -> AnyError:
        error.operation = self.name  # even if the response is of the status operation
        return (response or CallContext(self._call.operation)).complete(error)


def _unwrap(body: JSONValue) -> JSONValue:
    """Return the job's object, which some services send as the only element of a list."""
    return body[0] if isinstance(body, list) and len(body) == 1 else body


def check_job_id(id: object) -> str:
    """Return a valid job id. Without one, a poller would start another job."""
    if isinstance(id, str) and id:
        return id
    raise argument_error("id", f"must be the string from a poller's `id`, not {id!r}")


def _check_timeout(timeout: object) -> None:
    """Raise `ArgumentError` for an invalid timeout."""
    if timeout is None:
        return
    try:
        is_valid = isinstance(timeout, int | float) and not isinstance(timeout, bool) and float(timeout) >= 0
    except OverflowError:
        is_valid = False
    if not is_valid:  # also for nan
        raise argument_error("timeout", f"must be a number of seconds, at least 0, not {timeout!r}")


def _reason_text(reason: JSONValue) -> str | None:
    """Return a reason as text: strings as they are, and the message of an error object."""
    if isinstance(reason, dict):
        messages = [
            reason[name] for name in ("title", "detail", "message", "error") if isinstance(reason.get(name), str)
        ]
        if messages:
            return ": ".join(str(message) for message in messages)
    if reason is None or isinstance(reason, str):
        return reason or None
    import json

    try:
        return json.dumps(reason)
    except RecursionError:
        return None


def _format_seconds(seconds: float) -> str:
    """Format seconds, with a decimal below 10."""
    return f"{seconds:.0f} s" if seconds >= 10 or round(seconds, 1) == round(seconds) else f"{seconds:.1f} s"
