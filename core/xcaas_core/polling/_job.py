"""Following a job on the server, without I/O: what its responses mean and when to look again."""

from __future__ import annotations

import logging
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final

from .._checks import argument_error
from .._errors import DecodeError, PollerError, PollerTimeoutError
from .._json import JSONValue
from .._lazy import public
from .._pointer import value_at
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

__all__ = ["Job", "PollProgress", "known"]

_MOMENT: Final = 0.05  # seconds that no message needs to speak of
_log: Final = logging.getLogger("xcaas")


@public
@dataclass(slots=True, eq=False)
class PollProgress:
    """What a progress callback gets after each status request for a job."""

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
        return f"<PollProgress {self.id}: {self.state} after {_span(self.elapsed)}>"


class Job:
    """One job: its id, its latest state, and the flows that ask for it.

    Args:
        engine: Makes the calls.
        call: The call that starts the job; for a resumed job only the shared arguments count.
        id: The job's id, when it was started before.
    """

    __slots__ = (
        "_body",
        "_call",
        "_engine",
        "_fresh",
        "_looks",
        "_polling",
        "_starting",
        "_warned",
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
        self._looks = 0
        self._body: JSONValue = None  # of the latest response that told a state
        self._starting = False
        self._warned = False  # of a result that is not whole, once
        self._fresh = False  # whether the state was just learned, so that a wait need not ask at once
        self.id = id
        self.state: str | None = None
        self.response: CallResponse[object] | None = None
        """The latest status response."""

    @property
    def name(self) -> str:
        """The call that callers made, such as `storage.bulk_downloads.download`."""
        return self._beside(self._polling.verb) or self._call.operation.call

    @property
    def resumer(self) -> str | None:
        """The call that follows this job from elsewhere; None if there is none."""
        found = self._beside(self._polling.resume)
        return None if found is None else f"{found}({'id' if self.id is None else repr(self.id)})"

    def _beside(self, verb: str | None) -> str | None:
        group, dot, _ = self._call.operation.call.rpartition(".")
        return None if verb is None else f"{group}{dot}{verb}"

    @property
    def done(self) -> bool:
        """Whether the job came to a good end, as far as known. States that nobody documented mean that it still runs."""
        return self.state in self._polling.status.done

    @property
    def failed(self) -> bool:
        return self.state in self._polling.status.failed

    @property
    def partial(self) -> bool:
        """Whether it came to an end that is good, but leaves part of the work undone."""
        return self.state in self._polling.status.partial

    def start(self) -> Flow[None]:
        """Start the job, unless it was started before."""
        if self.id is not None:
            return
        if self._starting:
            raise PollerError(
                f"{self.name}: the job is being started by another task",
                advice="Await one poller in one task; a second wait may begin when `start` is done.",
            )
        self._starting = True
        try:
            response = yield from exchange(self._engine, self._call)
        finally:
            self._starting = False
        body = _one(response.json())
        pointer, given = self._polling.id, self._polling.status.parameter
        id = self._call.given(given) if pointer is None else value_at(body, pointer)
        if not isinstance(id, str | int) or id == "":
            raise self._in_context(
                DecodeError("the response does not name the job that was started", pointer=pointer), response
            )
        self.id = str(id)
        self._learn(body)
        self._fresh = True
        if self._status_call().operation is self._call.operation:
            self.response = response  # the job was started elsewhere: to start it is to look at it

    def look(self) -> Flow[str | None]:
        """Ask how the job stands. Returns its state, in the service's words."""
        if self.id is None:
            raise self.not_started()
        self.response = yield from exchange(self._engine, self._status_call())
        self._looks += 1
        self._learn(_one(self.response.json()))
        return self.state

    def wait(self, timeout: float | None, progress: Callable[[PollProgress], object] | None) -> Flow[None]:
        """Look again and again until the job is over.

        Raises:
            ArgumentError: `timeout` is no number of seconds. Nothing was started.
            PollerError: It failed, or was cancelled.
            PollerTimeoutError: It was still running when `timeout` seconds were over.
        """
        _check(timeout)
        polling, clock = self._polling, self._engine.shared.clock
        yield from self.start()
        began = clock()
        deadline = began + (polling.timeout if timeout is None else timeout)
        delay = polling.first if self._fresh else 0.0
        self._fresh = False
        while not self._over():
            yield Sleep(max(0.0, min(delay, deadline - clock())))
            yield from self.look()
            if progress is not None:
                progress(self._progress(clock() - began))
            if not self._over() and clock() >= deadline:
                raise self._timed_out(clock() - began)
            delay = max(backoff_delay(delay, 2, polling.longest, polling.factor), polling.first, self._asked_for())
        if self.failed:
            raise self._failure()
        if self.partial and not self._warned:
            self._warned = True
            _log.warning(
                "%s: job %s ended as %s: part of the work is missing from its result", self.name, self.id, self.state
            )

    def cancel(self) -> Flow[None]:
        """Ask the service to stop the job. PollerError if it has no way to."""
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
        """Return what to raise where only a job that was started makes sense."""
        return PollerError(f"{self.name}: the job was not started yet", advice="Await the poller, or its `start`.")

    def result_call(self) -> Call[object] | None:
        """Return the call that fetches the result; None if the latest status response is the result."""
        result = self._polling.result
        return None if result is None else self._call.related(result, self.id)

    def _status_call(self) -> Call[object]:
        return self._call.related(self._polling.status, self.id)

    def _over(self) -> bool:
        if self.failed:
            return True
        # Without an operation for the result, a status response is needed even if the start said "done".
        return self.done and (self.response is not None or self._polling.result is not None)

    def _learn(self, body: JSONValue) -> None:
        self._body = body
        state = value_at(body, self._polling.status.value)
        self.state = str(state) if isinstance(state, str | int | float) else None

    def _progress(self, seconds: float) -> PollProgress:
        return PollProgress(self.id or "", self.state, self._looks, seconds, self._body, partial=self.partial)

    def _asked_for(self) -> float:
        """Return seconds that the status response asks to wait."""
        if self.response is None:
            return 0.0
        return requested_wait(self.response.headers, self.response.status, self._engine.shared.wall()) or 0.0

    def _failure(self) -> PollerError:
        reason = self._reason()
        error = PollerError(
            f"job {self.id} ended as {self.state}" + (f": {reason}" if reason else ""),
            reason=reason,
            state=self.state,
            id=self.id,
            advice=None if reason else self._without_reason(),
        )
        return self._in_context(error, self.response)

    def _without_reason(self) -> str:
        if "CANCEL" in (self.state or "").upper():
            return "Somebody cancelled it. Start it again if it is still wanted."
        return "The service gives no reason. Start it again; if it ends like this once more, ask support about this id."

    def _reason(self) -> str | None:
        """Return what the service says; where the spec's place for it is empty, what stands around it."""
        pointer = self._polling.status.reason
        if not pointer:
            return None
        reason = _as_text(value_at(self._body, pointer))
        around = pointer.rpartition("/")[0]
        return _as_text(value_at(self._body, around)) if reason is None and around else reason

    def _timed_out(self, seconds: float) -> PollerTimeoutError:
        how = "not over" if self.state is None else self.state
        waited = f"was still {how} after {_span(seconds)}" if seconds >= _MOMENT else f"is still {how}"
        later = "" if self.resumer is None else f", or follow it later with `{self.resumer}`"
        error = PollerTimeoutError(
            f"job {self.id} {waited}",
            state=self.state,
            id=self.id,
            advice=f"It goes on at the server: wait again{later}.",
        )
        return self._in_context(error, self.response)

    def _in_context(self, error: AnyError, response: CallResponse[object] | None) -> AnyError:
        error.operation = self.name  # also where the response is that of the operation that tells the job's state
        return (response or CallContext(self._call.operation)).complete(error)


def _one(body: JSONValue) -> JSONValue:
    """Return the description of a job, which some services send as the only element of a list."""
    return body[0] if isinstance(body, list) and len(body) == 1 else body


def known(id: object) -> str:
    """Return the id of a job that was started before. Without one, a poller would start another job."""
    if isinstance(id, str) and id:
        return id
    raise argument_error("id", f"must be the string from a poller's `id`, not {id!r}")


def _check(timeout: object) -> None:
    """Refuse what is no number of seconds, before anything is started."""
    if timeout is None:
        return
    try:
        works = isinstance(timeout, int | float) and not isinstance(timeout, bool) and float(timeout) >= 0
    except OverflowError:
        works = False
    if not works:  # not-a-number, too
        raise argument_error("timeout", f"must be a number of seconds, at least 0, not {timeout!r}")


def _as_text(reason: JSONValue) -> str | None:
    """Return a reason for people: text as it is, and the telling part of an error object."""
    if isinstance(reason, dict):
        told = [reason[name] for name in ("title", "detail", "message", "error") if isinstance(reason.get(name), str)]
        if told:
            return ": ".join(str(part) for part in told)
    if reason is None or isinstance(reason, str):
        return reason or None
    import json

    try:
        return json.dumps(reason)
    except RecursionError:
        return None


def _span(seconds: float) -> str:
    """Return seconds for people, with tenths where they are few."""
    return f"{seconds:.0f} s" if seconds >= 10 or round(seconds, 1) == round(seconds) else f"{seconds:.1f} s"
