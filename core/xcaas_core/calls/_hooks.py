"""Hooks before and after each attempt of a call, and each request for a token, for signing, measuring and tracing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from .._lazy import public
from .._redaction import safe_headers

if TYPE_CHECKING:
    from ..operations._operation import Operation

__all__ = ["AttemptEvent", "Hook", "HookResponse", "ResponseHook", "TokenEvent", "TokenHook"]


class _Event:
    """What an attempt of a call and a request for a token have in common."""

    __slots__ = (
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

    def __init__(self, product: str, method: str, url: str, number: int) -> None:
        self.product: str = product
        """The product, as in `storage`."""
        self.method: str = method
        self.url: str = url
        """The address without secrets."""
        self.number: int = number
        """1 for the first attempt; more if it is repeated."""
        self.headers: dict[str, str] = {}
        self.context: dict[object, object] = {}
        """For hooks to keep what they like (a span, a time)."""
        self.status: int | None = None
        self.response_headers: Mapping[str, str] = {}
        self.request_id: str | None = None
        self.error: BaseException | None = None
        """What went wrong, if no response came."""
        self.seconds: float = 0.0

    def seal(self) -> None:
        """Replace the live headers by a copy without secrets, when hooks have changed them."""
        self.headers = safe_headers(self.headers)


@public
class AttemptEvent(_Event):
    """One attempt of a call, as hooks see it. The same object is passed before and after it.

    Before the attempt, `headers` is live: what a hook puts in is sent. Credentials are put on
    later and are never in it.
    """

    __slots__ = ("call", "retry_in", "template")

    def __init__(self, operation: Operation[object], url: str, number: int) -> None:
        super().__init__(operation.product.name, operation.method, url, number)
        self.call: str = operation.call
        """The operation, as in `storage.objects.search`."""
        self.template: str = operation.path
        """The path as in the spec, with names instead of values."""
        self.retry_in: float | None = None
        """Seconds until the next attempt; None if this was the last."""

    def __repr__(self) -> str:
        return f"<AttemptEvent {self.number} of {self.call}: {self.status}>"


@public
class TokenEvent(_Event):
    """One request for a token, as hooks see it. The same object is passed before and after it.

    `product` is the one whose call needs the token; others may share it. `headers` starts empty, since the request's
    own hold secrets. What a hook puts in is sent beside them.
    """

    __slots__ = ("attempt",)

    def __init__(self, product: str, method: str, url: str, number: int, attempt: AttemptEvent | None) -> None:
        super().__init__(product, method, url, number)
        self.attempt: AttemptEvent | None = attempt
        """The attempt that waits for the token; None if nobody calls, as in `token_info`."""

    def __repr__(self) -> str:
        return f"<TokenEvent {self.number} of {self.product}: {self.status}>"


@public
class Hook(Protocol):
    """Something that is told of every attempt.

    What `before` raises ends the call, which was not sent yet. What `after` raises is logged and changes nothing:
    the call has its outcome by then.
    """

    def before(self, event: AttemptEvent) -> None:
        """See an attempt that is about to be made; credentials are not on it yet."""
        ...

    def after(self, event: AttemptEvent) -> None:
        """See an attempt that is over: `status` or `error` is set, and `retry_in` if there will be another.

        Called also if `before`, of this hook or another, ended the call.
        """
        ...


@public
@runtime_checkable
class TokenHook(Protocol):
    """What a hook may have besides, to be told of requests for tokens too. Errors mean the same as in `Hook`."""

    def before_token(self, event: TokenEvent) -> None:
        """See a request for a token that is about to be sent."""
        ...

    def after_token(self, event: TokenEvent) -> None:
        """See a request that is over: `status` or `error` is set."""
        ...


class _Headers(Mapping[str, str]):
    """Headers by name, in any letter case."""

    __slots__ = ("_fields",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._fields = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


@public
class HookResponse:
    """A whole response, as a hook sees it or gives it: HTTP status, headers, and the decoded body."""

    __slots__ = ("content", "headers", "status")

    def __init__(self, status: int, *, headers: Mapping[str, str] | None = None, content: bytes = b"") -> None:
        self.status: int = status
        self.headers: Mapping[str, str] = _Headers(headers or {})
        """Case-insensitive."""
        self.content: bytes = content

    def __repr__(self) -> str:
        return f"<HookResponse {self.status}, {len(self.content)} bytes>"


@public
@runtime_checkable
class ResponseHook(Protocol):
    """What a hook may have besides, to give responses itself or to replace them: for caches, recordings and tests.

    Not asked for files and streamed responses, whose bodies nobody holds whole.
    """

    def respond(self, event: AttemptEvent) -> HookResponse | None:
        """Return a response, so that nothing is sent and no token is asked for; None to send.

        The first hook that returns one is taken, after `before` of all. What is raised ends the call.
        """
        ...

    def received(self, event: AttemptEvent, response: HookResponse) -> HookResponse | None:
        """See a response that came, and return another in its place; None leaves it.

        It is read as if it had been sent: an error status raises, and is tried again. What is raised is logged and
        changes nothing. Headers are without secrets; the body is as it came.
        """
        ...
