"""What all kinds of credentials share: options, rotation, copying, pickling, a `repr` that tells no secret.

The functions are for the rest of this package. They are no methods, so that users don't meet them.
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

__all__ = ["Credential", "Options", "adopt", "is_fixed", "manager_of", "refill_with", "reveal", "texts"]

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


def texts(name: str, given: object, wanted: str) -> frozenset[str]:
    """Return one text or several as a set. `name` and `wanted` are for the error about anything else."""
    if isinstance(given, str):
        return frozenset([given])
    items = list(given) if is_iterable(given) else [given]
    found = frozenset(item for item in items if isinstance(item, str))
    if not all(isinstance(item, str) for item in items):
        raise invalid_type(name, given, wanted)
    return found


@public
class Credential:
    """The base of all credentials. Tokens, pending renewals and counters belong to the object: clients
    with the same object share them, and a copy starts without them."""

    kind: ClassVar[str]
    _secrets: ClassVar[tuple[str, ...]]
    _shown: ClassVar[tuple[str, ...]] = ()

    def __init__(self, options: Options) -> None:
        _check_options(type(self), options)
        self.products: frozenset[str] = texts("products", options.get("products", ()), "names of products")
        self.role: str | None = options.get("role")
        self.policy: TokenPolicy = options.get("policy") or TokenPolicy()
        self.cache: TokenCache | None = options.get("cache")
        self._begin(options.get("on_event"))

    def _begin(self, observer: Observer | None) -> None:
        self._events = Events(self.__repr__, observer)
        self._registry = TokenRegistry(self.policy, self._events)
        self._refill: Callable[[], None] | None = None

    @property
    def counters(self) -> AuthCounters:
        """A snapshot of how often tokens were acquired, reused, renewed early, refused and so on."""
        return self._events.snapshot()

    def with_secrets(self: Self) -> Self:
        """Return a copy whose pickle includes its secrets. Protect the pickle as you would the secrets."""
        copy = self._twin()
        for name in self._secrets:
            source: object = getattr(copy, name)
            if isinstance(source, LiteralSecret):
                setattr(copy, name, LiteralSecret(source.get(), travels=True))
        return copy

    def _replace(self, fields: Mapping[str, object], *, drop: bool) -> None:
        """Change what identifies the caller. `drop`: a token that was obtained before is not used any more."""
        vars(self).update(fields)
        self._registry.renew(drop=drop)

    def _twin(self: Self) -> Self:
        twin = object.__new__(type(self))
        vars(twin).update(self.__getstate__())
        twin._begin(self._events.observer)
        return twin

    def __getstate__(self) -> dict[str, object]:
        """Return the configuration only: no token, no lock, no counters, no observer."""
        state = dict(vars(self))
        for name in ("_events", "_registry", "_refill"):
            del state[name]
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._begin(None)

    def __copy__(self: Self) -> Self:
        return self._twin()

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self._twin()

    def __repr__(self) -> str:
        held = vars(self)  # not all of it, where a traceback shows one that could not be made
        shown = {name.strip("_"): held.get(name) for name in (*self._shown, *self._secrets)}
        shown |= {"products": sorted(held.get("products", ())) or None, "role": held.get("role")}
        parts = [f"{name}={value!r}" for name, value in shown.items() if value is not None]
        return f"{type(self).__name__}({', '.join(parts)})"


def manager_of(
    credential: Credential, key: Hashable, context: AuthContext, make_fetcher: Callable[[], TokenFetcher]
) -> TokenManager:
    """Return the manager of what is obtained with a credential under `key`."""
    return credential._registry.manager(key, context, make_fetcher)


def reveal(credential: Credential, name: str) -> Flow[Secret]:
    """Return a credential's secret as it is at this moment, after asking its provider if it has one."""
    if credential._refill is not None:
        yield from run_in_thread(credential._refill)
    source = _source(credential, name)
    return (yield from run_in_thread(source.get)) if source.blocks else source.get()


def is_fixed(credential: Credential, name: str) -> bool:
    """Return whether a credential's secret is the same each time, until it is replaced."""
    return credential._refill is None and _source(credential, name).fixed


def refill_with(credential: Credential, refill: Callable[[], None]) -> None:
    """Have `refill` called before each look at the secrets of a credential."""
    credential._refill = refill


def adopt(credential: Credential, other: Credential) -> None:
    """Let a credential become what `other` is, which a provider has just given for the renewal that is under way.

    Only another identity makes that renewal, and what was obtained before, worthless.
    """
    vars(credential).update({name: getattr(other, name) for name in credential._secrets})
    changed = [name for name in credential._shown if getattr(credential, name) != getattr(other, name)]
    if changed:
        credential._replace({name: getattr(other, name) for name in changed}, drop=True)


def _source(credential: Credential, name: str) -> Source:
    source: Source = getattr(credential, name)
    return source


def _check_options(cls: type[Credential], options: Options) -> None:
    """Refuse what the types forbid, for callers without a type checker: an option that is not looked at would be lost quietly."""
    unknown = next((name for name in options if name not in Options.__annotations__), None)
    if unknown is not None:
        raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {unknown!r}")
    for name, (fits, wanted) in _WANTED.items():
        value: object = options.get(name)
        if value is not None and not fits(value):
            raise invalid_type(name, value, wanted)


_WANTED: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "role": (lambda value: isinstance(value, str), "text"),
    "policy": (lambda value: isinstance(value, TokenPolicy), "a TokenPolicy"),
    "cache": (lambda value: hasattr(value, "try_lock"), "a token cache, such as FileTokenCache(path)"),
    "on_event": (callable, "a function"),
}
