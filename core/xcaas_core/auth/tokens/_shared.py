"""Getting a token through a cache that others use too: look, lock, look again, ask."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar, cast

from ..._errors import CredentialsError
from ..._secrets import MaskedBytes, bearer, fingerprint
from ...sansio._steps import Flow, Sleep, run_in_thread
from ._cache import TokenCache
from ._endpoint import no_secret
from ._failure import Failure
from ._manager import RefreshBudget, TokenFetcher
from ._policy import TokenPolicy
from ._token import AccessToken, TokenInfo

__all__ = ["CacheKey", "SharedFetch"]

_log = logging.getLogger("xcaas.auth")
T = TypeVar("T")


class CacheKey(Protocol):
    """Names a token in a cache: everything that makes tokens differ, the secret included."""

    def __call__(self) -> Flow[str]: ...


class SharedFetch:
    """Wraps a `Fetch`. A cache that fails costs sharing, never a call."""

    def __init__(
        self,
        fetch: TokenFetcher,
        cache: TokenCache,
        key: CacheKey,
        *,
        policy: TokenPolicy,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._fetch = fetch
        self._cache = cache
        self._key = key
        self._policy = policy
        self._clock = clock
        self._random = random

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            key = yield from self._key()
        except CredentialsError as error:
            return no_secret(error, self._policy)
        patience = min(budget.deadline, self._clock() + self._policy.attempt_timeout)
        while True:
            found = yield from self._look(key, budget)
            if found is not None:
                return found
            taken, owner = yield from self._attempt("lock", lambda: self._cache.try_lock(key, self._lock_time()))
            if owner is not None:
                return (yield from self._ask(key, owner, budget))
            if not taken or self._clock() >= patience:
                return (yield from self._fetch(budget))
            if budget.early:
                return Failure(kind="elsewhere", message="another process is renewing the token")
            yield Sleep(0.05 + 0.1 * self._random())

    def _lock_time(self) -> float:
        return self._policy.total_timeout + 5.0

    def _ask(self, key: str, owner: str, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        given_back = False
        try:
            outcome: AccessToken | Failure | None = yield from self._look(key, budget)
            if outcome is None:
                outcome = yield from self._fetch(budget)
                if isinstance(outcome, AccessToken) and outcome.reusable:
                    yield from self._keep(key, outcome)
            given_back = True
            yield from self._attempt("unlock", lambda: self._cache.unlock(key, owner))
            return outcome
        finally:
            if not given_back:  # no step may follow here, and this may be an event loop's thread
                threading.Thread(target=self._quietly_unlock, args=(key, owner), daemon=True).start()

    def _quietly_unlock(self, key: str, owner: str) -> None:
        try:
            self._cache.unlock(key, owner)
        except Exception as error:
            _log.debug("the token cache's lock was not given back: %s", type(error).__name__)

    def _look(self, key: str, budget: RefreshBudget) -> Flow[AccessToken | None]:
        """A token in the cache that is worth having: not the one in hand or refused, and not about to end."""
        read, entry = yield from self._attempt("read", lambda: self._cache.read(key))
        token = None if not read or entry is None else self._unpack(*entry)
        if token is None or token.fingerprint in (budget.rejected, budget.current):
            return None
        now = self._clock()
        return token if now < (token.advisory_at if budget.early else token.mandatory_at) else None

    def _keep(self, key: str, token: AccessToken) -> Flow[None]:
        yield from self._attempt("write", lambda: self._cache.write(key, _pack(token), token.remaining(self._clock)))

    def _unpack(self, payload: bytes, seconds: float) -> AccessToken | None:
        try:
            entry = cast("dict[str, object]", json.loads(payload))
            text, life = entry["token"], float(cast("float", entry["life"]))
            products = tuple(str(name) for name in cast("list[object]", entry["products"]))
            issued = entry.get("issued_at")
            issued_at = datetime.fromisoformat(issued) if isinstance(issued, str) else None
        except (ValueError, TypeError, KeyError):
            return None
        if not isinstance(text, str) or not text.isascii() or not text.isprintable() or seconds > life + 1:
            return None
        return AccessToken(
            bearer(text),
            life=life,
            obtained_at=self._clock() - (life - seconds),
            policy=self._policy,
            info=TokenInfo(products, life, life, issued_at, str(entry.get("scope") or "")),
            fingerprint=fingerprint(text),
            shared=True,
        )

    def _attempt(self, what: str, function: Callable[[], T]) -> Flow[tuple[bool, T | None]]:
        """Whether the cache did it, and what it gave."""
        trouble: str | None = None
        result: T | None = None
        try:
            result = yield from run_in_thread(function)
        except Exception as error:
            trouble = type(error).__name__
        if trouble is not None:
            _warn_of_cache(self._cache, what, trouble)
        return trouble is None, result


def _pack(token: AccessToken) -> bytes:
    info = token.info
    issued_at = info.issued_at.isoformat() if info.issued_at else None
    entry = {
        "token": token.value.removeprefix("Bearer "),
        "life": token.life,
        "products": info.products,
        "issued_at": issued_at,
        "scope": info.scope,
    }
    return MaskedBytes(json.dumps(entry).encode())


_warned_at: dict[str, float] = {}


def _warn_of_cache(cache: TokenCache, what: str, trouble: str) -> None:
    """Once a minute at most, for a cache that is down is asked often."""
    now = time.monotonic()
    level = logging.WARNING if now - _warned_at.get(what, -60.0) >= 60.0 else logging.DEBUG
    if level == logging.WARNING:
        _warned_at[what] = now
    _log.log(level, "%s in the token cache %s failed: %s; going on without it", what, type(cache).__name__, trouble)
