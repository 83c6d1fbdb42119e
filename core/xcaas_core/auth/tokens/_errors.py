"""What can go wrong with credentials.

    CredentialsError
    ├── MissingCredentialsError    (core) the client was given none of the kind that a product takes
    ├── SecretUnavailableError     a secret is named (variable, callable, profile) but could not be had
    └── TokenError                 (core) the token endpoint gave no token
        ├── TokenRefusedError      it refused the credential; trying again would not help
        ├── TokenRateLimitError    it asked to wait longer than a call should
        ├── TokenUnavailableError  it could not be reached, or failed, also after retries
        ├── TokenResponseError       its answer is not a token
        └── TokenTimeoutError      the call's own time was up while waiting for a token (also TimeoutError)

None of them carries a secret, a token or the body of an answer.
"""

from __future__ import annotations

from ..._errors import CredentialsError, TokenError
from ..._lazy import public

__all__ = [
    "SecretUnavailableError",
    "TokenRateLimitError",
    "TokenRefusedError",
    "TokenResponseError",
    "TokenTimeoutError",
    "TokenUnavailableError",
]


@public
class SecretUnavailableError(CredentialsError):
    """A secret that credentials refer to could not be had: the variable is not set, the callable
    raised, the profile is missing, or the secret was left behind when the client was pickled."""


@public
class TokenRefusedError(TokenError):
    """The token endpoint refused the credential. `code` is the reason that it gave.

    The refusal is remembered for a short while, so that many callers cost one request.
    """


@public
class TokenRateLimitError(TokenError):
    """The token endpoint asked for patience. `retry_after` says for how long, in seconds."""

    retry_after: float | None = None


@public
class TokenUnavailableError(TokenError):
    """The token endpoint could not be reached or failed, and went on failing when asked again."""


@public
class TokenResponseError(TokenError):
    """The token endpoint answered something that is not a usable token, such as HTML from a proxy,
    a token of another type, or a token that had expired when it arrived."""


@public
class TokenTimeoutError(TokenError, TimeoutError):
    """The call's own time limit passed before a token was there. Others may still get one."""
