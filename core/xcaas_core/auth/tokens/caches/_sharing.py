"""Getting a token through a cache that others use too: look, lock, look again, ask."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from ...._checks import is_list, is_number, is_object
from ...._errors import CredentialsError
from ...._lazy import public
from ...._secrets import MaskedBytes, Secret, bearer, fingerprint
from ...._store import store_digest
from ....sansio._steps import Flow, Sleep, run_in_thread
from ..._interface import AuthContext
from .._endpoint import no_secret
from .._errors import Failure
from .._refresh import RefreshBudget, TokenFetcher
from .._responses import is_token
from .._token import AccessToken, TokenInfo, TokenPolicy

__all__ = ["CachingFetcher", "TokenCache"]

_log = logging.getLogger("xcaas.auth")
T = TypeVar("T")

_MAX_ENTRY_BYTES = 1 << 20


@public
class TokenCache(Protocol):
    """A store of tokens with a lock. Methods may block: they are called from many threads, outside event
    loops. Their exceptions are logged, and the token is requested without the cache.

    `key` is short, safe in file names, and reveals no secret. `payload` holds the token: protect it.
    """

    def read(self, key: str) -> tuple[bytes, float] | None:
        """Return the payload and the seconds left until it expires; None if there is none."""
        ...

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        """Store a payload for that many seconds, replacing any older one."""
        ...

    def try_lock(self, key: str, seconds: float) -> str | None:
        """Take the lock for requesting a token. Return its owner's mark, or None if another process has it.
        The lock expires after `seconds`."""
        ...

    def unlock(self, key: str, owner: str) -> None:
        """Give the lock back, if `owner` still holds it."""
        ...


@dataclass(slots=True)
class CachingFetcher:
    """A `TokenFetcher` that looks into a cache first. A cache that fails, or holds nonsense, costs sharing, never a call.

    `key` names the token in the cache: by everything that makes tokens differ, the secret included.
    """

    fetch: TokenFetcher
    cache: TokenCache
    identity: Callable[[], Flow[tuple[list[object], str, Secret]]]
    policy: TokenPolicy
    context: AuthContext

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            key = yield from self._key()
        except CredentialsError as error:
            return no_secret(error, self.policy)
        clock = self.context.clock
        lock_time = self.policy.total_timeout + 5.0
        patience = min(budget.deadline, clock() + self.policy.attempt_timeout)
        while True:
            found = yield from self._look(key, budget)
            if found is not None:
                return found
            taken, owner = yield from self._attempt("lock", lambda: self.cache.try_lock(key, lock_time))
            if owner is not None:
                return (yield from self._fetch_locked(key, owner, budget))
            if not taken or clock() >= patience:
                return (yield from self.fetch(budget))
            if budget.early:
                return Failure(kind="elsewhere", message="another process is renewing the token")
            yield Sleep(0.05 + 0.1 * self.context.random())

    def _key(self) -> Flow[str]:
        facts, principal, secret = yield from self.identity()
        digest = yield from run_in_thread(lambda: store_digest(principal, secret))
        return f"{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]}-{digest}"

    def _fetch_locked(self, key: str, owner: str, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        given_back = False
        try:
            outcome: AccessToken | Failure | None = yield from self._look(key, budget)
            if outcome is None:
                outcome = yield from self.fetch(budget)
                if isinstance(outcome, AccessToken) and outcome.reusable:
                    payload, seconds = _pack(outcome), outcome.remaining(self.context.clock)
                    yield from self._attempt("write", lambda: self.cache.write(key, payload, seconds))
            given_back = True
            yield from self._attempt("unlock", lambda: self.cache.unlock(key, owner))
            return outcome
        finally:
            if not given_back:  # no step may follow here, and this may be an event loop's thread
                threading.Thread(target=self._quietly_unlock, args=(key, owner), daemon=True).start()

    def _quietly_unlock(self, key: str, owner: str) -> None:
        try:
            self.cache.unlock(key, owner)
        except Exception as error:
            _log.debug("the token cache's lock was not released: %s", type(error).__name__)

    def _look(self, key: str, budget: RefreshBudget) -> Flow[AccessToken | None]:
        """Return a token in the cache that is worth having: not the one in hand or refused, and not about to end."""
        _, token = yield from self._attempt("read", lambda: self._unpack(self.cache.read(key)))
        if token is None or token.fingerprint in (budget.rejected, budget.current):
            return None
        now = self.context.clock()
        return token if now < (token.advisory_at if budget.early else token.mandatory_at) else None

    def _unpack(self, entry: tuple[bytes, float] | None) -> AccessToken | None:
        """Return the token in an entry; None if it is not one that `_pack` has made."""
        if entry is None:
            return None
        payload, seconds = entry
        if len(payload) > _MAX_ENTRY_BYTES:
            return None
        try:
            fields: object = json.loads(payload)
            if not is_object(fields):
                return None
            text, life, products, issued = (fields.get(name) for name in ("token", "life", "products", "issued_at"))
            issued_at = datetime.fromisoformat(issued) if isinstance(issued, str) else None
        except (ValueError, TypeError, RecursionError):
            return None
        if not is_token(text) or not is_number(life) or not is_list(products):
            return None
        if not 0 < seconds <= life + 1:
            return None
        life = float(min(life, self.policy.longest_life))
        seconds = min(seconds, life)
        names = tuple(name for name in products if isinstance(name, str))
        return AccessToken(
            bearer(text),
            life=life,
            obtained_at=self.context.clock() - (life - seconds),
            policy=self.policy,
            info=TokenInfo(names, life, life, issued_at, str(fields.get("scope") or "")),
            fingerprint=fingerprint(text),
            shared=True,
        )

    def _attempt(self, what: str, function: Callable[[], T]) -> Flow[tuple[bool, T | None]]:
        """Return whether the cache did it, and what it gave."""
        try:
            return True, (yield from run_in_thread(function))
        except Exception as error:
            _warn_of_cache(self.cache, what, type(error).__name__)
        return False, None


def _pack(token: AccessToken) -> bytes:
    info = token.info
    entry = {
        "token": token.value.removeprefix("Bearer "),
        "life": token.life,
        "products": info.products,
        "issued_at": info.issued_at.isoformat() if info.issued_at else None,
        "scope": info.scope,
    }
    return MaskedBytes(json.dumps(entry).encode())


_warned_at: dict[str, float] = {}


def _warn_of_cache(cache: TokenCache, what: str, trouble: str) -> None:
    """Warn once a minute at most, for a cache that is down is asked often."""
    now = time.monotonic()
    level = logging.WARNING if now - _warned_at.get(what, -math.inf) >= 60.0 else logging.DEBUG
    if level == logging.WARNING:
        _warned_at[what] = now
    _log.log(level, "%s in the token cache %s failed: %s; going on without it", what, type(cache).__name__, trouble)
