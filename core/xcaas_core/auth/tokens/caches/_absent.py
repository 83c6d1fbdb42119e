"""Replaces this package in a vendored copy without token caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...._errors import ConfigurationError
from ....sansio._steps import Flow
from ..._interface import AuthContext
from .._errors import Failure
from .._refresh import RefreshBudget, TokenFetcher
from .._token import AccessToken, TokenPolicy

__all__ = ["CachingFetcher", "TokenCache"]


class TokenCache(Protocol):
    """Type of `cache=`, which this copy refuses."""

    def try_lock(self, key: str, seconds: float) -> str | None: ...


class CachingFetcher:
    """Refuses a cache: tokens that are silently not shared would cost requests."""

    def __init__(
        self,
        fetch: TokenFetcher,
        cache: TokenCache,
        identity: Callable[[], Flow[object]],
        policy: TokenPolicy,
        context: AuthContext,
    ) -> None:
        raise ConfigurationError(
            "this copy has no token caches", advice="Make it again with: xcaas-gen vendor … --with TokenCache"
        )

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        raise NotImplementedError
