"""The flow of one call: build, wait for a slot, sign, send, judge, and perhaps do it again.

One deadline covers all of it. Limits come before the token, so that a token is never put
on a request that then has to wait.
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
from ._retry import cost_of, planned_wait, worth_repeating
from .hooks import CallHooks

if TYPE_CHECKING:
    from ..auth.security._authorizer import AppliedCredentials
    from ..operations._operation import Call
    from ..sansio._messages import Request
    from ..serialization._compiled import Compiled
    from ._engine import Engine

__all__ = ["exchange"]

T = TypeVar("T")
Granted = TypeVar("Granted")
_log: Final = logging.getLogger("xcaas")


def exchange(engine: Engine, call: Call[T]) -> Flow[CallResponse[T]]:
    """Make a call, with retries and credentials. Raises what `_errors.py` draws."""
    return CallRunner(engine, call).run()


class CallRunner(Generic[T]):
    """One call on its way."""

    __slots__ = (
        "_endpoint",
        "_grant",
        "_hooks",
        "_renewed",
        "_replayed",
        "_retries",
        "_sent",
        "_signs",
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
        self._grant: AppliedCredentials | None = None
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
            request, self._signs = build_request(engine, self._endpoint, call)
            self.request: Request = request
            self.context.request = request
            self._url = request.url
        except XCaaSError as error:
            error.operation = call.operation.call
            raise

    # --- the flow --------------------------------------------------------------

    def run(self) -> Flow[CallResponse[T]]:
        """Make the call. Every way out but success is an error that knows all about it."""
        try:
            while True:
                began = self.engine.shared.clock()
                response: Response | None = None
                failure: TransportError | None = None
                try:
                    response = yield from self._attempt()
                except TransportError as error:
                    if not self._sent:
                        # no token or no slot in time; those flows have done their own retries
                        raise
                    mask_error(error, self.context.redactor())
                    failure = error
                self._record(began, response, failure)
                if response is not None and self.compiled.responses.is_success(response.status):
                    self.engine.shared.budget.give()
                    self._tell(response, None, None)
                    if self.call.stream:
                        yield from self._check_stream(response)
                    return CallResponse(response, self.context, self.value)
                if response is not None and (yield from self._replay(response)):
                    wait: float | None = 0.0
                else:
                    wait = self._wait(response, failure)
                self._tell(response, failure, wait)
                if wait is None:
                    raise self._error(response, failure)
                if wait > 0:
                    yield Sleep(wait)
                self._waited = wait
        except XCaaSError as error:
            self.context.complete(error)
            self._abandon(error)
            raise
        except BaseException as error:
            self._abandon(error)
            raise

    def _attempt(self) -> Flow[Response]:
        """Make one try, from waiting for a slot to the end of the response (or of its headers, if streamed)."""
        self._sent = False
        endpoint, request, flight = self._endpoint, self.request, self.engine.shared.flight
        hooks = self._hooks
        if hooks is not None and hooks.respond and not self.call.stream:
            # Before the limit: what is not sent does not count against it.
            self._announce(hooks)
            if (given := hooks.given()) is not None:
                self._sent = True
                return given
        if endpoint.limiter is not None:
            yield from endpoint.limiter.enter(self._left())
        if hooks is not None and not hooks.announced:
            self._announce(hooks)
        if not flight.try_enter():
            yield from flight.enter(self._left())
        try:
            if self._signs and endpoint.authorizer is not None:
                request.url = self._url  # an earlier attempt may have left its key in the query
                flow = endpoint.authorizer.authorize(request, deadline=self.deadline, replay=self._renewed)
                self._grant = yield from self._with_tokens(flow)
            request.timeout = self._left()
            self._sent = True
            response = yield from send(request, stream=self.call.stream)
            if self.call.stream and not self.compiled.responses.is_success(response.status):
                yield Read(response)
        finally:
            flight.leave()
        if hooks is None or self.call.stream:  # nobody holds the whole body of a response that is streamed
            return response
        return hooks.received(request, response)  # it may make calls itself, so no slot is held

    def _left(self) -> float | None:
        """Return the seconds until the deadline. `CallTimeoutError` if there are none."""
        if self.deadline is None:
            return None
        left = self.deadline - self.engine.shared.clock()
        if left <= 0:
            raise CallTimeoutError("no time was left to send the request", advice="Allow a longer timeout.")
        return left

    def value(self, response: Response) -> T:
        """Decode a whole response."""
        value: T = self.compiled.responses.value(response, self.engine.lenient)
        return value

    def _check_stream(self, response: Response) -> Flow[None]:
        """Refuse a body that cannot be what was promised: it is not worth streaming."""
        try:
            self.compiled.responses.check(response)
        except XCaaSError as error:
            yield Close(response)
            self.context.complete(error, response)
            raise

    def _replay(self, response: Response) -> Flow[bool]:
        """Return whether there are other credentials to try after a 401. Asked once per call."""
        authorizer = self._endpoint.authorizer
        if response.status != 401 or self._replayed or not self._signs or authorizer is None:
            return False
        if not self.request.replayable:
            return False
        self._replayed = True
        flow = authorizer.rejected(self.request, response, self._grant, deadline=self.deadline)
        self._renewed = yield from self._with_tokens(flow)
        return self._renewed

    def _wait(self, response: Response | None, failure: TransportError | None) -> float | None:
        """Return the seconds until the next try; None if there is to be none."""
        policy, shared = self.engine.options.retries, self.engine.shared
        if self._retries >= policy.retries or not self.request.replayable:
            return None
        asked = None
        if failure is not None:
            if not worth_repeating(failure, self.compiled.repeatable):
                return None
        elif response is not None:
            if response.status not in policy.statuses or not self.compiled.repeatable:
                return None
            asked = requested_wait(response.headers, response.status, shared.wall())
        self._retries += 1
        wait = planned_wait(policy, self._retries, asked, shared.draw())
        if wait is None or (self.deadline is not None and shared.clock() + wait >= self.deadline):
            return None
        if not shared.budget.take(cost_of(failure)):
            _log.info("%s: not tried again, the retry budget is spent", self.call.operation.call)
            return None
        return wait

    # --- telling -----------------------------------------------------------------

    def _announce(self, hooks: CallHooks) -> None:
        """Let hooks see and change the request. One that signs it makes the client's credentials unnecessary."""
        headers = hooks.begin(self.request, safe_url(self._url), len(self.context.attempts) + 1)
        if self.compiled.caller_credentials(headers):
            self._signs = False

    def _with_tokens(self, flow: Flow[Granted]) -> Flow[Granted]:
        return flow if self._hooks is None else self._hooks.with_tokens(flow)

    def _record(self, began: float, response: Response | None, failure: TransportError | None) -> None:
        status = None if response is None else response.status
        outcome = type(failure).__name__ if status is None else str(status)
        seconds = self.engine.shared.clock() - began
        self.context.attempts.append(Attempt(len(self.context.attempts) + 1, outcome, status, seconds, self._waited))

    def _tell(self, response: Response | None, failure: TransportError | None, wait: float | None) -> None:
        """Tell hooks and the log how the attempt went."""
        attempt = self.context.attempts[-1]
        if _log.isEnabledFor(logging.DEBUG):
            again = "" if wait is None else f", again in {wait:.2f} s"
            _log.debug(
                "%s %s: %s in %.3f s (attempt %d%s)",
                self.request.method, safe_url(self._url), attempt.outcome, attempt.seconds, attempt.number, again,
            )  # fmt: skip
        if self._hooks is not None:
            self._hooks.end(self.request, response, failure, attempt.seconds, wait)

    def _abandon(self, error: BaseException) -> None:
        """Let hooks end what they began, when an attempt ends before it was sent, or is cancelled."""
        if self._hooks is not None:
            self._hooks.end(self.request, None, error)

    def _error(self, response: Response | None, failure: TransportError | None) -> XCaaSError:
        if response is None:
            error = failure or TransportError("no response came")
            if not worth_repeating(error, self.compiled.repeatable) and not isinstance(error, ConnectError):
                error.advice = "The server may have acted on it all the same, so it was not repeated. Check first."
            return error
        asked = requested_wait(response.headers, response.status, self.engine.shared.wall())
        refusal = response_error(self.call.operation, response, asked, self.context.redactor())
        self.context.complete(refusal, response)
        if self._signs and self._endpoint.authorizer is not None:
            # Asked in any case: a refused token that was not replaced is dropped here.
            refusal.advice = self._endpoint.authorizer.explain(response.status, self._grant) or refusal.advice
            if response.status == 401 and not self.request.replayable:
                refusal.advice = "The body could be read once only, so the call was not repeated. Make it again."
        elif response.status == 401 and (own := self._own_credentials()):
            refusal.advice = f"The call carried your own {own}, so no credentials of the client were put on it."
        return refusal

    def _own_credentials(self) -> str:
        """Name the headers and arguments in which the caller, or a hook, has put credentials on the request."""
        request = self.request
        found = sorted(
            self.compiled.caller_credentials(request.headers, request.keys)
            or {"authorization"} & request.headers.keys()
        )
        kinds = dict.fromkeys("argument" if name in request.keys else "header" for name in found)
        names = " and ".join(name.strip("?=") for name in found)
        return f"{' and '.join(kinds)} {names}" if found else ""
