"""Hooks before and after each attempt of a call, for signing, measuring and tracing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from ._redact import safe_headers

if TYPE_CHECKING:
    from ._operation import Operation

__all__ = ["AttemptEvent", "Hook"]


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

    def __init__(self, operation: Operation[object], url: str, number: int, headers: dict[str, str]) -> None:
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
        self.headers: dict[str, str] = headers
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


class Hook(Protocol):
    """Something that is told of every attempt. What it raises ends the call."""

    def before(self, event: AttemptEvent) -> None:
        """The attempt is about to be made; credentials are not on it yet."""
        ...

    def after(self, event: AttemptEvent) -> None:
        """The attempt is over: `status` or `error` is set, and `retry_in` if there will be another."""
        ...
