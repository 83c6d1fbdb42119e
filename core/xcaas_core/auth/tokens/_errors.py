"""What can go wrong with credentials: errors to raise, and `Failure`, the same as data.

    CredentialsError
    ├── MissingCredentialsError    (core) the client was given none of the kind that a product takes
    ├── SecretUnavailableError     a secret is named (variable, callable, profile) but could not be had
    └── TokenError                 (core) the token endpoint gave no token
        ├── TokenRefusedError      it refused the credential; trying again would not help
        ├── TokenRateLimitError    it asked to wait longer than a call should
        ├── TokenUnavailableError  it could not be reached, or failed, also after retries
        ├── TokenResponseError     its response holds no token
        └── TokenTimeoutError      the call's own time was up while waiting for a token (also TimeoutError)

None of them carries a secret, a token or the body of a response. One renewal can fail many waiting calls, and each
raises an error of its own: one exception object raised in several threads would mix up their tracebacks.
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
        return _CLASSES[self.kind].__name__

    def final(self, attempts: int) -> Failure:
        """Return the same failure, saying how often was tried."""
        if attempts < 2:
            return self
        return replace(self, message=f"{self.message} ({attempts} attempts)")

    def error(self) -> CredentialsError:
        """Return a new error to raise."""
        error = _CLASSES[self.kind](self.message, advice=self.advice)
        error.request_id = self.request_id
        if isinstance(error, TokenError):
            error.status, error.code = self.status, self.code
        if isinstance(error, TokenRateLimitError):
            error.retry_after = self.wait
        return error
