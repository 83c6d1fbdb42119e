"""The credentials that one client holds, in the forms that users give them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from ..._errors import ConfigurationError
from ..._fork import resets_after_fork
from ...sansio._steps import Flow, Offload
from ..tokens._errors import SecretUnavailableError
from ._base import Credential
from ._kinds import ApiKey, BasicToken, BearerToken

__all__ = ["Credentials", "Held", "Wallet", "products_named", "without_text"]

One: TypeAlias = Credential | str | tuple[str, str]
Several: TypeAlias = "One | Iterable[Credential] | Mapping[str, One | Iterable[Credential]]"
Credentials: TypeAlias = "Several | Callable[[], Several] | None"
"""What `credentials=` takes: one credential, several, a mapping from scheme or product name to
credentials, or a function that gives any of these. Where a mapping names the scheme, text stands for
a bearer token or a key, and a pair for user and password."""


@dataclass(frozen=True, slots=True)
class Held:
    """A credential, and the scheme or product that it is only for."""

    credential: Credential
    name: str | None = None


class Wallet:
    """Credentials of one client. Those that a function gives are asked for at the first call.

    Clients that are given the same function at the same time share what it gave (`Wallet.of`).
    """

    def __init__(self, given: object) -> None:
        self._held: tuple[Held, ...] | None = None
        self._provider: Callable[[], object] | None = None
        self._lock = threading.Lock()
        if callable(given) and not isinstance(given, Credential):
            self._provider = cast("Callable[[], object]", given)
        else:
            self._held = tuple(_unfold(given))
        resets_after_fork(self)

    @staticmethod
    def of(given: object) -> Wallet:
        """The wallet for what a client was given."""
        known = _by_provider.get(id(given))
        if known is not None and known._provider is given:
            return known
        wallet = Wallet(given)
        if wallet._provider is not None:
            _by_provider[id(given)] = wallet
        return wallet

    def open(self) -> Flow[tuple[Held, ...]]:
        """What the client holds."""
        if self._held is None:
            yield Offload(self._ask_first)
        assert self._held is not None
        return self._held

    def reset(self) -> None:
        """In a forked child: another thread of the parent may have been asking."""
        self._lock = threading.Lock()

    def _ask_first(self) -> None:
        """Many calls may start at once; one of them asks."""
        with self._lock:
            if self._held is None:
                self._take(self._fetch())

    def _ask(self) -> None:
        """Ask the provider again, for a token request or after a refusal."""
        with self._lock:
            self._take(self._fetch())

    def _fetch(self) -> tuple[Held, ...]:
        assert self._provider is not None
        return tuple(_unfold(_call(self._provider)))

    def _take(self, fresh: tuple[Held, ...]) -> None:
        """Objects from before stay and take over what the new ones hold, so that tokens and counters last."""
        held = self._held
        if held is None or not _fits(held, fresh):
            for entry in fresh:
                entry.credential._refill = self._ask  # pyright: ignore[reportPrivateUsage]
            self._held = fresh
            return
        for old, new in zip(held, fresh, strict=True):
            if old.credential is not new.credential:
                old.credential._adopt(new.credential)  # pyright: ignore[reportPrivateUsage]

    def __repr__(self) -> str:
        return f"<Wallet of {'a function' if self._held is None else [held.credential for held in self._held]}>"


# A wallet keeps its provider alive, so an id stands for one provider as long as it is in here.
_by_provider: weakref.WeakValueDictionary[int, Wallet] = weakref.WeakValueDictionary()


def _fits(held: tuple[Held, ...], fresh: tuple[Held, ...]) -> bool:
    return [(type(one.credential), one.name) for one in held] == [(type(one.credential), one.name) for one in fresh]


def _call(provider: Callable[[], object]) -> object:
    trouble: str | None = None
    given: object = None
    try:
        given = provider()
    except Exception as error:
        trouble = type(error).__name__
    if trouble is not None:  # outside the `except`: the function's own error may show a secret
        raise SecretUnavailableError(f"the function that gives the credentials raised {trouble}")
    return given


def _unfold(given: object, name: str | None = None) -> Iterable[Held]:
    """What was given, one by one. `name`: the scheme or product that a mapping gave it for."""
    if given is None:
        return
    if isinstance(given, type | bytes | bytearray):
        raise _unknown(given)
    if isinstance(given, Credential):
        yield Held(given, name)
    elif isinstance(given, Mapping):
        if name is not None:
            raise _unknown(cast("object", given))
        for key, value in cast("Mapping[str, object]", given).items():
            yield from _unfold(value, key)
    elif isinstance(given, str):
        yield from (Held(credential, name) for credential in (BearerToken(given), ApiKey(given)))
    elif (pair := _pair(given)) is not None:
        yield Held(BasicToken(*pair), name)
    elif isinstance(given, Iterable):
        for item in cast("Iterable[object]", given):
            if not isinstance(item, Credential):
                raise _unknown(item, "a list of credentials cannot hold")
            yield Held(item, name)
    else:
        raise _unknown(given)


def without_text(given: object) -> object:
    """What a client was given, with text wrapped into credentials, so that no secret stays bare in the client.

    Raises `ConfigurationError` for what credentials cannot be made from.
    """
    if isinstance(given, Mapping):
        named = cast("Mapping[str, object]", given)
        _refuse_arguments(named)
        return {name: without_text(value) for name, value in named.items()}
    if given is None or isinstance(given, Credential) or (callable(given) and not isinstance(given, type)):
        return given
    held = [entry.credential for entry in _unfold(given)]
    return (
        cast("object", given)
        if isinstance(given, list | tuple) and [*cast("Iterable[object]", given)] == held
        else held
    )


def _refuse_arguments(given: Mapping[str, object]) -> None:
    """The arguments of a credential by name are not yet the credential."""
    kind = _ARGUMENTS.get(frozenset(given))
    if kind is not None and all(isinstance(value, str) for value in given.values()):
        names = ", ".join(f"{name}=…" for name in given)
        raise ConfigurationError(
            f"credentials is a dictionary with the arguments of {kind}", advice=f"Pass {kind}({names})."
        )


_ARGUMENTS: Final = {
    frozenset({"client_id", "client_secret"}): "ClientCredentials",
    frozenset({"api_key", "username", "password"}): "WorkAnalyticsLogin",
    frozenset({"tenant", "token"}): "BasicToken",
}


def products_named(given: object) -> frozenset[str]:
    """The products that credentials are said to be for, as far as that is known without asking a function."""
    if isinstance(given, Credential):
        return given.products
    if isinstance(given, Mapping):
        given = list(cast("Mapping[str, object]", given).values())
    if isinstance(given, list | tuple | set | frozenset):
        return frozenset[str]().union(*[products_named(item) for item in cast("Iterable[object]", given)])
    return frozenset()


def _pair(given: object) -> tuple[str, str] | None:
    match given:
        case (str() as user, str() as password) if isinstance(given, tuple):
            return user, password
        case _:
            return None


def _unknown(given: object, what: str = "credentials cannot be") -> ConfigurationError:
    kind = f"the class {given.__name__} itself" if isinstance(given, type) else type(given).__name__
    return ConfigurationError(
        f"{what} {kind}",
        advice="Give ClientCredentials(…), ApiKey(…), BasicToken(…), WorkAnalyticsLogin(…) or BearerToken(…), "
        "a list of these, a mapping from scheme name to one of these, or a function that returns them.",
    )
