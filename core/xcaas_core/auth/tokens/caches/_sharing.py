"""Fetches tokens through a shared cache: read, lock, read again, request."""

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
from .._endpoint import secret_failure
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
        """Take the lock for requesting a token, for `seconds`. Return an id of the owner, or None if another
        process has the lock."""
        ...

    def unlock(self, key: str, owner: str) -> None:
        """Give the lock back, if `owner` still holds it."""
        ...


@dataclass(slots=True)
class CachingFetcher:
    """A `TokenFetcher` that reads a cache first. If the cache fails or is damaged, it fetches without it.

    The cache key is derived from everything that distinguishes tokens, the secret included.
    """

    fetch: TokenFetcher
    cache: TokenCache
    identity: Callable[[], Flow[tuple[list[object], str, Secret]]]
    policy: TokenPolicy
    context: AuthContext

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            key = yield from self._cache_key()
        except CredentialsError as error:
            return secret_failure(error, self.policy)
        clock = self.context.clock
        lock_time = self.policy.total_timeout + 5.0
        lock_deadline = min(budget.deadline, clock() + self.policy.attempt_timeout)
        while True:
            token = yield from self._read_token(key, budget)
            if token is not None:
                return token
            succeeded, owner = yield from self._try("lock", lambda: self.cache.try_lock(key, lock_time))
            if owner is not None:
                return (yield from self._fetch_locked(key, owner, budget))
            if not succeeded or clock() >= lock_deadline:
                return (yield from self.fetch(budget))
            if budget.early:
                return Failure(kind="elsewhere", message="another process is renewing the token")
            yield Sleep(0.05 + 0.1 * self.context.random())

    def _cache_key(self) -> Flow[str]:
        parts, principal, secret = yield from self.identity()
        digest = yield from run_in_thread(lambda: store_digest(principal, secret))
        return f"{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]}-{digest}"

    def _fetch_locked(self, key: str, owner: str, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        unlocked = False
        try:
            outcome: AccessToken | Failure | None = yield from self._read_token(key, budget)
            if outcome is None:
                outcome = yield from self.fetch(budget)
                if isinstance(outcome, AccessToken) and outcome.reusable:
                    payload, seconds = _encode(outcome), outcome.remaining(self.context.clock)
                    yield from self._try("write", lambda: self.cache.write(key, payload, seconds))
            unlocked = True
            yield from self._try("unlock", lambda: self.cache.unlock(key, owner))
            return outcome
        finally:
            if not unlocked:  # no step may follow here, and unlocking must not block an event loop
                threading.Thread(target=self._unlock_silently, args=(key, owner), daemon=True).start()

    def _unlock_silently(self, key: str, owner: str) -> None:
        try:
            self.cache.unlock(key, owner)
        except Exception as error:
            _log.debug("the token cache's lock was not released: %s", type(error).__name__)

    def _read_token(self, key: str, budget: RefreshBudget) -> Flow[AccessToken | None]:
        """Return the cached token; None if it is the current or refused one, or about to expire."""
        _, token = yield from self._try("read", lambda: self._decode(self.cache.read(key)))
        if token is None or token.fingerprint in (budget.rejected, budget.current):
            return None
        now = self.context.clock()
        return token if now < (token.advisory_at if budget.early else token.mandatory_at) else None

    def _decode(self, entry: tuple[bytes, float] | None) -> AccessToken | None:
        """Return the token in an entry; None if there is none, or it is invalid."""
        if entry is None:
            return None
        payload, seconds = entry
        if len(payload) > _MAX_ENTRY_BYTES:
            return None
        try:
            fields: object = json.loads(payload)
            if not is_object(fields):
                return None
            token, life, products, issued = (fields.get(name) for name in ("token", "life", "products", "issued_at"))
            issued_at = datetime.fromisoformat(issued) if isinstance(issued, str) else None
        except (ValueError, TypeError, RecursionError):
            return None
        if not is_token(token) or not is_number(life) or not is_list(products):
            return None
        if not 0 < seconds <= life + 1:
            return None
        life = float(min(life, self.policy.longest_life))
        seconds = min(seconds, life)
        names = tuple(name for name in products if isinstance(name, str))
        return AccessToken(
            bearer(token),
            life=life,
            obtained_at=self.context.clock() - (life - seconds),
            policy=self.policy,
            info=TokenInfo(names, life, life, issued_at, str(fields.get("scope") or "")),
            fingerprint=fingerprint(token),
            shared=True,
        )

    def _try(self, action: str, function: Callable[[], T]) -> Flow[tuple[bool, T | None]]:
        """Call the cache. Return whether it succeeded, and the result."""
        try:
            return True, (yield from run_in_thread(function))
        except Exception as error:
            _log_failure(self.cache, action, type(error).__name__)
        return False, None


def _encode(token: AccessToken) -> bytes:
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


def _log_failure(cache: TokenCache, action: str, error_type: str) -> None:
    """Warn at most once a minute."""
    now = time.monotonic()
    level = logging.WARNING if now - _warned_at.get(action, -math.inf) >= 60.0 else logging.DEBUG
    if level == logging.WARNING:
        _warned_at[action] = now
    _log.log(
        level, "%s in the token cache %s failed: %s; going on without it", action, type(cache).__name__, error_type
    )
