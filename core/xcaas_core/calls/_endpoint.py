"""One operation as one client calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ._rate_limits import RateLimiter

if TYPE_CHECKING:
    from ..auth._interface import Authorizer
    from ..serialization._compiled import Compiled

__all__ = ["Endpoint"]


class Endpoint:
    """One operation as one client calls it: its address, its fixed headers, and who signs."""

    __slots__ = ("address", "authorizer", "compiled", "headers", "limiter", "setting", "template")

    def __init__(
        self,
        compiled: Compiled,
        *,
        address: str,
        template: str,
        headers: dict[str, str],
        authorizer: Authorizer | None,
        limiter: RateLimiter | None,
        setting: Callable[[str], str | None],
    ) -> None:
        self.compiled: Compiled = compiled
        self.address: str = address
        self.template: str = template
        self.headers: dict[str, str] = headers
        self.authorizer: Authorizer | None = authorizer
        self.limiter: RateLimiter | None = limiter
        self.setting: Callable[[str], str | None] = setting
