"""Telling hooks: of attempts, and of the requests for tokens that authorizers make on their way.

What a hook raises beforehand ends the call, since nothing has been sent. What it raises afterwards is logged: by
then the call has an outcome, and that is what its caller gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeGuard, TypeVar

from .._errors import ConfigurationError, XCaaSError
from .._redaction import is_secret, redactor_of, safe_headers, safe_url
from ..http._headers import request_id_of
from ..sansio._messages import Response
from ..sansio._steps import Flow, Send, send
from ._context import mask_error
from ._hooks import AttemptEvent, HookResponse, TokenEvent

if TYPE_CHECKING:
    from ..sansio._messages import Request
    from ._hooks import Hook, TokenHook

__all__ = ["after_attempt", "before_attempt", "given_response", "replaced_response", "with_tokens"]

T = TypeVar("T")
_log: Final = logging.getLogger("xcaas")


def before_attempt(hooks: Iterable[Hook], event: AttemptEvent, request: Request) -> Mapping[str, str]:
    """Let hooks see and change the request, credentials excepted. Return the headers as they leave them."""
    before = {name: value for name, value in request.headers.items() if not is_secret(name)}
    event.headers.update(before)
    for hook in hooks:
        hook.before(event)
    changed = {name.lower(): value for name, value in event.headers.items()}
    for name in before.keys() - changed.keys():
        del request.headers[name]
    request.headers.update(changed)
    event.seal()
    return changed


def after_attempt(
    hooks: Iterable[Hook], event: AttemptEvent, request: Request, response: Response | None = None
) -> None:
    """Tell hooks how an attempt went."""
    _take(event, request, response)
    for hook in hooks:
        _tell(hook, hook.after, event)


def given_response(hooks: Iterable[object], event: AttemptEvent) -> Response | None:
    """Return the response of the first hook that has one."""
    for hook in hooks:
        respond: Callable[[AttemptEvent], HookResponse | None] | None = getattr(hook, "respond", None)
        found = None if respond is None else respond(event)
        if found is not None:
            return _checked(hook, found)
    return None


def replaced_response(hooks: Iterable[object], event: AttemptEvent, request: Request, response: Response) -> Response:
    """Return the response as hooks leave it."""
    for hook in hooks:
        received: Callable[[AttemptEvent, HookResponse], HookResponse | None] | None = getattr(hook, "received", None)
        if received is None:
            continue
        redactor = redactor_of(request.headers, request.url, request.secrets)
        headers = redactor.headers(safe_headers(response.headers))
        try:
            found = received(event, HookResponse(response.status, headers=headers, content=response.content))
            response = response if found is None else _checked(hook, found)
        except Exception as error:
            _log.warning("%s: received failed after %r", type(hook).__name__, event, exc_info=error)
    return response


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
