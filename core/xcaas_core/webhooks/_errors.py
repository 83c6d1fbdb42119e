"""Errors of webhooks."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from .._errors import XCaaSError
from .._lazy import public

__all__ = ["WebhookError", "WebhookReason"]

WebhookReason: TypeAlias = Literal[
    "unsigned",
    "missing_header",
    "repeated_header",
    "bad_header",
    "bad_signature_format",
    "bad_algorithm",
    "bad_critical",
    "bad_key_id",
    "unknown_key",
    "key_unavailable",
    "bad_signature",
    "stale",
    "other_tenant",
    "replayed",
    "store_unavailable",
    "bad_body",
]
"""Why a request was refused; docs/webhooks.md explains each reason."""

# The sender repeats anything but 2xx, so only a replay gets one. Faults of the receiver are 5xx: the event is
# wanted later.
_STATUS: Final[dict[WebhookReason, int]] = {
    "replayed": 200,
    "bad_body": 500,
    "key_unavailable": 503,
    "store_unavailable": 503,
}


@public
class WebhookError(XCaaSError):
    """A request could not be verified as a genuine, current and new webhook. Do not trust anything in it.

    The message is safe to log.
    """

    reason: WebhookReason
    """Which check failed."""
    response_status: int
    """The HTTP status to respond with: 401 if it is not genuine, 200 if it was received before, 5xx to have it sent
    again."""

    def __init__(self, reason: WebhookReason, message: str, *, advice: str | None = None) -> None:
        super().__init__(message, advice=advice)
        self.reason = reason
        self.response_status = _STATUS.get(reason, 401)

    def __reduce__(self) -> tuple[type[WebhookError], tuple[WebhookReason, str], dict[str, object]]:
        return WebhookError, (self.reason, self.message), dict(self.__dict__)
