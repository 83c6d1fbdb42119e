"""The flow of one call: build the request, wait for a slot, authorize, send, and retry if needed.

One deadline covers all of it. A token is put on the request after all waiting, so that it is fresh when sent.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from .._errors import Attempt, CallTimeoutError, ConnectError, TransportError, XCaaSError
from .._redaction import safe_url
from ..http._headers import requested_wait
from ..sansio._messages import Response
from ..sansio._steps import Close, Flow, Read, Sleep, send
from ._call_response import CallResponse
from ._context import CallContext, mask_error
from ._error_responses import response_error
from ._requests import build_request
from ._retry import retry_cost, retry_wait, should_retry
from .hooks import CallHooks

if TYPE_CHECKING:
    from ..auth.security._authorizer import AppliedCredentials
    from ..operations._operation import Call
    from ..sansio._messages import Request
    from ..serialization._compiled import Compiled
    from ._engine import Engine

__all__ = ["exchange"]

T = TypeVar("T")
R = TypeVar("R")
_log: Final = logging.getLogger("xcaas")


def exchange(engine: Engine, call: Call[T]) -> Flow[CallResponse[T]]:
    """Make a call, with retries and credentials. Raises any `XCaaSError`."""
    return CallRunner(engine, call).run()


class CallRunner(Generic[T]):
    """One call in progress."""

    __slots__ = (
        "_applied",
        "_endpoint",
        "_hooks",
        "_needs_auth",
        "_renewed",
        "_replayed",
        "_retries",
        "_sent",
        "_url",
        "_waited",
        "call",
        "compiled",
        "context",
        "deadline",
        "engine",
        "request",
    )

    def __init__(self, engine: Engine, call: Call[T]) -> None:
        self.engine: Engine = engine
        self.call: Call[T] = call
        self.context: CallContext = CallContext(call.operation)
        hooks = engine.options.hooks
        self._hooks = CallHooks(hooks, call.operation, engine.shared.clock) if hooks else None
        self._applied: AppliedCredentials | None = None
        self._renewed = False
        self._replayed = False
        self._retries = 0
        self._sent = False
        self._waited = 0.0
        total = engine.options.timeout.total
        self.deadline: float | None = None if total is None else engine.shared.clock() + total
        try:
            self._endpoint = engine.endpoint(call.operation)
            self.compiled: Compiled = self._endpoint.compiled
            request, self._needs_auth = build_request(engine, self._endpoint, call)
            self.request: Request = request
            self.context.request = request
            self._url = request.url
        except XCaaSError as error:
            error.operation = call.operation.call
            raise

    def run(self) -> Flow[CallResponse[T]]:
        """Make the call. Errors carry its operation, request and attempts."""
        try:
            while True:
                started = self.engine.shared.clock()
                response: Response | None = None
                failure: TransportError | None = None
                try:
                    response = yield from self._attempt()
                except TransportError as error:
                    if not self._sent:
                        # no token or slot in time; token requests have their own retries
                        raise
                    mask_error(error, self.context.redactor())
                    failure = error
                self._record_attempt(started, response, failure)
                if response is not None and self.compiled.responses.is_success(response.status):
                    self.engine.shared.budget.give()
                    self._notify(response, None, None)
                    if self.call.stream:
                        yield from self._check_stream(response)
                    return CallResponse(response, self.context, self.value)
                if response is not None and (yield from self._renew_credentials(response)):
                    wait: float | None = 0.0
                else:
                    wait = self._retry_wait(response, failure)
                self._notify(response, failure, wait)
                if wait is None:
                    raise self._final_error(response, failure)
                if wait > 0:
                    yield Sleep(wait)
                self._waited = wait
        except XCaaSError as error:
            self.context.complete(error)
            self._finish_hooks(error)
            raise
        except BaseException as error:
            self._finish_hooks(error)
            raise

    def _attempt(self) -> Flow[Response]:
        """Make one attempt, from waiting for a slot to the end of the response (of its headers, if streamed)."""
        self._sent = False
        endpoint, request, flight = self._endpoint, self.request, self.engine.shared.flight
        hooks = self._hooks
        if hooks is not None and hooks.can_respond and not self.call.stream:
            # Before the rate limit, which counts only requests that are sent.
            self._run_before_hooks(hooks)
            if (stub := hooks.stubbed_response()) is not None:
                self._sent = True
                return stub
        if endpoint.limiter is not None:
            yield from endpoint.limiter.enter(self._remaining())
        if hooks is not None and not hooks.has_begun:
            self._run_before_hooks(hooks)
        if not flight.try_enter():
            yield from flight.enter(self._remaining())
        try:
            if self._needs_auth and endpoint.authorizer is not None:
                request.url = self._url  # without the key that an earlier attempt added to the query
                flow = endpoint.authorizer.authorize(request, deadline=self.deadline, replay=self._renewed)
                self._applied = yield from self._with_token_hooks(flow)
            request.timeout = self._remaining()
            self._sent = True
            response = yield from send(request, stream=self.call.stream)
            if self.call.stream and not self.compiled.responses.is_success(response.status):
                yield Read(response)
        finally:
            flight.leave()
        if hooks is None or self.call.stream:  # hooks get whole bodies only
            return response
        return hooks.replaced_response(request, response)  # outside of the slot, as hooks may make calls

    def _remaining(self) -> float | None:
        """Return the seconds until the deadline. Raises `CallTimeoutError` if it has passed."""
        if self.deadline is None:
            return None
        remaining = self.deadline - self.engine.shared.clock()
        if remaining <= 0:
            raise CallTimeoutError("no time was left to send the request", advice="Allow a longer timeout.")
        return remaining

    def value(self, response: Response) -> T:
        """Decode the body."""
        value: T = self.compiled.responses.value(response, self.engine.lenient)
        return value

    def _check_stream(self, response: Response) -> Flow[None]:
        """Raise for a response that cannot be decoded, and close it."""
        try:
            self.compiled.responses.check(response)
        except XCaaSError as error:
            yield Close(response)
            self.context.complete(error, response)
            raise

    def _renew_credentials(self, response: Response) -> Flow[bool]:
        """Return whether there are other credentials to try after a 401. Tried once per call."""
        authorizer = self._endpoint.authorizer
        if response.status != 401 or self._replayed or not self._needs_auth or authorizer is None:
            return False
        if not self.request.replayable:
            return False
        self._replayed = True
        flow = authorizer.rejected(self.request, response, self._applied, deadline=self.deadline)
        self._renewed = yield from self._with_token_hooks(flow)
        return self._renewed

    def _retry_wait(self, response: Response | None, failure: TransportError | None) -> float | None:
        """Return the seconds until the next attempt; None for no retry."""
        policy, shared = self.engine.options.retries, self.engine.shared
        if self._retries >= policy.retries or not self.request.replayable:
            return None
        requested = None
        if failure is not None:
            if not should_retry(failure, self.compiled.repeatable):
                return None
        elif response is not None:
            if response.status not in policy.statuses or not self.compiled.repeatable:
                return None
            requested = requested_wait(response.headers, response.status, shared.wall())
        self._retries += 1
        wait = retry_wait(policy, self._retries, requested, shared.draw())
        if wait is None or (self.deadline is not None and shared.clock() + wait >= self.deadline):
            return None
        if not shared.budget.take(retry_cost(failure)):
            _log.info("%s: not tried again, the retry budget is spent", self.call.operation.call)
            return None
        return wait

    def _run_before_hooks(self, hooks: CallHooks) -> None:
        """Let hooks change the request. If one adds credentials, the client adds none."""
        headers = hooks.before_attempt(self.request, safe_url(self._url), len(self.context.attempts) + 1)
        if self.compiled.caller_credentials(headers):
            self._needs_auth = False

    def _with_token_hooks(self, flow: Flow[R]) -> Flow[R]:
        return flow if self._hooks is None else self._hooks.with_token_hooks(flow)

    def _record_attempt(self, started: float, response: Response | None, failure: TransportError | None) -> None:
        status = None if response is None else response.status
        outcome = type(failure).__name__ if status is None else str(status)
        seconds = self.engine.shared.clock() - started
        self.context.attempts.append(Attempt(len(self.context.attempts) + 1, outcome, status, seconds, self._waited))

    def _notify(self, response: Response | None, failure: TransportError | None, wait: float | None) -> None:
        """Report the outcome of the attempt to hooks and to the log."""
        attempt = self.context.attempts[-1]
        if _log.isEnabledFor(logging.DEBUG):
            retry = "" if wait is None else f", again in {wait:.2f} s"
            _log.debug(
                "%s %s: %s in %.3f s (attempt %d%s)",
                self.request.method, safe_url(self._url), attempt.outcome, attempt.seconds, attempt.number, retry,
            )  # fmt: skip
        if self._hooks is not None:
            self._hooks.after_attempt(self.request, response, failure, attempt.seconds, wait)

    def _finish_hooks(self, error: BaseException) -> None:
        """Run the `after` hooks of an attempt that ended before it was sent, or was cancelled."""
        if self._hooks is not None:
            self._hooks.after_attempt(self.request, None, error)

    def _final_error(self, response: Response | None, failure: TransportError | None) -> XCaaSError:
        if response is None:
            error = failure or TransportError("no response came")
            if not should_retry(error, self.compiled.repeatable) and not isinstance(error, ConnectError):
                error.advice = "The server may have acted on it all the same, so it was not repeated. Check first."
            return error
        requested = requested_wait(response.headers, response.status, self.engine.shared.wall())
        status_error = response_error(self.call.operation, response, requested, self.context.redactor())
        self.context.complete(status_error, response)
        if self._needs_auth and self._endpoint.authorizer is not None:
            # Also drops a rejected token that was not replaced.
            status_error.advice = (
                self._endpoint.authorizer.explain(response.status, self._applied) or status_error.advice
            )
            if response.status == 401 and not self.request.replayable:
                status_error.advice = "The body could be read once only, so the call was not repeated. Make it again."
        elif response.status == 401 and (own := self._caller_credentials()):
            status_error.advice = f"The call carried your own {own}, so no credentials of the client were put on it."
        return status_error

    def _caller_credentials(self) -> str:
        """Name the headers and arguments in which the caller or a hook passed credentials."""
        request = self.request
        guarded = sorted(
            self.compiled.caller_credentials(request.headers, request.keys)
            or {"authorization"} & request.headers.keys()
        )
        kinds = dict.fromkeys("argument" if name in request.keys else "header" for name in guarded)
        names = " and ".join(name.strip("?=") for name in guarded)
        return f"{' and '.join(kinds)} {names}" if guarded else ""
