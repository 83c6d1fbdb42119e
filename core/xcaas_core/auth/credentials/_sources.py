"""Where a secret comes from: given as text, an environment variable, a callable, a profile file.

A *source* is what credentials keep. Text is wrapped at once. The others are references: they are
looked up each time a token is requested, so that a rotated secret is used without a restart, and
they travel when credentials are pickled, which text does only when asked to.
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
    "require_text",
    "source_of",
]


class Source(Protocol):
    """A way to get at a secret."""

    @property
    def blocks(self) -> bool:
        """Whether `get` may take a while (a file, a secret manager), so that event loops must not call it."""
        ...

    @property
    def fixed(self) -> bool:
        """Whether it always gives the same secret."""
        ...

    def get(self) -> Secret:
        """Return the secret. Raises `SecretUnavailableError`."""
        ...


@dataclass(frozen=True)
class LiteralSecret:
    """A secret that was given as text. Left behind by pickle unless `travels` is set."""

    secret: Secret
    travels: bool = field(default=False, compare=False)
    blocks = False
    fixed = True

    def get(self) -> Secret:
        return self.secret

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> tuple[Callable[..., Source], tuple[str, ...]]:
        if self.travels:
            return _unpack, (self.secret.reveal(),)
        return MissingAfterPickle, ()


def _unpack(text: str) -> LiteralSecret:
    return LiteralSecret(Secret(text), travels=True)


class MissingAfterPickle:
    """Stands where a secret was before credentials were pickled."""

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
        if text := os.environ.get(self.name, "").strip("\r\n"):
            return Secret(text)
        raise SecretUnavailableError(f"the environment variable {self.name} is not set", advice=f"Set {self.name}.")

    def __repr__(self) -> str:
        return f"EnvironmentVariable({self.name!r})"


@dataclass(frozen=True)
class CallableSecret:
    """A secret that a function fetches, such as from a secret manager."""

    function: Callable[[], str | Secret]
    blocks = True
    fixed = False

    def get(self) -> Secret:
        value = call_provider(self.function, f"the function {self!r} that gives the secret")
        if isinstance(value, str) and value.strip("\r\n"):
            return Secret(value.strip("\r\n"))  # files and secret managers like to end in a newline
        if isinstance(value, Secret) and value:
            return value
        raise SecretUnavailableError(f"the function {self!r} gave {type(value).__name__} instead of a non-empty str")

    def __repr__(self) -> str:
        return getattr(self.function, "__qualname__", type(self.function).__name__)


def call_provider(function: Callable[[], object], what: str) -> object:
    """Return what a user's function gives. `what` names it for the error, which shows nothing of the function's own."""
    try:
        return function()
    except Exception as error:
        trouble = type(error).__name__
    raise SecretUnavailableError(f"{what} raised {trouble}")  # outside the `except`: the first one may show a secret


_IS_IT_SET = "Is the variable or setting that it comes from set?"

SecretInput: TypeAlias = str | Secret | EnvironmentVariable | Callable[[], str | Secret] | Source
"""What credentials accept for a secret."""


def source_of(value: SecretInput, what: str) -> Source:
    """Wrap what the user gave. `what` names it for messages."""
    if isinstance(value, str):
        return LiteralSecret(Secret(require_text(value, what)))
    if isinstance(value, Secret):
        return LiteralSecret(value)
    if _is_source(value):
        return value
    if callable(value):
        return CallableSecret(value)
    raise ConfigurationError(
        f"{what} must be text, a function or a reference to a secret, not {type(value).__name__}",
        advice=_IS_IT_SET,
    )


def _is_source(value: object) -> TypeIs[Source]:
    return hasattr(value, "get") and hasattr(value, "blocks")


def require_text(value: object, what: str) -> str:
    """Return text without the line end that files give it. Refuse what is no text, or empty: it would only be refused
    later, and less clearly."""
    if not isinstance(value, str):
        advice = _IS_IT_SET if value is None else None
        raise ConfigurationError(f"{what} must be text, not {type(value).__name__}", advice=advice)
    if not value.strip():
        raise ConfigurationError(f"{what} is empty", advice=_IS_IT_SET)
    return value.strip("\r\n")
