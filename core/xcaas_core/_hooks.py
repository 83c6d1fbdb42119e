"""Hooks before and after each attempt of a call, and each request for a token, for signing, measuring and tracing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ._redact import safe_headers

if TYPE_CHECKING:
    from ._operation import Operation

__all__ = ["AttemptEvent", "Hook", "TokenEvent", "TokenHook"]


class AttemptEvent:
    """One attempt of a call, as hooks see it. The same object is passed before and after it.

    Before the attempt, `headers` is live: what a hook puts in is sent. Credentials are put on
    later and are never in it. `context` is for hooks to keep what they like (a span, a time).
    """

    __slots__ = (
        "call",
        "context",
        "error",
        "headers",
        "method",
        "number",
        "product",
        "request_id",
        "response_headers",
        "retry_in",
        "seconds",
        "status",
        "template",
        "url",
    )

    def __init__(self, operation: Operation[object], url: str, number: int) -> None:
        self.product: str = operation.product.name
        """The product, as in `storage`."""
        self.call: str = operation.call
        """The operation, as in `storage.objects.search`."""
        self.method: str = operation.method
        self.template: str = operation.path
        """The path as in the spec, with names instead of values."""
        self.url: str = url
        """The address without secrets."""
        self.number: int = number
        """1 for the first attempt."""
        self.headers: dict[str, str] = {}
        self.context: dict[object, object] = {}
        self.status: int | None = None
        self.response_headers: Mapping[str, str] = {}
        self.request_id: str | None = None
        self.error: BaseException | None = None
        """What went wrong, if no answer came."""
        self.seconds: float = 0.0
        self.retry_in: float | None = None
        """Seconds until the next attempt; None if this was the last."""

    def seal(self) -> None:
        """Replace the live headers by a copy without secrets, before credentials are put on."""
        self.headers = safe_headers(self.headers)

    def __repr__(self) -> str:
        return f"<AttemptEvent {self.number} of {self.call}: {self.status}>"


class TokenEvent:
    """One request for a token, as hooks see it. The same object is passed before and after it.

    `headers` starts empty: the request's own hold secrets. What a hook puts in is sent beside them.
    """

    __slots__ = (
        "attempt",
        "context",
        "error",
        "headers",
        "method",
        "number",
        "product",
        "request_id",
        "response_headers",
        "seconds",
        "status",
        "url",
    )

    def __init__(self, product: str, method: str, url: str, number: int, attempt: AttemptEvent | None) -> None:
        self.product: str = product
        """The product whose call needs the token. Other products may share it."""
        self.method: str = method
        self.url: str = url
        """The address of the token endpoint, without secrets."""
        self.number: int = number
        """1 for the first request; more if it is repeated."""
        self.attempt: AttemptEvent | None = attempt
        """The attempt that waits for the token; None if nobody calls, as in `token_info`."""
        self.headers: dict[str, str] = {}
        self.context: dict[object, object] = {}
        self.status: int | None = None
        self.response_headers: Mapping[str, str] = {}
        self.request_id: str | None = None
        self.error: BaseException | None = None
        """What went wrong, if no answer came."""
        self.seconds: float = 0.0

    def __repr__(self) -> str:
        return f"<TokenEvent {self.number} of {self.product}: {self.status}>"


class Hook(Protocol):
    """Something that is told of every attempt.

    What `before` raises ends the call, which was not sent yet. What `after` raises is logged and changes nothing:
    the call has its outcome by then.
    """

    def before(self, event: AttemptEvent) -> None:
        """The attempt is about to be made; credentials are not on it yet."""
        ...

    def after(self, event: AttemptEvent) -> None:
        """The attempt is over: `status` or `error` is set, and `retry_in` if there will be another.

        Called also if `before`, of this hook or another, ended the call.
        """
        ...


@runtime_checkable
class TokenHook(Protocol):
    """What a hook may have besides, to be told of requests for tokens too. Errors mean the same as in `Hook`."""

    def before_token(self, event: TokenEvent) -> None:
        """A token is about to be asked for."""
        ...

    def after_token(self, event: TokenEvent) -> None:
        """The request is over: `status` or `error` is set."""
        ...
