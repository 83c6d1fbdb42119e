"""Errors of credentials, and `Failure`, the same as data.

    CredentialsError
    ├── MissingCredentialsError    (core) the client has no credential of the kind that a product takes
    ├── SecretUnavailableError     a referenced secret (variable, callable, profile) could not be read
    └── TokenError                 (core) the token endpoint gave no token
        ├── TokenRefusedError      it refused the credential; retrying does not help
        ├── TokenRateLimitError    it asked to wait longer than a call should
        ├── TokenUnavailableError  it could not be reached, or failed, retries included
        ├── TokenResponseError     its response holds no token
        └── TokenTimeoutError      the call's time was up while waiting for a token (also TimeoutError)

None of them holds a secret, a token or a response body. If one renewal fails many waiting calls, each raises
its own error: one exception raised in several threads would mix up their tracebacks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..._errors import CredentialsError, TokenError
from ..._lazy import public

__all__ = [
    "Failure",
    "FailureKind",
    "SecretUnavailableError",
    "TokenRateLimitError",
    "TokenRefusedError",
    "TokenResponseError",
    "TokenTimeoutError",
    "TokenUnavailableError",
]


@public
class SecretUnavailableError(CredentialsError):
    """A secret could not be read: the variable is not set, the function raised, the profile is
    missing, or the client was pickled, which leaves secrets out."""


@public
class TokenRefusedError(TokenError):
    """The token endpoint refused the credential. `code` is the reason it gave.

    The refusal is remembered for a few seconds, so that many callers make one request.
    """


@public
class TokenRateLimitError(TokenError):
    """The token endpoint received too many requests. `retry_after` is how many seconds to wait."""

    retry_after: float | None = None


@public
class TokenUnavailableError(TokenError):
    """The token endpoint could not be reached or kept failing, retries included."""


@public
class TokenResponseError(TokenError):
    """The token endpoint's response holds no usable token, such as HTML from a proxy,
    a token of another type, or a token that had expired when it arrived."""


@public
class TokenTimeoutError(TokenError, TimeoutError):
    """The call's time limit passed before a token arrived. Other calls may still get one."""


FailureKind: TypeAlias = Literal["refused", "rate-limit", "unavailable", "response", "timeout", "secret", "elsewhere"]

_CLASSES: dict[FailureKind, type[CredentialsError]] = {
    "refused": TokenRefusedError,
    "rate-limit": TokenRateLimitError,
    "unavailable": TokenUnavailableError,
    "response": TokenResponseError,
    "timeout": TokenTimeoutError,
    "secret": SecretUnavailableError,
    "elsewhere": TokenUnavailableError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no token; `elsewhere`: another process is renewing it.

    Callers get this failure for `remember_seconds` without another request. `retry`: another request
    may help, after `retry_after` seconds if the server asked for a wait.
    """

    kind: FailureKind
    message: str
    advice: str | None = None
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    retry: bool = False
    retry_after: float | None = None
    remember_seconds: float = 0.0

    @property
    def name(self) -> str:
        """The name of the error class."""
        return _CLASSES[self.kind].__name__

    def with_attempts(self, attempts: int) -> Failure:
        """Return a copy whose message has the number of attempts."""
        if attempts < 2:
            return self
        return replace(self, message=f"{self.message} ({attempts} attempts)")

    def error(self) -> CredentialsError:
        """Return a new error."""
        error = _CLASSES[self.kind](self.message, advice=self.advice)
        error.request_id = self.request_id
        if isinstance(error, TokenError):
            error.status, error.code = self.status, self.code
        if isinstance(error, TokenRateLimitError):
            error.retry_after = self.retry_after
        return error
