"""What blocking and async clients have in common: their options, and how copies are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self, TypeVar, cast

from ._errors import ConfigurationError
from ._option_checks import check_options, refused
from ._options import Options, Unchanged
from ._product import own_product
from ._setup import Setup, options_of

if TYPE_CHECKING:
    from ._engine import Engine

__all__ = ["Client"]


class Client:
    """What both kinds of client have in common."""

    __slots__ = ("_engine", "_owner", "_setup")

    _engine: Engine
    _setup: Setup
    _owner: bool

    @property
    def options(self) -> Options:
        """How this client calls. Change it with `with_options`."""
        return self._engine.options

    def _changed(self, changes: Mapping[str, object]) -> Self:
        """A client that shares connections, tokens and limits with this one, and differs in its options."""
        given = {name: value for name, value in changes.items() if not isinstance(value, Unchanged)}
        if "headers" in given:
            added = given["headers"] or {}
            if not isinstance(added, Mapping):
                raise refused("headers", added, "a mapping from name to text")
            given["headers"] = {**(self._setup["headers"] or {}), **cast("Mapping[str, str]", added)}
        twin = type(self).__new__(type(self))
        twin._setup = cast("Setup", {**self._setup, **given})
        twin._check()
        twin._engine = self._engine.with_options(options_of(twin._setup))
        twin._owner = False
        return twin

    def _check(self) -> None:
        """Refuse options that no client can be made from, and settings for products that this client
        does not have: a typing mistake must not send calls to another region."""
        check_options(self._setup)
        for option in ("region", "rate_limits"):
            given: object = self._setup[option]
            if isinstance(given, Mapping):
                known = _product_names(type(self))
                unknown = sorted(str(name) for name in cast("Mapping[object, object]", given) if name not in known)
                if unknown:
                    raise ConfigurationError(
                        f"{option} names {', '.join(unknown)}, which is no product of this client",
                        advice=_nearest(unknown[0], known) or f"Choose from {', '.join(sorted(known))}.",
                    )

        self._check_credentials()

    def _check_credentials(self) -> None:
        """Refuse `products=` with a slip in it. Other unknown names may be meant for another client."""
        given = [self._setup["credentials"], self._setup["auth"]]
        if given == [None, None]:
            return
        from .auth import products_named

        known = _product_names(type(self))
        for name in sorted(products_named(given) - known):
            if near := _nearest(name, known):
                raise ConfigurationError(
                    f"a credential is for the product {name!r}, which this client does not have", advice=near
                )

    def __reduce__(self) -> tuple[Callable[[type[Self], Setup], Self], tuple[type[Self], Setup]]:
        if self._setup["http_client"] is not None:
            raise TypeError("a client with an http_client of its own cannot be copied or pickled")
        return _rebuilt, (type(self), self._setup)

    def __repr__(self) -> str:
        facts = [f"{name}={self._setup[name]!r}" for name in ("region", "base_url") if self._setup[name] is not None]
        return f"{type(self).__name__}({', '.join(facts)})"


AnyClient = TypeVar("AnyClient", bound=Client)


def _product_names(cls: type[Client]) -> set[str]:
    """What products are called in Python: the properties that generated code adds, or the one product itself."""
    names: set[str] = set()
    for generated in cls.__mro__:
        if not generated.__module__.startswith(f"{__package__}."):
            names.update(name for name, member in vars(generated).items() if isinstance(member, property))
    return names | {product.name for product in own_product(cls)}


def _nearest(name: str, known: set[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(name, known, cutoff=0.8)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else None


def _rebuilt(cls: type[AnyClient], setup: Setup) -> AnyClient:
    return cast("Callable[..., AnyClient]", cls)(**setup)
