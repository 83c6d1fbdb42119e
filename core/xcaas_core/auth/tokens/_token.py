"""Access tokens, their metadata, and the policy for renewing them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field, fields
from datetime import datetime

from ..._checks import check_number
from ..._errors import ArgumentError
from ..._lazy import public
from ..._secrets import MaskedStr
from ...sansio._steps import backoff_delay

__all__ = ["AccessToken", "TokenInfo", "TokenPolicy"]


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """When to renew a token, and how often to retry. Times in seconds; the defaults suit any lifetime."""

    advisory: float = 300.0
    """This long before a token expires, one caller renews it while the others keep using it."""
    mandatory: float = 30.0
    """This long before it expires, all callers wait for the new one."""
    advisory_share: float = 0.2
    """The advisory window is never more than this share of the token's life, so that short tokens
    are not renewed at every call."""
    mandatory_share: float = 0.05
    """The same for the mandatory window."""
    default_life: float = 300.0
    """Lifetime to assume if the response has none that can be read."""
    longest_life: float = 86400.0
    """Longest time to keep a token, whatever the response says."""
    attempts: int = 4
    """Maximum number of requests for one renewal. A renewal in the advisory window makes one."""
    attempt_timeout: float = 10.0
    """Limit for one request."""
    total_timeout: float = 30.0
    """Limit for one renewal, with all requests and waits."""
    backoff: float = 0.25
    """First wait between requests; it doubles each time, less a random part of up to half."""
    longest_backoff: float = 8.0
    longest_wait: float = 20.0
    """Longest `Retry-After` to wait for; a longer one is raised."""
    refusal_memory: float = 5.0
    """After a refusal, no request with the same secret for this long."""

    def __post_init__(self) -> None:
        for option in fields(self):
            expected, minimum = ("a whole number from 1", 1) if option.name == "attempts" else ("a number from 0", 0.0)
            value: object = getattr(self, option.name)
            check_number(f"{option.name} of a TokenPolicy", value, expected, minimum, kind=ArgumentError)
        if not 0 < self.mandatory_share <= self.advisory_share < 1:
            raise ArgumentError("shares of a TokenPolicy must satisfy 0 < mandatory_share <= advisory_share < 1")

    def windows(self, life: float) -> tuple[float, float]:
        """Return the advisory and the mandatory window of a token that lives `life` seconds."""
        advisory = min(self.advisory, life * self.advisory_share)
        return advisory, min(self.mandatory, life * self.mandatory_share, advisory)

    def life(self, expires_in: object) -> float:
        """Return the lifetime in seconds that `expires_in` means; 0 for a token that has expired.

        8x8 sends a string. Missing, NaN and invalid values count as the default life.
        """
        if isinstance(expires_in, str):
            try:
                expires_in = float(expires_in.strip())
            except ValueError:
                return self.default_life
        if not isinstance(expires_in, (int, float)) or isinstance(expires_in, bool):
            return self.default_life
        if expires_in != expires_in:  # NaN; an int may be too large for math.isnan
            return self.default_life
        return float(max(0, min(expires_in, self.longest_life)))

    def pause(self, failures: int, random: float) -> float:
        """Return the seconds to wait after this many failures in a row (equal jitter)."""
        return backoff_delay(self.backoff, failures, self.longest_backoff) * (0.5 + random / 2)


_DEFAULT_POLICY = TokenPolicy()


@public
@dataclass(frozen=True, slots=True)
class TokenInfo:
    """Details of the current token from the token endpoint, without the token."""

    products: tuple[str, ...] = ()
    """Names, as in the Admin Console, of the products that the key may call. A product added to
    the key shows up with a later token, after a replication delay. A name here doesn't mean that the
    product takes this token: some of them take another credential."""
    lifetime: float = math.inf
    """Seconds from issue to expiry."""
    remaining: float = math.inf
    """Seconds left when this was read."""
    issued_at: datetime | None = None
    """When it was issued, by the server's clock."""
    scope: str = ""


@dataclass(slots=True, eq=False)
class AccessToken:
    """A credential value and its times, on the client's monotonic clock.

    Only callers that waited for it use a token that is not `reusable`. `shared`: it comes from a cache.
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
        """Return the seconds until expiry."""
        return max(0.0, self.expires_at - clock())

    def __repr__(self) -> str:
        return f"<AccessToken life={self.life}>"
