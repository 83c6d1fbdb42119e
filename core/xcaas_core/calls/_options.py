"""What a client is told about how to call: immutable, and shared with nobody who could change it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import index
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .._checks import invalid_type, is_number
from .._errors import ConfigurationError
from . import _option_checks as checks
from ._retry import RetryPolicy

if TYPE_CHECKING:
    from ..operations._product import RateLimit
    from ._hooks import Hook

__all__ = [
    "DEFAULT_RETRIES",
    "DEFAULT_TIMEOUT",
    "UNCHANGED",
    "Options",
    "RegionSetting",
    "Rule",
    "Timeout",
    "Unchanged",
    "option",
    "rules_of",
]

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
        """Return the limits that an option stands for: a number is the total, None is no limit at all."""
        if isinstance(value, Timeout):
            return value
        if value is None:
            return cls(None, connect=None, read=None)
        _check_limit("timeout", value, "a positive number of seconds, a Timeout, or None for no limit")
        # A longer total than usual is meant for slow responses, so the server may be silent for as long.
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
    """Return the policy that an option stands for: a number is how many retries, None is none."""
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
        from .._redaction import safe_headers

        return repr(safe_headers(self))


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an option, beside its type and its default."""

    accepts: Callable[[object], bool] | None = None
    """Whether a value is of a type that fits."""
    wanted: str = ""
    """What messages call that type."""
    advice: str | None = None
    check: Callable[[object], None] | None = None
    """Raises `ConfigurationError` for a value of the right type that cannot be used."""
    variable: str | None = None
    """The environment variable that `from_env` reads."""
    read: Callable[[str], object] = str
    """What the text of that variable stands for."""
    shared: bool = False
    """Whether copies of a client have it in common, so that `with_options` cannot change it."""

    def refuse_misfit(self, name: str, value: object) -> None:
        """Raise `ConfigurationError` for a value that the option cannot have."""
        if self.accepts is not None and not self.accepts(value):
            raise invalid_type(name, value, self.wanted, self.advice)
        if self.check is not None:
            self.check(value)

    def from_env(self) -> object:
        """Return what the environment says; None where it says nothing."""
        text = os.environ.get(self.variable, "").strip() if self.variable is not None else ""
        return self.read(text) if text else None


def option(
    default: object = None, accepts: Callable[[object], bool] | None = None, wanted: str = "", **facts: Any
) -> Any:
    """Declare an option: a field of `Options`, or of a class derived from it, with its rule."""
    return field(default=default, metadata={"rule": Rule(accepts, wanted, **facts)})


def rules_of(options: type[Options]) -> dict[str, Rule]:
    """Return the rules of all options by name."""
    return {declared.name: declared.metadata["rule"] for declared in fields(options)}


def _regions(text: str) -> str | dict[str, str]:
    """Read one region, or one per product: `storage=uk,cc_realtime=eu`."""
    if "=" not in text:
        return text
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    return {product.strip(): word.strip() for product, _, word in pairs}


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Options:
    """How a client calls. The one table of these options: what is not said here of each is in the client's docstring."""

    region: RegionSetting | None = option(
        None, checks.is_region, "one word, or a mapping from product to word", variable="XCAAS_REGION", read=_regions
    )
    tenant: str | None = option(None, checks.is_str, "text", variable="XCAAS_TENANT")
    cluster: str | None = option(None, checks.is_str, "text", variable="XCAAS_CLUSTER")
    variables: Mapping[str, str] | None = option(None, checks.is_variables, "a mapping from name to text")
    base_url: str | None = option(None, checks.is_str, "text", variable="XCAAS_BASE_URL")
    server: int | str | None = option(
        None, checks.is_server, "an index from 0, or a name, description or address as text"
    )
    timeout: Timeout = option(DEFAULT_TIMEOUT)
    retries: RetryPolicy = option(DEFAULT_RETRIES)
    headers: Mapping[str, str] = option(
        None, checks.is_headers, "a mapping from name to text", check=checks.check_headers
    )
    hooks: Sequence[Hook] = option(
        (),
        checks.are_hooks,
        "a list of objects with the methods before and after",
        advice="Pass a list, also for a single hook: [hook].",
    )
    rate_limits: Mapping[str, Sequence[RateLimit]] | bool = option(
        True,
        checks.is_rate_limits,
        "True, False, or a mapping from product to a list of RateLimit",
        check=checks.check_rate_limits,
        shared=True,
    )
    max_in_flight: int = option(100, checks.is_whole, "a whole number", check=checks.check_in_flight, shared=True)
    trusted_hosts: Sequence[str] = option(
        (),
        checks.is_list_of_str,
        "a list of hosts",
        advice="Pass a list, also for a single host: ['files.example.com'].",
    )
    insecure_hosts: Sequence[str] = option(
        (),
        checks.is_list_of_str,
        "a list of hosts",
        advice="Pass a list, also for a single host: ['api.internal'].",
        check=checks.check_insecure_hosts,
    )
    lenient: bool = option(False, lambda value: isinstance(value, bool), "True or False")

    def __post_init__(self) -> None:
        """Refuse what no client can be made from, and keep the rest as calls want it: nobody else can change it."""
        for name, rule in rules_of(type(self)).items():
            rule.refuse_misfit(name, getattr(self, name))
        self.variables = dict(self.variables or {})
        self.timeout = Timeout.of(self.timeout)
        self.retries = retry_policy(self.retries)
        self.headers = Headers({name.lower(): value for name, value in (self.headers or {}).items()})
        self.hooks = tuple(self.hooks)
        self.trusted_hosts = tuple(host.lower() for host in self.trusted_hosts)
        self.insecure_hosts = tuple(host.lower() for host in self.insecure_hosts)

    @property
    def settings(self) -> dict[str, str]:
        """The words for server addresses and parameters, by their name in the spec (`x-xcaas-from`)."""
        own = {"tenant": self.tenant, "cluster": self.cluster}
        return {**(self.variables or {}), **{name: word for name, word in own.items() if word is not None}}

    def setting(self, product: str, name: str) -> str | None:
        """Return a client setting by its name in the spec, as it holds for a product."""
        if name == "region":
            return self.region if isinstance(self.region, str | None) else self.region.get(product)
        return self.settings.get(name)
