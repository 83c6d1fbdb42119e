"""The base of all kinds of credentials: options, rotation, copying, pickling, a `repr` without secrets.

The module's functions are internal, and therefore not methods of a public class.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final, TypedDict, TypeVar

from ..._checks import invalid_type, is_iterable
from ..._lazy import public
from ..._secrets import Secret
from ...sansio._steps import Flow, run_in_thread
from .._interface import AuthContext
from ..tokens._events import AuthCounters, Events, Observer
from ..tokens._manager import TokenManager, TokenRegistry
from ..tokens._refresh import TokenFetcher
from ..tokens._token import TokenPolicy
from ._sources import LiteralSecret, Source

if TYPE_CHECKING:
    from ..tokens.caches import TokenCache

__all__ = ["Credential", "Options", "is_fixed", "manager_of", "reveal", "set_reload", "str_set", "update_from"]

Self = TypeVar("Self", bound="Credential")


class Options(TypedDict, total=False):
    """Keyword arguments that every kind of credentials takes."""

    products: Iterable[str]
    """Python names of the products to use the credential for; by default, all that take this kind."""
    role: str | None
    """Tells two credentials of the same kind apart: `search` or `management` (contacts), `data` or
    `action` (the tokens of a tenant)."""
    policy: TokenPolicy | None
    """When to renew tokens, and how often to retry."""
    on_event: Observer | None
    """Called with an `AuthEvent` for everything that happens to the credential's token."""
    cache: TokenCache | None
    """Shares tokens between credential objects or processes."""


def str_set(name: str, value: object, expected: str) -> frozenset[str]:
    """Return a string, or an iterable of strings, as a set. Otherwise raise an error with `name` and `expected`."""
    if isinstance(value, str):
        return frozenset([value])
    items = list(value) if is_iterable(value) else [value]
    strings = frozenset(item for item in items if isinstance(item, str))
    if not all(isinstance(item, str) for item in items):
        raise invalid_type(name, value, expected)
    return strings


@public
class Credential:
    """The base of all credentials. Tokens, pending renewals and counters belong to the object: clients
    with the same object share them, and a copy starts without them."""

    kind: ClassVar[str]
    _secrets: ClassVar[tuple[str, ...]]
    _identity: ClassVar[tuple[str, ...]] = ()

    def __init__(self, options: Options) -> None:
        _check_options(type(self), options)
        self.products: frozenset[str] = str_set("products", options.get("products", ()), "names of products")
        self.role: str | None = options.get("role")
        self.policy: TokenPolicy = options.get("policy") or TokenPolicy()
        self.cache: TokenCache | None = options.get("cache")
        self._reset_state(options.get("on_event"))

    def _reset_state(self, observer: Observer | None) -> None:
        self._events = Events(self.__repr__, observer)
        self._registry = TokenRegistry(self.policy, self._events)
        self._reload: Callable[[], None] | None = None

    @property
    def counters(self) -> AuthCounters:
        """A snapshot of how often tokens were acquired, reused, renewed early, refused and so on."""
        return self._events.snapshot()

    def with_secrets(self: Self) -> Self:
        """Return a copy whose pickle includes its secrets. Protect the pickle as you would the secrets."""
        copy = self._copy()
        for name in self._secrets:
            source: object = getattr(copy, name)
            if isinstance(source, LiteralSecret):
                setattr(copy, name, LiteralSecret(source.get(), keep_in_pickle=True))
        return copy

    def _replace(self, fields: Mapping[str, object], *, drop: bool) -> None:
        """Replace fields. `drop`: stop using the current token."""
        vars(self).update(fields)
        self._registry.renew(drop=drop)

    def _copy(self: Self) -> Self:
        copy = object.__new__(type(self))
        vars(copy).update(self.__getstate__())
        copy._reset_state(self._events.observer)
        return copy

    def __getstate__(self) -> dict[str, object]:
        """Return the configuration only: no token, no lock, no counters, no observer."""
        state = dict(vars(self))
        for name in ("_events", "_registry", "_reload"):
            del state[name]
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._reset_state(None)

    def __copy__(self: Self) -> Self:
        return self._copy()

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self._copy()

    def __repr__(self) -> str:
        values = vars(self)  # incomplete if the constructor raised, and a traceback shows the object
        fields = {name.strip("_"): values.get(name) for name in (*self._identity, *self._secrets)}
        fields |= {"products": sorted(values.get("products", ())) or None, "role": values.get("role")}
        parts = [f"{name}={value!r}" for name, value in fields.items() if value is not None]
        return f"{type(self).__name__}({', '.join(parts)})"


def manager_of(
    credential: Credential, key: Hashable, context: AuthContext, make_fetcher: Callable[[], TokenFetcher]
) -> TokenManager:
    """Return the token manager of a credential for `key`."""
    return credential._registry.manager(key, context, make_fetcher)


def reveal(credential: Credential, name: str) -> Flow[Secret]:
    """Return a secret's current value, asking the credential's provider first if there is one."""
    if credential._reload is not None:
        yield from run_in_thread(credential._reload)
    source = _source(credential, name)
    return (yield from run_in_thread(source.get)) if source.blocks else source.get()


def is_fixed(credential: Credential, name: str) -> bool:
    """Return whether a secret stays the same until it is replaced."""
    return credential._reload is None and _source(credential, name).fixed


def set_reload(credential: Credential, reload: Callable[[], None]) -> None:
    """Have `reload` called before each read of a credential's secrets."""
    credential._reload = reload


def update_from(credential: Credential, other: Credential) -> None:
    """Take over the secrets and identity of `other`, which a provider returned during a renewal.

    Only a new identity ends that renewal and drops the current token.
    """
    vars(credential).update({name: getattr(other, name) for name in credential._secrets})
    changed = [name for name in credential._identity if getattr(credential, name) != getattr(other, name)]
    if changed:
        credential._replace({name: getattr(other, name) for name in changed}, drop=True)


def _source(credential: Credential, name: str) -> Source:
    source: Source = getattr(credential, name)
    return source


def _check_options(cls: type[Credential], options: Options) -> None:
    """Refuse unknown options and wrong types, for callers without a type checker."""
    unknown = next((name for name in options if name not in Options.__annotations__), None)
    if unknown is not None:
        raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {unknown!r}")
    for name, (is_valid, expected) in _OPTION_CHECKS.items():
        value: object = options.get(name)
        if value is not None and not is_valid(value):
            raise invalid_type(name, value, expected)


_OPTION_CHECKS: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "role": (lambda value: isinstance(value, str), "text"),
    "policy": (lambda value: isinstance(value, TokenPolicy), "a TokenPolicy"),
    "cache": (lambda value: hasattr(value, "try_lock"), "a token cache, such as FileTokenCache(path)"),
    "on_event": (callable, "a function"),
}
