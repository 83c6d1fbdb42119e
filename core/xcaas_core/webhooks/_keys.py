"""Public keys by their id: fetched over HTTP, kept, and guarded against senders who make ids up.

Whoever can reach a receiver chooses the ids that it looks for. So an id that nobody has is remembered for a while,
all memory is bounded, and requests for ids that were never found are limited in number. Keys that were found once
are renewed apart from that limit: a flood of made-up ids keeps no genuine webhook out whose key is known.
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
"""What the id of a key takes the place of, in an address."""

_MAX_KEYS: Final = 64
_MAX_UNKNOWN: Final = 1024
_UNKNOWN_SECONDS: Final = 60.0
_RENEWAL_PAUSE: Final = 60.0  # between two attempts to renew a key; it is used meanwhile
_LIVES: Final = 24  # a key that cannot be renewed is given up after so many lifetimes
_MAX_KEY_BYTES: Final = 1 << 16  # a key has 500

_log = logging.getLogger("xcaas.webhooks")

_Missing: TypeAlias = Literal["unknown_key", "key_unavailable"]
_Outcome: TypeAlias = "RSAPublicKey | _Missing"


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """How long keys are kept, and how many requests may be made for ids that were never found."""

    lifetime: float
    fetches: int
    period: float
    timeout: Timeout


@dataclass(slots=True)
class _Held:
    key: RSAPublicKey
    renew_at: float
    drop_at: float


class _Lookup(Future[_Outcome]):
    """A key that is being looked for, by the first that wants it. The others wait."""

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call back once it is done; at once if it is already."""
        self.add_done_callback(lambda _: callback())


class KeyRing:
    """Finds keys. Safe for threads and event loops.

    Args:
        addresses: Where to ask, in this order, with `{kid}` in the place of the id.
        given: Keys that are known beforehand and never fetched.
        limits: What senders can cause at most.
        clock: Seconds, as from `time.monotonic`.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        given: Mapping[str, RSAPublicKey],
        limits: KeyLimits,
        clock: Callable[[], float],
    ) -> None:
        self._addresses = tuple(addresses)
        self._given = dict(given)
        self._limits = limits
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._fetched: deque[float] = deque()
        self._lookups: dict[str, _Lookup] = {}
        # Reentrant: the garbage collector may close the flow of a lookup in a thread that holds it.
        self._lock = threading.RLock()
        resets_after_fork(self)

    def reset(self) -> None:
        """Forget lookups after a fork: those of the parent go on there only."""
        self._lock = threading.RLock()
        self._lookups = {}

    def find(self, key_id: str) -> Flow[RSAPublicKey]:
        """Return a key.

        Raises:
            WebhookError: No such key exists, or it cannot be had at the moment.
        """
        found = self._given.get(key_id) or self._at_hand(key_id)
        if found is None:
            lookup, leads = self._join(key_id)
            if leads:
                found = yield from self._lead(key_id, lookup)
            else:
                done = yield from wait_for(lookup, self._limits.timeout.total)
                found = lookup.result() if done else "key_unavailable"
        if isinstance(found, str):
            raise _missing(found)
        return found

    def _at_hand(self, key_id: str) -> _Outcome | None:
        """Return what is known of an id. None where a request is due."""
        now = self._clock()
        with self._lock:
            if self._unknown.get(key_id, now) > now:
                return "unknown_key"
            held = self._held.get(key_id)
            if held is None or held.drop_at <= now:
                self._held.pop(key_id, None)
                return None
            self._held.move_to_end(key_id)
            if held.renew_at <= now:
                held.renew_at = now + _RENEWAL_PAUSE  # the others go on with it
                return None
            return held.key

    def _join(self, key_id: str) -> tuple[_Lookup, bool]:
        """Return the lookup of an id, and whether the caller is to carry it out."""
        with self._lock:
            if (running := self._lookups.get(key_id)) is not None:
                return running, False
            lookup = self._lookups[key_id] = _Lookup()
            return lookup, True

    def _lead(self, key_id: str, lookup: _Lookup) -> Flow[_Outcome]:
        outcome: _Outcome = "key_unavailable"
        try:
            outcome = yield from self._fetch(key_id)
            outcome = self._keep(key_id, outcome)
        finally:
            # A leader that was cancelled leaves its followers without a key: their webhooks come again.
            with self._lock:
                if self._lookups.get(key_id) is lookup:
                    del self._lookups[key_id]
            lookup.set_result(outcome)
        return outcome

    def _keep(self, key_id: str, outcome: _Outcome) -> _Outcome:
        """Remember what came of a lookup, and return what callers get of it."""
        now = self._clock()
        with self._lock:
            held = self._held.get(key_id)
            if outcome == "key_unavailable":
                return outcome if held is None or held.drop_at <= now else held.key
            self._held.pop(key_id, None)
            if isinstance(outcome, str):
                self._unknown[key_id] = now + _UNKNOWN_SECONDS
                self._unknown.move_to_end(key_id)
                _shrink(self._unknown, _MAX_UNKNOWN)
            else:
                lifetime = self._limits.lifetime
                self._held[key_id] = _Held(outcome, now + lifetime, now + lifetime * _LIVES)
                self._unknown.pop(key_id, None)
                _shrink(self._held, _MAX_KEYS)
            return outcome

    def _fetch(self, key_id: str) -> Flow[_Outcome]:
        outcome: _Missing = "unknown_key"
        for address in self._addresses:
            if not self._may_fetch(key_id):
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

    def _may_fetch(self, key_id: str) -> bool:
        """Count a request, if it may be made."""
        now = self._clock()
        with self._lock:
            if key_id in self._held:
                return True
            while self._fetched and self._fetched[0] <= now - self._limits.period:
                self._fetched.popleft()
            if len(self._fetched) >= self._limits.fetches:
                return False
            self._fetched.append(now)
            return True

    def _get(self, url: str) -> Flow[bytes | None]:
        """Return the body of a response; None if there is no such key at this address."""
        timeout = self._limits.timeout
        request = Request("GET", url, {"accept": "application/json, */*;q=0.5"}, timeout=timeout.total)
        request.connect_timeout, request.read_timeout = timeout.connect, timeout.read
        started = self._clock()
        response = yield from send(request, stream=True)
        body = b""
        trouble = None if response.status in (200, 404) else f"the status is {response.status}"
        # A streamed body has no limit of its own, in size or in time.
        while response.status == 200 and (chunk := (yield from read_chunk(response))):
            body += chunk
            if len(body) > _MAX_KEY_BYTES or self._clock() - started > (timeout.total or inf):
                trouble = "the body is too long"
                break
        yield Close(response)
        if trouble is not None:
            raise TransportError(trouble)
        return None if response.status == 404 else body


def _shrink(entries: OrderedDict[str, _Held] | OrderedDict[str, float], most: int) -> None:
    while len(entries) > most:
        entries.popitem(last=False)


def _missing(reason: _Missing) -> WebhookError:
    if reason == "unknown_key":
        return WebhookError(reason, "the service has no key of the id that the signature names")
    return WebhookError(reason, "the key of the signature could not be fetched at the moment")
