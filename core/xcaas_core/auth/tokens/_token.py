"""A credential value that may be used for a while, and what is known about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from datetime import datetime

from ..._lazy import public
from ..._secrets import MaskedStr
from ._policy import TokenPolicy

__all__ = ["AccessToken", "TokenInfo"]

_DEFAULT_POLICY = TokenPolicy()


@public
@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What the token endpoint said about the current token. The token itself isn't in it."""

    products: tuple[str, ...] = ()
    """Names, as in the Admin Console, of the products that the key may call. A product added to
    the key shows up with a later token, after a replication delay. A name here doesn't mean that the
    product takes this token: some of them take another credential."""
    lifetime: float = math.inf
    """Seconds that the token was good for when it was issued."""
    remaining: float = math.inf
    """Seconds left when this was asked."""
    issued_at: datetime | None = None
    """By the server's clock."""
    scope: str = ""


@dataclass(slots=True, eq=False)
class AccessToken:
    """A value ready to be sent, and until when. All times are on the client's monotonic clock.

    One that is not `reusable` is for the callers that waited for it and nobody after them. `shared`: it comes from a
    cache.
    """

    value: MaskedStr
    life: float = math.inf
    obtained_at: float = 0.0
    policy: InitVar[TokenPolicy] = _DEFAULT_POLICY
    info: TokenInfo = TokenInfo()
    fingerprint: str = ""
    shared: bool = False
    reusable: bool = field(init=False)
    expires_at: float = field(init=False)
    advisory_at: float = field(init=False)
    mandatory_at: float = field(init=False)

    def __post_init__(self, policy: TokenPolicy) -> None:
        self.reusable = self.life > 0
        self.expires_at = self.obtained_at + self.life
        advisory, mandatory = policy.windows(self.life)
        self.advisory_at = self.expires_at - advisory
        self.mandatory_at = self.expires_at - mandatory

    def remaining(self, clock: Callable[[], float]) -> float:
        """Return the seconds that it is still good for."""
        return max(0.0, self.expires_at - clock())

    def __repr__(self) -> str:
        return f"<AccessToken life={self.life}>"
