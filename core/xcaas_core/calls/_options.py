"""What a client is told about how to call: immutable, and shared with nobody who could change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Final, TypeAlias

from .._checks import invalid_type, is_number
from .._errors import ConfigurationError
from .._redaction import safe_headers
from ._retry import RetryPolicy

if TYPE_CHECKING:
    from ..operations._product import RateLimit
    from ._hooks import Hook

__all__ = ["DEFAULT_RETRIES", "DEFAULT_TIMEOUT", "UNCHANGED", "Options", "RegionSetting", "Timeout", "Unchanged"]

# One word for all products, or one per product: {"storage": "uk", "cc_realtime": "eu"}.
RegionSetting: TypeAlias = "str | Mapping[str, str]"


class Unchanged:
    """The type of `UNCHANGED`: an option that `with_options` leaves as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNCHANGED"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNCHANGED"


UNCHANGED: Final = Unchanged()


class Timeout:
    """Time limits in seconds. None means no limit.

    Args:
        total: For the whole call: waiting for a slot, a token, every retry, and the body. The body of
            a download is bounded by `read` alone, because files may be of any size.
        connect: To make one connection.
        read: For the server to say something, and for the network to take what is sent.
    """

    __slots__ = ("connect", "read", "total")

    def __init__(self, total: float | None = 60.0, *, connect: float | None = 10.0, read: float | None = 30.0) -> None:
        for name, limit in (("total", total), ("connect", connect), ("read", read)):
            _check_limit(f"{name} of a Timeout", limit, "a positive number of seconds, or None for no limit")
        self.total: float | None = total
        self.connect: float | None = connect
        self.read: float | None = read

    @classmethod
    def of(cls, value: Timeout | float | None) -> Timeout:
        """A number is the total; None is no limit at all."""
        if isinstance(value, Timeout):
            return value
        if value is None:
            return cls(None, connect=None, read=None)
        _check_limit("timeout", value, "a positive number of seconds, a Timeout, or None for no limit")
        # A longer total than usual is meant for slow answers, so the server may be silent for as long.
        return cls(value, connect=min(10.0, value), read=value)

    def __repr__(self) -> str:
        return f"Timeout({self.total}, connect={self.connect}, read={self.read})"


def _check_limit(name: str, limit: object, wanted: str) -> None:
    if limit is None:
        return
    if not is_number(limit):
        raise invalid_type(name, limit, wanted)
    if not limit > 0:
        raise ConfigurationError(f"{name} must be {wanted}, not {limit}")


DEFAULT_TIMEOUT: Final = Timeout()
DEFAULT_RETRIES: Final = RetryPolicy()


def retry_policy(value: RetryPolicy | int | None) -> RetryPolicy:
    """A number is how many retries; None is none."""
    if isinstance(value, RetryPolicy):
        return value
    if value is None:
        return RetryPolicy(0)
    wanted = "a whole number from 0, or a RetryPolicy"
    try:
        count = index(value)
    except TypeError:
        raise invalid_type("retries", value, wanted) from None
    if isinstance(value, bool) or count < 0:
        raise ConfigurationError(f"retries must be {wanted}, not {value}")
    return RetryPolicy(count)


class Headers(dict[str, str]):
    """Headers of the caller's own, of which `repr` shows no secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(safe_headers(self))


class Options:
    """How a client calls. Made once; `replace` makes a changed copy."""

    __slots__ = (
        "base_url",
        "headers",
        "hooks",
        "lenient",
        "max_in_flight",
        "rate_limits",
        "region",
        "retries",
        "server",
        "settings",
        "timeout",
        "trusted_hosts",
    )

    def __init__(
        self,
        *,
        region: RegionSetting | None = None,
        settings: Mapping[str, str] | None = None,
        base_url: str | None = None,
        server: int | str | None = None,
        timeout: Timeout | float | None = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        hooks: Sequence[Hook] = (),
        rate_limits: Mapping[str, Sequence[RateLimit]] | bool = True,
        max_in_flight: int = 100,
        trusted_hosts: Sequence[str] = (),
        lenient: bool = False,
    ) -> None:
        self.region: RegionSetting | None = region
        self.settings: Mapping[str, str] = dict(settings or {})
        self.base_url: str | None = base_url
        self.server: int | str | None = server
        self.timeout: Timeout = Timeout.of(timeout)
        self.retries: RetryPolicy = retry_policy(retries)
        self.headers: Mapping[str, str] = Headers({name.lower(): value for name, value in (headers or {}).items()})
        self.hooks: tuple[Hook, ...] = tuple(hooks)
        self.rate_limits: Mapping[str, Sequence[RateLimit]] | bool = rate_limits
        self.max_in_flight: int = max_in_flight
        self.lenient: bool = lenient
        self.trusted_hosts: tuple[str, ...] = tuple(host.lower() for host in trusted_hosts)

    def setting(self, product: str, name: str) -> str | None:
        """A client setting by its name in the spec (`x-xcaas-from`), as it holds for a product."""
        if name == "region":
            return self.region if isinstance(self.region, str | None) else self.region.get(product)
        return self.settings.get(name)
