"""The credentials of one client, parsed from the forms that users pass."""

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
from ._base import Credential, set_reload, update_from
from ._kinds import ApiKey, BasicToken, BearerToken
from ._sources import call_provider

__all__ = ["CredentialSet", "Credentials", "ScopedCredential"]

_One: TypeAlias = Credential | str
_Named: TypeAlias = "_One | tuple[str, str] | Iterable[Credential]"
_Several: TypeAlias = "_One | Iterable[Credential] | Mapping[str, _Named]"
Credentials: TypeAlias = "_Several | Callable[[], _Several] | None"
"""Type of `credentials=`: one or more credentials, a mapping from scheme or product name to
credentials, or a function that returns any of these. Under a scheme's name, a string is a bearer
token or a key, and a pair is user and password."""


@dataclass(frozen=True, slots=True)
class ScopedCredential:
    """A credential, and the name of the only scheme or product to use it for, if any."""

    credential: Credential
    name: str | None = None


class CredentialSet:
    """Credentials of one client and its copies. A provider function is first called at the first API call."""

    def __init__(
        self, entries: tuple[ScopedCredential, ...] = (), provider: Callable[[], object] | None = None
    ) -> None:
        self.entries: tuple[ScopedCredential, ...] = entries
        self._provider = provider
        self._lock = threading.Lock()
        resets_after_fork(self)

    @staticmethod
    def parse(value: object) -> CredentialSet:
        """Parse the `credentials=` of a client. Clients with the same function share one set.

        Raises:
            ConfigurationError: The value is no credential.
        """
        if isinstance(value, CredentialSet):
            return value
        if not callable(value) or isinstance(value, Credential | type):
            return CredentialSet(tuple(_parse(value)))
        existing = _by_provider.get(id(value))
        if existing is not None and existing._provider is value:
            return existing
        created = _by_provider[id(value)] = CredentialSet((), value)
        return created

    @property
    def products(self) -> frozenset[str]:
        """Products that the credentials are restricted to, as far as known without calling the provider."""
        return frozenset[str]().union(*[entry.credential.products for entry in self.entries])

    def resolve(self) -> Flow[tuple[ScopedCredential, ...]]:
        """Return the credentials, calling the provider if it has returned none yet."""
        if not self.entries and self._provider is not None:
            yield from run_in_thread(self._load_once)
        return self.entries

    def reset(self) -> None:
        """Replace the lock in a forked child: a thread of the parent may hold it."""
        self._lock = threading.Lock()

    def _load_once(self) -> None:
        """Call the provider once, even if many API calls start at the same time."""
        with self._lock:
            if not self.entries:
                self._update(self._fetch())

    def _reload(self) -> None:
        """Call the provider again. Keep the current credentials if it returns none."""
        with self._lock:
            try:
                fresh = self._fetch()
            except ConfigurationError as error:
                raise SecretUnavailableError(error.message, advice=error.advice) from None
            if not fresh:
                raise SecretUnavailableError(f"{_PROVIDER_NAME} gave none")
            self._update(fresh)

    def _fetch(self) -> list[ScopedCredential]:
        assert self._provider is not None
        return list(_parse(call_provider(self._provider, _PROVIDER_NAME)))

    def _update(self, fresh: list[ScopedCredential]) -> None:
        """Merge new credentials into existing objects, so that tokens and counters are kept."""
        unmatched = list(self.entries)
        for index, new in enumerate(fresh):
            old = next((entry for entry in unmatched if _is_successor(entry, new)), None)
            if old is None:
                set_reload(new.credential, self._reload)
                continue
            unmatched.remove(old)
            fresh[index] = old
            if old.credential is not new.credential:
                update_from(old.credential, new.credential)
        if list(self.entries) != fresh:
            self.entries = tuple(fresh)

    def __reduce__(self) -> tuple[Callable[..., CredentialSet], tuple[object, ...]]:
        if self._provider is not None:
            return CredentialSet.parse, (self._provider,)
        return CredentialSet, (self.entries,)

    def __repr__(self) -> str:
        credentials = [entry.credential for entry in self.entries]
        return f"<CredentialSet of {credentials if credentials or self._provider is None else 'a function'}>"


_PROVIDER_NAME: Final = "the function that gives the credentials"

# A set keeps its provider alive, so an id cannot be reused while it is a key here.
_by_provider: weakref.WeakValueDictionary[int, CredentialSet] = weakref.WeakValueDictionary()


def _is_successor(old: ScopedCredential, new: ScopedCredential) -> bool:
    """Return whether `new` replaces `old`: same kind, same scope."""
    a, b = old.credential, new.credential
    return (type(a), old.name, a.products, a.role) == (type(b), new.name, b.products, b.role)


def _parse(value: object, name: str | None = None) -> Iterable[ScopedCredential]:
    """Parse a value into credentials. `name` is its scheme or product, if it comes from a mapping."""
    if value is None:
        return
    if isinstance(value, type | bytes | bytearray):
        raise _invalid_type(value)
    if isinstance(value, Credential):
        yield ScopedCredential(value, name)
    elif is_mapping(value):
        if name is not None:
            raise _invalid_type(value)
        _reject_arguments(value)
        for key, item in value.items():
            yield from _parse(item, str(key))
    elif isinstance(value, str):
        yield from (ScopedCredential(credential, name) for credential in (BearerToken(value), ApiKey(value)))
    elif (pair := _pair(value)) is not None:
        if name is None or not isinstance(value, tuple):
            raise _invalid("credentials cannot be a pair of strings, which does not say what they are")
        yield ScopedCredential(BasicToken(*pair), name)
    elif is_iterable(value):
        for credential in value:
            if not isinstance(credential, Credential):
                raise _invalid_type(credential, "a list of credentials cannot hold")
            yield ScopedCredential(credential, name)
    else:
        raise _invalid_type(value)


def _reject_arguments(value: Mapping[object, object]) -> None:
    """Refuse a mapping that holds the arguments of a credential."""
    kind = _ARGUMENTS.get(frozenset(value))
    if kind is not None and all(isinstance(item, str) for item in value.values()):
        names = ", ".join(f"{name}=…" for name in value)
        raise ConfigurationError(
            f"credentials is a dictionary with the arguments of {kind}", advice=f"Pass {kind}({names})."
        )


_ARGUMENTS: Final[dict[frozenset[object], str]] = {
    frozenset({"client_id", "client_secret"}): "ClientCredentials",
    frozenset({"api_key", "username", "password"}): "WorkAnalyticsLogin",
    frozenset({"tenant", "token"}): "BasicToken",
}


def _pair(value: object) -> tuple[str, str] | None:
    match value:
        case (str() as first, str() as second):
            return first, second
        case _:
            return None


def _invalid_type(value: object, prefix: str = "credentials cannot be") -> ConfigurationError:
    return _invalid(
        f"{prefix} {f'the class {value.__name__} itself' if isinstance(value, type) else type(value).__name__}"
    )


def _invalid(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        advice="Give ClientCredentials(…), ApiKey(…), BasicToken(…), WorkAnalyticsLogin(…) or BearerToken(…), "
        "a list of these, a mapping from scheme or product name to one of these, or a function that returns them.",
    )
