"""The credentials that one client holds, in the forms that users give them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..._checks import is_iterable, is_mapping
from ..._errors import ConfigurationError
from ..._fork import resets_after_fork
from ...sansio._steps import Flow, run_in_thread
from ..tokens._errors import SecretUnavailableError
from ._base import Credential, adopt, refill_with
from ._kinds import ApiKey, BasicToken, BearerToken
from ._sources import call_provider

__all__ = ["CredentialSet", "Credentials", "ScopedCredential"]

One: TypeAlias = Credential | str
Named: TypeAlias = "One | tuple[str, str] | Iterable[Credential]"
Several: TypeAlias = "One | Iterable[Credential] | Mapping[str, Named]"
Credentials: TypeAlias = "Several | Callable[[], Several] | None"
"""What `credentials=` takes: one or more credentials, a mapping of scheme or product name to
credentials, or a function that returns any of these. Under a scheme's name, text is a bearer token
or a key, and a pair is user and password."""


@dataclass(frozen=True, slots=True)
class ScopedCredential:
    """A credential, and the scheme or product that it is only for."""

    credential: Credential
    name: str | None = None


class CredentialSet:
    """Credentials of one client and its copies. Those that a function gives are asked for at the first call."""

    def __init__(
        self, entries: tuple[ScopedCredential, ...] = (), provider: Callable[[], object] | None = None
    ) -> None:
        self.entries: tuple[ScopedCredential, ...] = entries
        self._provider = provider
        self._lock = threading.Lock()
        resets_after_fork(self)

    @staticmethod
    def parse(given: object) -> CredentialSet:
        """Read what a client was given as `credentials=`.

        Clients that are given the same function at the same time share what it gave.

        Raises:
            ConfigurationError: Credentials cannot be made from it.
        """
        if isinstance(given, CredentialSet):
            return given
        if not callable(given) or isinstance(given, Credential | type):
            return CredentialSet(tuple(_parse(given)))
        known = _by_provider.get(id(given))
        if known is not None and known._provider is given:
            return known
        made = _by_provider[id(given)] = CredentialSet((), given)
        return made

    @property
    def products(self) -> frozenset[str]:
        """Products that the credentials are said to be for, as far as that is known without asking a function."""
        return frozenset[str]().union(*[entry.credential.products for entry in self.entries])

    def resolve(self) -> Flow[tuple[ScopedCredential, ...]]:
        """Return the credentials, asking the function for them if it has given none yet."""
        if not self.entries and self._provider is not None:
            yield from run_in_thread(self._ask_first)
        return self.entries

    def reset(self) -> None:
        """Take a new lock in a forked child: another thread of the parent may have been asking."""
        self._lock = threading.Lock()

    def _ask_first(self) -> None:
        """Ask once, though many calls may start at the same time."""
        with self._lock:
            if not self.entries:
                self._take(self._fetch())

    def _ask(self) -> None:
        """Ask the provider again, for a token request or after a refusal. What it gave before stays if it gives nothing."""
        with self._lock:
            try:
                fresh = self._fetch()
            except ConfigurationError as error:
                raise SecretUnavailableError(error.message, advice=error.advice) from None
            if not fresh:
                raise SecretUnavailableError(f"{_PROVIDER} gave none")
            self._take(fresh)

    def _fetch(self) -> list[ScopedCredential]:
        assert self._provider is not None
        return list(_parse(call_provider(self._provider, _PROVIDER)))

    def _take(self, fresh: list[ScopedCredential]) -> None:
        """Let objects from before take over what the new ones hold, so that tokens and counters last."""
        known = list(self.entries)
        for index, new in enumerate(fresh):
            old = next((one for one in known if _is_same(one, new)), None)
            if old is None:
                refill_with(new.credential, self._ask)
                continue
            known.remove(old)
            fresh[index] = old
            if old.credential is not new.credential:
                adopt(old.credential, new.credential)
        if list(self.entries) != fresh:
            self.entries = tuple(fresh)

    def __reduce__(self) -> tuple[Callable[..., CredentialSet], tuple[object, ...]]:
        if self._provider is not None:
            return CredentialSet.parse, (self._provider,)
        return CredentialSet, (self.entries,)

    def __repr__(self) -> str:
        held = [entry.credential for entry in self.entries]
        return f"<CredentialSet of {held if held or self._provider is None else 'a function'}>"


_PROVIDER: Final = "the function that gives the credentials"

# A set keeps its provider alive, so an id stands for one provider as long as it is in here.
_by_provider: weakref.WeakValueDictionary[int, CredentialSet] = weakref.WeakValueDictionary()


def _is_same(old: ScopedCredential, new: ScopedCredential) -> bool:
    """Return whether one credential is the other's successor: of the same kind, and for the same."""
    one, other = old.credential, new.credential
    return (type(one), old.name, one.products, one.role) == (type(other), new.name, other.products, other.role)


def _parse(given: object, name: str | None = None) -> Iterable[ScopedCredential]:
    """Read what was given, one by one. `name`: the scheme or product that a mapping gave it for."""
    if given is None:
        return
    if isinstance(given, type | bytes | bytearray):
        raise _unknown(given)
    if isinstance(given, Credential):
        yield ScopedCredential(given, name)
    elif is_mapping(given):
        if name is not None:
            raise _unknown(given)
        _refuse_arguments(given)
        for key, value in given.items():
            yield from _parse(value, str(key))
    elif isinstance(given, str):
        yield from (ScopedCredential(credential, name) for credential in (BearerToken(given), ApiKey(given)))
    elif (pair := _pair(given)) is not None:
        if name is None or not isinstance(given, tuple):
            raise _error("credentials cannot be a pair of strings, which does not say what they are")
        yield ScopedCredential(BasicToken(*pair), name)
    elif is_iterable(given):
        for item in given:
            if not isinstance(item, Credential):
                raise _unknown(item, "a list of credentials cannot hold")
            yield ScopedCredential(item, name)
    else:
        raise _unknown(given)


def _refuse_arguments(given: Mapping[object, object]) -> None:
    """Refuse the arguments of a credential by name: they are not yet the credential."""
    kind = _ARGUMENTS.get(frozenset(given))
    if kind is not None and all(isinstance(value, str) for value in given.values()):
        names = ", ".join(f"{name}=…" for name in given)
        raise ConfigurationError(
            f"credentials is a dictionary with the arguments of {kind}", advice=f"Pass {kind}({names})."
        )


_ARGUMENTS: Final[dict[frozenset[object], str]] = {
    frozenset({"client_id", "client_secret"}): "ClientCredentials",
    frozenset({"api_key", "username", "password"}): "WorkAnalyticsLogin",
    frozenset({"tenant", "token"}): "BasicToken",
}


def _pair(given: object) -> tuple[str, str] | None:
    match given:
        case (str() as first, str() as second):
            return first, second
        case _:
            return None


def _unknown(given: object, what: str = "credentials cannot be") -> ConfigurationError:
    return _error(f"{what} {f'the class {given.__name__} itself' if isinstance(given, type) else type(given).__name__}")


def _error(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        advice="Give ClientCredentials(…), ApiKey(…), BasicToken(…), WorkAnalyticsLogin(…) or BearerToken(…), "
        "a list of these, a mapping from scheme or product name to one of these, or a function that returns them.",
    )
