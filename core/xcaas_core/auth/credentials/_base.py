"""What all kinds of credentials share: options, rotation, copying, pickling, a `repr` that tells no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final, TypedDict, TypeVar, cast

from ..._checks import invalid_type
from ..tokens._events import AuthCounters, Events, Observer
from ..tokens._policy import TokenPolicy
from ..tokens._registry import Pool
from ._sources import LiteralSecret

if TYPE_CHECKING:
    from ..tokens._cache import TokenCache

__all__ = ["Credential", "Options", "texts"]

Self = TypeVar("Self", bound="Credential")


class Options(TypedDict, total=False):
    """Keyword arguments that every kind of credentials takes."""

    products: Iterable[str]
    """Python names of the products that the credential is for; all that take its kind if left out."""
    role: str | None
    """Which of two credentials of one kind this is: `search` or `management` (contacts), `data` or
    `action` (the tokens of a tenant)."""
    policy: TokenPolicy | None
    """When tokens are renewed, and how hard that is tried."""
    on_event: Observer | None
    """Called with an `AuthEvent` whenever something happens to the credential's token."""
    cache: TokenCache | None
    """Shares tokens between credential objects or processes."""


def texts(name: str, given: object, wanted: str) -> frozenset[str]:
    """One text or several, as a set. `name` and `wanted` are for the error about anything else."""
    if isinstance(given, str):
        return frozenset([given])
    found = _items(given)
    if not all(isinstance(item, str) for item in found):
        raise invalid_type(name, given, wanted)
    return frozenset(cast("list[str]", found))


def _items(given: object) -> list[object]:
    return list(cast("Iterable[object]", given)) if isinstance(given, Iterable) else [given]


class Credential:
    """The base of all kinds. Tokens, renewals under way and counters belong to the object, so clients
    that are given the same object share them; a copy starts fresh."""

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
        self._pool = Pool(self.policy, self._events)
        self._refill: Callable[[], None] | None = None

    @property
    def counters(self) -> AuthCounters:
        """How often tokens were acquired, reused, renewed early, refused, …: a copy, as of now."""
        return self._events.snapshot()

    def with_secrets(self: Self) -> Self:
        """A copy whose pickle holds its secrets. Keep such a pickle as safe as the secrets themselves."""
        copy = self._twin()
        for name in self._secrets:
            source: object = getattr(copy, name)
            if isinstance(source, LiteralSecret):
                setattr(copy, name, LiteralSecret(source.get(), travels=True))
        return copy

    def _replace(self, fields: Mapping[str, object], *, drop: bool) -> None:
        """Change what identifies the caller. `drop`: a token that was obtained before is not used any more."""
        vars(self).update(fields)
        self._pool.renew(drop=drop)

    def _adopt(self, other: Credential) -> None:
        """Become what `other` is, which a provider has just given for the renewal that is under way. Only
        another identity makes that renewal, and what was obtained before, worthless."""
        vars(self).update({name: getattr(other, name) for name in self._secrets})
        changed = [name for name in self._shown if getattr(self, name) != getattr(other, name)]
        if changed:
            self._replace({name: getattr(other, name) for name in changed}, drop=True)

    def _twin(self: Self) -> Self:
        twin = object.__new__(type(self))
        vars(twin).update(self.__getstate__())
        twin._begin(self._events.observer)
        return twin

    def __getstate__(self) -> dict[str, object]:
        """Configuration only: no token, no lock, no counters, no observer."""
        state = dict(vars(self))
        for name in ("_events", "_pool", "_refill"):
            del state[name]
        return state

    def __setstate__(self, state: object) -> None:
        vars(self).update(cast("dict[str, object]", state))
        self._begin(None)

    def __copy__(self: Self) -> Self:
        return self._twin()

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self._twin()

    def __repr__(self) -> str:
        shown: dict[str, object] = {name: getattr(self, name) for name in self._shown}
        shown |= {name.strip("_"): getattr(self, name) for name in self._secrets}
        shown |= {"products": sorted(self.products) or None, "role": self.role}
        parts = [f"{name}={value!r}" for name, value in shown.items() if value is not None]
        return f"{type(self).__name__}({', '.join(parts)})"


def _check_options(cls: type[Credential], options: Options) -> None:
    """What the types say, for callers without a type checker: an option that is not looked at would be lost quietly."""
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
