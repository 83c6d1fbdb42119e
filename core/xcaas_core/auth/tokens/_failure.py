"""Why no token could be had, as data.

One renewal can fail many waiting calls. Each of them raises an error of its own: the same
exception object raised in several threads would mix up their tracebacks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..._errors import CredentialsError, TokenError
from ._errors import (
    SecretUnavailableError,
    TokenRateLimitError,
    TokenRefusedError,
    TokenResponseError,
    TokenTimeoutError,
    TokenUnavailableError,
)

__all__ = ["Failure", "FailureKind"]

FailureKind: TypeAlias = Literal["refused", "rate-limit", "unavailable", "answer", "timeout", "secret", "elsewhere"]

_CLASSES: dict[FailureKind, type[TokenError]] = {
    "refused": TokenRefusedError,
    "rate-limit": TokenRateLimitError,
    "unavailable": TokenUnavailableError,
    "answer": TokenResponseError,
    "timeout": TokenTimeoutError,
    "elsewhere": TokenUnavailableError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no token; `elsewhere`: another process is at it already.

    `remember` is for how many seconds callers get this failure without another request. `retry` says that
    another request might help, `wait` how long the server wants us to wait first.
    """

    kind: FailureKind
    message: str
    advice: str | None = None
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    retry: bool = False
    wait: float | None = None
    remember: float = 0.0

    @property
    def name(self) -> str:
        """The name of the class of error."""
        return SecretUnavailableError.__name__ if self.kind == "secret" else _CLASSES[self.kind].__name__

    def final(self, attempts: int) -> Failure:
        """Return the same failure, saying how often was tried."""
        if attempts < 2:
            return self
        return replace(self, message=f"{self.message} ({attempts} attempts)")

    def error(self) -> CredentialsError:
        """Return a new error to raise."""
        if self.kind == "secret":
            return SecretUnavailableError(self.message, advice=self.advice)
        error = _CLASSES[self.kind](self.message, advice=self.advice, status=self.status, code=self.code)
        error.request_id = self.request_id
        if isinstance(error, TokenRateLimitError):
            error.retry_after = self.wait
        return error
