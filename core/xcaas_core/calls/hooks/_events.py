"""Hooks around attempts and token requests, for signing, measuring and tracing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..._lazy import public
from ..._redaction import safe_headers

if TYPE_CHECKING:
    from ...operations._operation import Operation

__all__ = ["AttemptEvent", "Hook", "HookResponse", "ResponseHook", "TokenEvent", "TokenHook"]


class _Event:
    """The base of both events."""

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
        """Number of the attempt, from 1."""
        self.headers: dict[str, str] = {}
        self.context: dict[object, object] = {}
        """For hooks to store their own data, such as a span or a time."""
        self.status: int | None = None
        self.response_headers: Mapping[str, str] = {}
        self.request_id: str | None = None
        self.error: BaseException | None = None
        """The error, if there was no response."""
        self.seconds: float = 0.0

    def seal(self) -> None:
        """Replace the headers by a copy without secrets, after hooks have changed them."""
        self.headers = safe_headers(self.headers)


@public
class AttemptEvent(_Event):
    """One attempt of a call. Hooks get the same object before and after it.

    Before the attempt, headers that a hook adds to `headers` are sent. Credentials are added later and
    never appear in it.
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
    """One token request. Hooks get the same object before and after it.

    `product` is the one whose call needs the token; others may share it. `headers` starts empty, since the request's
    own hold secrets. Headers that a hook adds are sent too.
    """

    __slots__ = ("attempt",)

    def __init__(self, product: str, method: str, url: str, number: int, attempt: AttemptEvent | None) -> None:
        super().__init__(product, method, url, number)
        self.attempt: AttemptEvent | None = attempt
        """The attempt that waits for the token; None outside of calls, as in `token_info`."""

    def __repr__(self) -> str:
        return f"<TokenEvent {self.number} of {self.product}: {self.status}>"


@public
class Hook(Protocol):
    """An object that is called before and after each attempt of a call.

    An exception from `before` ends the call before it is sent. One from `after` is logged and otherwise ignored:
    the call has its outcome by then.
    """

    def before(self, event: AttemptEvent) -> None:
        """See an attempt before it is sent, without its credentials."""
        ...

    def after(self, event: AttemptEvent) -> None:
        """See an attempt after its end: `status` or `error` is set, and `retry_in` before a retry.

        Also called if `before`, of this hook or another, ended the call.
        """
        ...


@public
@runtime_checkable
class TokenHook(Protocol):
    """A hook that is also called before and after each token request. Exceptions work as in `Hook`."""

    def before_token(self, event: TokenEvent) -> None:
        """See a token request before it is sent."""
        ...

    def after_token(self, event: TokenEvent) -> None:
        """See a token request after its end: `status` or `error` is set."""
        ...


class _Headers(Mapping[str, str]):
    """Headers by name, in any letter case."""

    __slots__ = ("_values",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@public
class HookResponse:
    """A whole response that a hook gets or returns: HTTP status, headers, and the decoded body."""

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
    """A hook that also returns or replaces responses, for caches, recordings and tests.

    Not called for files and streamed responses.
    """

    def respond(self, event: AttemptEvent) -> HookResponse | None:
        """Return a response instead of sending the request or getting a token; None to send it.

        Runs after every `before`; the first response wins. An exception ends the call.
        """
        ...

    def received(self, event: AttemptEvent, response: HookResponse) -> HookResponse | None:
        """See a response, and return one to replace it; None keeps it.

        A replacement is handled like any response: an error status raises, or is retried. Exceptions are logged and
        otherwise ignored. `headers` holds no secrets; the body is as received.
        """
        ...
