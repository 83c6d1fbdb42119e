"""Public keys by id, fetched over HTTP and cached.

Key ids come from unverified requests. So unknown ids are remembered for a while, all caches are bounded, and
fetches for ids that were never found are limited. The renewal of known keys is outside that limit: a flood of
made-up ids keeps out no genuine webhook with a known key.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import quote

from .._errors import TransportError, XCaaSError
from .._fork import resets_after_fork
from ..sansio._messages import Request
from ..sansio._steps import Close, Flow, read_chunk, send, wait_for
from ._errors import WebhookError
from ._jwk import read_jwk

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from ..calls._retry import Timeout

__all__ = ["KEY_ID_FIELD", "KeyLimits", "KeyRing"]

KEY_ID_FIELD: Final = "{kid}"
"""Placeholder of the key id in a URL."""

_MAX_KEYS: Final = 64
_MAX_UNKNOWN: Final = 1024
_UNKNOWN_SECONDS: Final = 60.0
_RENEWAL_PAUSE: Final = 60.0  # between two attempts to renew a key; it is used meanwhile
_MAX_LIFETIMES: Final = 24  # a key that cannot be renewed is dropped after this many lifetimes
_MAX_KEY_BYTES: Final = 1 << 16  # real keys have about 500

_log = logging.getLogger("xcaas.webhooks")

_Reason: TypeAlias = Literal["unknown_key", "key_unavailable"]
_Outcome: TypeAlias = "RSAPublicKey | _Reason"


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """Lifetime of keys, and how many `fetches` per `period` are allowed for ids that were never found."""

    lifetime: float
    fetches: int
    period: float
    timeout: Timeout


@dataclass(slots=True)
class _CachedKey:
    key: RSAPublicKey
    renew_at: float
    drop_at: float


class _Lookup(Future[_Outcome]):
    """A lookup in progress. Its first caller carries it out, the others wait."""

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call `callback` when done; at once if already done."""
        self.add_done_callback(lambda _: callback())


class KeyRing:
    """Finds keys. Safe for threads and event loops.

    Args:
        addresses: URLs to try in order, with `{kid}` in place of the id.
        known: Keys that are never fetched.
        limits: Limits of caching and fetching.
        clock: Seconds, as from `time.monotonic`.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        known: Mapping[str, RSAPublicKey],
        limits: KeyLimits,
        clock: Callable[[], float],
    ) -> None:
        self._addresses = tuple(addresses)
        self._known = dict(known)
        self._limits = limits
        self._clock = clock
        self._cached: OrderedDict[str, _CachedKey] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._fetched: deque[float] = deque()
        self._lookups: dict[str, _Lookup] = {}
        # Reentrant: the garbage collector may close the flow of a lookup in a thread that holds the lock.
        self._lock = threading.RLock()
        resets_after_fork(self)

    def reset(self) -> None:
        """Drop the parent's lookups after a fork."""
        self._lock = threading.RLock()
        self._lookups = {}

    def find(self, key_id: str) -> Flow[RSAPublicKey]:
        """Return a key.

        Raises:
            WebhookError: There is no such key, or it is unavailable at the moment.
        """
        outcome = self._known.get(key_id) or self._find_cached(key_id)
        if outcome is None:
            lookup, is_leader = self._join(key_id)
            if is_leader:
                outcome = yield from self._lead(key_id, lookup)
            else:
                is_done = yield from wait_for(lookup, self._limits.timeout.total)
                outcome = lookup.result() if is_done else "key_unavailable"
        if isinstance(outcome, str):
            raise _missing_key_error(outcome)
        return outcome

    def _find_cached(self, key_id: str) -> _Outcome | None:
        """Return the cached outcome for an id; None if a fetch is due."""
        now = self._clock()
        with self._lock:
            if self._unknown.get(key_id, now) > now:
                return "unknown_key"
            cached = self._cached.get(key_id)
            if cached is None or cached.drop_at <= now:
                self._cached.pop(key_id, None)
                return None
            self._cached.move_to_end(key_id)
            if cached.renew_at <= now:
                cached.renew_at = now + _RENEWAL_PAUSE  # other callers keep using it
                return None
            return cached.key

    def _join(self, key_id: str) -> tuple[_Lookup, bool]:
        """Return the lookup of an id, and whether the caller must carry it out."""
        with self._lock:
            if (running := self._lookups.get(key_id)) is not None:
                return running, False
            lookup = self._lookups[key_id] = _Lookup()
            return lookup, True

    def _lead(self, key_id: str, lookup: _Lookup) -> Flow[_Outcome]:
        outcome: _Outcome = "key_unavailable"
        try:
            outcome = yield from self._fetch(key_id)
            outcome = self._store(key_id, outcome)
        finally:
            # If the leader was cancelled, its followers get no key: their webhooks are sent again.
            with self._lock:
                if self._lookups.get(key_id) is lookup:
                    del self._lookups[key_id]
            lookup.set_result(outcome)
        return outcome

    def _store(self, key_id: str, outcome: _Outcome) -> _Outcome:
        """Remember the outcome of a fetch, and return the outcome for callers: the old key if it is still usable."""
        now = self._clock()
        with self._lock:
            cached = self._cached.get(key_id)
            if outcome == "key_unavailable":
                return outcome if cached is None or cached.drop_at <= now else cached.key
            self._cached.pop(key_id, None)
            if isinstance(outcome, str):
                self._unknown[key_id] = now + _UNKNOWN_SECONDS
                self._unknown.move_to_end(key_id)
                _evict(self._unknown, _MAX_UNKNOWN)
            else:
                lifetime = self._limits.lifetime
                self._cached[key_id] = _CachedKey(outcome, now + lifetime, now + lifetime * _MAX_LIFETIMES)
                self._unknown.pop(key_id, None)
                _evict(self._cached, _MAX_KEYS)
            return outcome

    def _fetch(self, key_id: str) -> Flow[_Outcome]:
        outcome: _Reason = "unknown_key"
        for address in self._addresses:
            if not self._count_fetch(key_id):
                _log.warning("keys of webhooks: the limit of requests is reached")
                return "key_unavailable"
            url = address.replace(KEY_ID_FIELD, quote(key_id, safe=""))
            try:
                content = yield from self._get(url)
                if content is not None:
                    return read_jwk(content, key_id)
            except (XCaaSError, ValueError, RecursionError) as error:
                _log.warning("%s gave no key: %s", address, type(error).__name__)
                outcome = "key_unavailable"
        return outcome

    def _count_fetch(self, key_id: str) -> bool:
        """Count a fetch if it is allowed, and return whether it is."""
        now = self._clock()
        with self._lock:
            if key_id in self._cached:
                return True
            while self._fetched and self._fetched[0] <= now - self._limits.period:
                self._fetched.popleft()
            if len(self._fetched) >= self._limits.fetches:
                return False
            self._fetched.append(now)
            return True

    def _get(self, url: str) -> Flow[bytes | None]:
        """Return the body of a response; None for 404."""
        timeout = self._limits.timeout
        request = Request("GET", url, {"accept": "application/json, */*;q=0.5"}, timeout=timeout.total)
        request.connect_timeout, request.read_timeout = timeout.connect, timeout.read
        started = self._clock()
        response = yield from send(request, stream=True)
        body = b""
        reason = None if response.status in (200, 404) else f"the status is {response.status}"
        # The transport limits neither size nor total time of a streamed body.
        while response.status == 200 and (chunk := (yield from read_chunk(response))):
            body += chunk
            if len(body) > _MAX_KEY_BYTES or self._clock() - started > (timeout.total or inf):
                reason = "the body is too long"
                break
        yield Close(response)
        if reason is not None:
            raise TransportError(reason)
        return None if response.status == 404 else body


def _evict(entries: OrderedDict[str, _CachedKey] | OrderedDict[str, float], maximum: int) -> None:
    while len(entries) > maximum:
        entries.popitem(last=False)


def _missing_key_error(reason: _Reason) -> WebhookError:
    if reason == "unknown_key":
        return WebhookError(reason, "the service has no key of the id that the signature names")
    return WebhookError(reason, "the key of the signature could not be fetched at the moment")
