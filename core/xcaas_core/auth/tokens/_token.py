"""A credential value that may be used for a while, and what is known about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..._secrets import MaskedStr
from ._policy import TokenPolicy

__all__ = ["AccessToken", "TokenInfo"]


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


class AccessToken:
    """A value ready to be sent, and until when. All times are on the client's monotonic clock.

    One with `reusable` false is for the callers that waited for it and nobody after them.
    """

    __slots__ = (
        "advisory_at",
        "expires_at",
        "fingerprint",
        "info",
        "life",
        "mandatory_at",
        "obtained_at",
        "reusable",
        "shared",
        "value",
    )

    def __init__(
        self,
        value: MaskedStr,
        *,
        life: float = math.inf,
        obtained_at: float = 0.0,
        policy: TokenPolicy | None = None,
        total_life: float | None = None,
        info: TokenInfo | None = None,
        fingerprint: str = "",
        shared: bool = False,
    ) -> None:
        self.value = value
        self.life = life
        self.obtained_at = obtained_at
        self.expires_at = obtained_at + life
        self.info = info or TokenInfo()
        self.fingerprint = fingerprint
        self.shared = shared
        self.reusable = life > 0
        advisory, mandatory = (policy or _ENDLESS).windows(life if total_life is None else total_life)
        if math.isinf(life):
            advisory = mandatory = 0.0
        self.advisory_at = self.expires_at - advisory
        self.mandatory_at = self.expires_at - mandatory

    def remaining(self, clock: Callable[[], float]) -> float:
        """Return the seconds that it is still good for."""
        return max(0.0, self.expires_at - clock())

    def __repr__(self) -> str:
        return f"<AccessToken life={self.life}>"


_ENDLESS = TokenPolicy()
