"""Sources of secrets: a string, an environment variable, a callable, a profile file.

Strings are wrapped at once. The other sources are references: they are looked up for each token
request, so that a rotated secret is used without a restart. References are pickled with their
credentials; strings only on request.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..._errors import ConfigurationError
from ..._lazy import public
from ..._secrets import MASK, Secret
from ..tokens._errors import SecretUnavailableError

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = [
    "EnvironmentVariable",
    "LiteralSecret",
    "SecretInput",
    "Source",
    "call_provider",
    "require_str",
    "source_of",
]


class Source(Protocol):
    """Provides a secret."""

    @property
    def blocks(self) -> bool:
        """Whether `get` may block (a file, a secret manager), so that event loops must not call it."""
        ...

    @property
    def fixed(self) -> bool:
        """Whether `get` always returns the same secret."""
        ...

    def get(self) -> Secret:
        """Return the secret. Raises `SecretUnavailableError`."""
        ...


@dataclass(frozen=True)
class LiteralSecret:
    """A secret given as a string. Pickling leaves it out unless `keep_in_pickle` is set."""

    secret: Secret
    keep_in_pickle: bool = field(default=False, compare=False)
    blocks = False
    fixed = True

    def get(self) -> Secret:
        return self.secret

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> tuple[Callable[..., Source], tuple[str, ...]]:
        if self.keep_in_pickle:
            return _unpickle, (self.secret.reveal(),)
        return MissingAfterPickle, ()


def _unpickle(value: str) -> LiteralSecret:
    return LiteralSecret(Secret(value), keep_in_pickle=True)


class MissingAfterPickle:
    """Replaces a secret that pickling left out."""

    blocks = False
    fixed = True

    def get(self) -> Secret:
        raise SecretUnavailableError(
            "the secret was given as text, and pickling left it behind",
            advice="Refer to it by an environment variable, a profile or a function, "
            "or pickle credentials.with_secrets() if the pickle is as safe as the secret.",
        )

    def __repr__(self) -> str:
        return "<left behind by pickle>"


@public
@dataclass(frozen=True)
class EnvironmentVariable:
    """A secret in an environment variable, read when needed."""

    name: str
    blocks = False
    fixed = False

    def get(self) -> Secret:
        if value := os.environ.get(self.name, "").strip("\r\n"):
            return Secret(value)
        raise SecretUnavailableError(f"the environment variable {self.name} is not set", advice=f"Set {self.name}.")

    def __repr__(self) -> str:
        return f"EnvironmentVariable({self.name!r})"


@dataclass(frozen=True)
class CallableSecret:
    """A secret that a function returns, such as from a secret manager."""

    function: Callable[[], str | Secret]
    blocks = True
    fixed = False

    def get(self) -> Secret:
        value = call_provider(self.function, f"the function {self!r} that gives the secret")
        if isinstance(value, str) and value.strip("\r\n"):
            return Secret(value.strip("\r\n"))  # files and secret managers often add a newline
        if isinstance(value, Secret) and value:
            return value
        raise SecretUnavailableError(f"the function {self!r} gave {type(value).__name__} instead of a non-empty str")

    def __repr__(self) -> str:
        return getattr(self.function, "__qualname__", type(self.function).__name__)


def call_provider(function: Callable[[], object], name: str) -> object:
    """Call a user's function. `name` is for the error message, which quotes nothing of the original error."""
    try:
        return function()
    except Exception as error:
        error_type = type(error).__name__
    raise SecretUnavailableError(f"{name} raised {error_type}")  # outside `except`: the original may hold a secret


_NOT_SET_ADVICE = "Is the variable or setting that it comes from set?"

SecretInput: TypeAlias = str | Secret | EnvironmentVariable | Callable[[], str | Secret] | Source
"""Types that credentials accept for a secret."""


def source_of(value: SecretInput, name: str) -> Source:
    """Wrap a user's value as a source. `name` is for error messages."""
    if isinstance(value, str):
        return LiteralSecret(Secret(require_str(value, name)))
    if isinstance(value, Secret):
        return LiteralSecret(value)
    if _is_source(value):
        return value
    if callable(value):
        return CallableSecret(value)
    raise ConfigurationError(
        f"{name} must be text, a function or a reference to a secret, not {type(value).__name__}",
        advice=_NOT_SET_ADVICE,
    )


def _is_source(value: object) -> TypeIs[Source]:
    return hasattr(value, "get") and hasattr(value, "blocks")


def require_str(value: object, name: str) -> str:
    """Return a non-empty string without line breaks at its ends, or raise `ConfigurationError`."""
    if not isinstance(value, str):
        advice = _NOT_SET_ADVICE if value is None else None
        raise ConfigurationError(f"{name} must be text, not {type(value).__name__}", advice=advice)
    if not value.strip():
        raise ConfigurationError(f"{name} is empty", advice=_NOT_SET_ADVICE)
    return value.strip("\r\n")
