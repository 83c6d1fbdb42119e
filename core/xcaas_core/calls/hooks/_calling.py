"""Calling hooks before and after attempts and token requests.

An exception from a hook ends the call if nothing has been sent yet. Afterwards it is logged: the caller gets the
outcome of the call.
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

__all__ = ["CallHooks", "check_hooks", "with_token_hooks"]

T = TypeVar("T")
_log: Final = logging.getLogger("xcaas")


def check_hooks(hooks: object) -> None:
    """Raise `ConfigurationError` unless this is a list of hooks."""
    if not is_collection(hooks) or not all(has_methods(hook, "before", "after") for hook in hooks):
        advice = "Pass a list, also for a single hook: [hook]."
        raise invalid_type(
            "hooks", hooks, "a list of objects with the methods before and after (def, not async def)", advice
        )


class CallHooks:
    """Calls the hooks of one call, an attempt at a time."""

    __slots__ = ("_clock", "_event", "_hooks", "_operation", "can_respond")

    def __init__(self, hooks: Sequence[Hook], operation: Operation[object], clock: Callable[[], float]) -> None:
        self._hooks = hooks
        self._operation = operation
        self._clock = clock
        self._event: AttemptEvent | None = None
        self.can_respond: bool = any(hasattr(hook, "respond") for hook in hooks)
        """Whether any of them may return a response."""

    @property
    def has_begun(self) -> bool:
        """Whether `before` hooks have run for the current attempt."""
        return self._event is not None

    def before_attempt(self, request: Request, url: str, number: int) -> Mapping[str, str]:
        """Let hooks change the request, without its credentials. Return the resulting headers."""
        event = self._event = AttemptEvent(self._operation, url, number)
        headers = {name: value for name, value in request.headers.items() if not is_secret(name)}
        event.headers.update(headers)
        for hook in self._hooks:
            hook.before(event)
        changed = {name.lower(): value for name, value in event.headers.items()}
        for name in headers.keys() - changed.keys():
            del request.headers[name]
        request.headers.update(changed)
        event.seal()
        return changed

    def stubbed_response(self) -> Response | None:
        """Return the first response that a hook returns instead of sending the request."""
        for hook in self._hooks:
            respond: Callable[[object], HookResponse | None] | None = getattr(hook, "respond", None)
            result = None if respond is None else respond(self._event)
            if result is not None:
                return _check_response(hook, result)
        return None

    def replaced_response(self, request: Request, response: Response) -> Response:
        """Return the response, or its replacement by a hook."""
        for hook in self._hooks:
            received: Callable[[object, HookResponse], HookResponse | None] | None = getattr(hook, "received", None)
            if received is None:
                continue
            redactor = redactor_of(request.headers, request.url, request.secrets)
            headers = redactor.headers(safe_headers(response.headers))
            try:
                replacement = received(
                    self._event, HookResponse(response.status, headers=headers, content=response.content)
                )
                response = response if replacement is None else _check_response(hook, replacement)
            except Exception as error:
                _log.warning("%s: received failed after %r", type(hook).__name__, self._event, exc_info=error)
        return response

    def with_token_hooks(self, flow: Flow[T]) -> Flow[T]:
        """Call hooks for the token requests of an authorizer's flow."""
        return with_token_hooks(flow, self._hooks, self._operation.product.name, self._clock, self._event)

    def after_attempt(
        self,
        request: Request,
        response: Response | None = None,
        error: BaseException | None = None,
        seconds: float = 0.0,
        retry_in: float | None = None,
    ) -> None:
        """Call `after` hooks, also of an attempt that ended before it was sent, or was cancelled."""
        event, self._event = self._event, None
        if event is not None:
            event.error, event.seconds, event.retry_in = error, seconds, retry_in
            _record_response(event, request, response)
            for hook in self._hooks:
                _call_hook(hook, hook.after, event)


def _check_response(hook: object, result: object) -> HookResponse:
    if isinstance(result, HookResponse):
        return result
    raise ConfigurationError(
        f"the hook {type(hook).__name__} gave a {type(result).__name__}", advice="Return a HookResponse, or None."
    )


def with_token_hooks(
    flow: Flow[T],
    hooks: Sequence[object],
    product: str,
    clock: Callable[[], float],
    attempt: AttemptEvent | None = None,
) -> Flow[T]:
    """Return the same flow, with hooks called for each request that it sends. `attempt` waits for the token."""
    token_hooks = [hook for hook in hooks if _wants_tokens(hook)]
    return _observed(flow, token_hooks, product, clock, attempt) if token_hooks else flow


def _wants_tokens(hook: object) -> TypeGuard[TokenHook]:
    """Return what `isinstance` would, 20 times faster. Runs for every attempt."""
    return hasattr(hook, "before_token") and hasattr(hook, "after_token")


def _observed(
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
                    result = yield from _send_observed(step, hooks, product, clock, attempt, sent)
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


def _send_observed(
    step: Send,
    hooks: list[TokenHook],
    product: str,
    clock: Callable[[], float],
    attempt: AttemptEvent | None,
    number: int,
) -> Flow[object]:
    """Send a token request. Headers from hooks do not replace its own."""
    request = step.request
    event = TokenEvent(product, request.method, safe_url(request.url), number, attempt)
    started = clock()
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
        event.seconds = clock() - started
        _record_response(event, request, response)
        for hook in hooks:
            _call_hook(hook, hook.after_token, event)
    return response


def _record_response(event: AttemptEvent | TokenEvent, request: Request, response: Response | None) -> None:
    redactor = redactor_of(request.headers, request.url, request.secrets)
    if response is not None:
        event.status = response.status
        event.response_headers = redactor.headers(safe_headers(response.headers))
        event.request_id = request_id_of(event.response_headers)
    if isinstance(event.error, XCaaSError):
        mask_error(event.error, redactor)


_Event = TypeVar("_Event", AttemptEvent, TokenEvent)


def _call_hook(hook: object, function: Callable[[_Event], object], event: _Event) -> None:
    try:
        function(event)
    except Exception as error:
        name = getattr(function, "__name__", function)
        _log.warning("%s: %s failed after %r", type(hook).__name__, name, event, exc_info=error)
