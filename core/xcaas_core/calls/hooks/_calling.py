"""Telling hooks: of attempts, and of the requests for tokens that authorizers make on their way.

What a hook raises beforehand ends the call, since nothing has been sent. What it raises afterwards is logged: by
then the call has an outcome, and that is what its caller gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeGuard, TypeVar

from ..._checks import has_methods, invalid_type, is_collection
from ..._errors import ConfigurationError, XCaaSError
from ..._redaction import is_secret, redactor_of, safe_headers, safe_url
from ...http._headers import request_id_of
from ...sansio._messages import Response
from ...sansio._steps import Flow, Send, send
from .._context import mask_error
from ._events import AttemptEvent, HookResponse, TokenEvent

if TYPE_CHECKING:
    from ...operations._operation import Operation
    from ...sansio._messages import Request
    from ._events import Hook, TokenHook

__all__ = ["CallHooks", "check_hooks", "with_tokens"]

T = TypeVar("T")
_log: Final = logging.getLogger("xcaas")


def check_hooks(hooks: object) -> None:
    """Raise `ConfigurationError` for what is no list of hooks."""
    if not is_collection(hooks) or not all(has_methods(hook, "before", "after") for hook in hooks):
        advice = "Pass a list, also for a single hook: [hook]."
        raise invalid_type("hooks", hooks, "a list of objects with the methods before and after", advice)


class CallHooks:
    """The hooks of one call. They see one attempt at a time."""

    __slots__ = ("_clock", "_event", "_hooks", "_operation", "respond")

    def __init__(self, hooks: Sequence[Hook], operation: Operation[object], clock: Callable[[], float]) -> None:
        self._hooks = hooks
        self._operation = operation
        self._clock = clock
        self._event: AttemptEvent | None = None
        self.respond: bool = any(hasattr(hook, "respond") for hook in hooks)
        """Whether any of them may have a response at hand."""

    @property
    def announced(self) -> bool:
        """Whether they have seen the attempt."""
        return self._event is not None

    def begin(self, request: Request, url: str, number: int) -> Mapping[str, str]:
        """Let hooks see and change the request, credentials excepted. Return the headers as they leave them."""
        event = self._event = AttemptEvent(self._operation, url, number)
        before = {name: value for name, value in request.headers.items() if not is_secret(name)}
        event.headers.update(before)
        for hook in self._hooks:
            hook.before(event)
        changed = {name.lower(): value for name, value in event.headers.items()}
        for name in before.keys() - changed.keys():
            del request.headers[name]
        request.headers.update(changed)
        event.seal()
        return changed

    def given(self) -> Response | None:
        """Return the response of the first hook that has one."""
        for hook in self._hooks:
            respond: Callable[[object], HookResponse | None] | None = getattr(hook, "respond", None)
            found = None if respond is None else respond(self._event)
            if found is not None:
                return _checked(hook, found)
        return None

    def received(self, request: Request, response: Response) -> Response:
        """Return a whole response as hooks leave it."""
        for hook in self._hooks:
            received: Callable[[object, HookResponse], HookResponse | None] | None = getattr(hook, "received", None)
            if received is None:
                continue
            redactor = redactor_of(request.headers, request.url, request.secrets)
            headers = redactor.headers(safe_headers(response.headers))
            try:
                found = received(self._event, HookResponse(response.status, headers=headers, content=response.content))
                response = response if found is None else _checked(hook, found)
            except Exception as error:
                _log.warning("%s: received failed after %r", type(hook).__name__, self._event, exc_info=error)
        return response

    def with_tokens(self, flow: Flow[T]) -> Flow[T]:
        """Let hooks see the token requests of an authorizer's flow, too."""
        return with_tokens(flow, self._hooks, self._operation.product.name, self._clock, self._event)

    def end(
        self,
        request: Request,
        response: Response | None = None,
        error: BaseException | None = None,
        seconds: float = 0.0,
        retry_in: float | None = None,
    ) -> None:
        """Tell hooks how an attempt went, also one that ended before it was sent, or was cancelled."""
        event, self._event = self._event, None
        if event is not None:
            event.error, event.seconds, event.retry_in = error, seconds, retry_in
            _take(event, request, response)
            for hook in self._hooks:
                _tell(hook, hook.after, event)


def _checked(hook: object, found: object) -> HookResponse:
    if isinstance(found, HookResponse):
        return found
    raise ConfigurationError(
        f"the hook {type(hook).__name__} gave a {type(found).__name__}", advice="Return a HookResponse, or None."
    )


def with_tokens(
    flow: Flow[T],
    hooks: Sequence[object],
    product: str,
    clock: Callable[[], float],
    attempt: AttemptEvent | None = None,
) -> Flow[T]:
    """Return the same flow, with hooks told of each request that it sends. `attempt` is the one that waits for the token."""
    wanted = [hook for hook in hooks if _wants_tokens(hook)]
    return _watched(flow, wanted, product, clock, attempt) if wanted else flow


def _wants_tokens(hook: object) -> TypeGuard[TokenHook]:
    """Return what `isinstance` would, in a twentieth of the time: every attempt of every call asks."""
    return hasattr(hook, "before_token") and hasattr(hook, "after_token")


def _watched(
    flow: Flow[T], hooks: list[TokenHook], product: str, clock: Callable[[], float], attempt: AttemptEvent | None
) -> Flow[T]:
    sent = 0
    result: object = None
    failure: BaseException | None = None
    try:
        step = next(flow)
        while True:
            try:
                if isinstance(step, Send):
                    sent += 1
                    result = yield from _told(step, hooks, product, clock, attempt, sent)
                else:
                    result = yield step
            except BaseException as error:
                failure = error
            # Outside of the except block, as in the drivers.
            if failure is None:
                step = flow.send(result)
            else:
                step, failure = flow.throw(failure), None
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        failure = None


def _told(
    step: Send,
    hooks: list[TokenHook],
    product: str,
    clock: Callable[[], float],
    attempt: AttemptEvent | None,
    number: int,
) -> Flow[object]:
    """Send one request for a token. What hooks put into its headers replaces nothing that is there."""
    request = step.request
    event = TokenEvent(product, request.method, safe_url(request.url), number, attempt)
    began = clock()
    response: Response | None = None
    try:
        for hook in hooks:
            hook.before_token(event)
        for name, value in event.headers.items():
            request.headers.setdefault(name.lower(), value)
        response = yield from send(request, stream=step.stream)
    except BaseException as error:
        event.error = error
        raise
    finally:
        event.seal()
        event.seconds = clock() - began
        _take(event, request, response)
        for hook in hooks:
            _tell(hook, hook.after_token, event)
    return response


def _take(event: AttemptEvent | TokenEvent, request: Request, response: Response | None) -> None:
    redactor = redactor_of(request.headers, request.url, request.secrets)
    if response is not None:
        event.status = response.status
        event.response_headers = redactor.headers(safe_headers(response.headers))
        event.request_id = request_id_of(event.response_headers)
    if isinstance(event.error, XCaaSError):
        mask_error(event.error, redactor)


_Event = TypeVar("_Event", AttemptEvent, TokenEvent)


def _tell(hook: object, function: Callable[[_Event], object], event: _Event) -> None:
    try:
        function(event)
    except Exception as error:
        name = getattr(function, "__name__", function)
        _log.warning("%s: %s failed after %r", type(hook).__name__, name, event, exc_info=error)
