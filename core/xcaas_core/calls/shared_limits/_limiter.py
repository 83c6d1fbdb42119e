"""Rate limits in a store that processes share, with a fallback while the store is unavailable."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from math import inf
from typing import TYPE_CHECKING, Final, Protocol

from ..._checks import is_number
from ..._errors import CredentialsError
from ..._lazy import public
from ...operations._product import Product, RateLimit
from ...sansio._steps import Flow, wait_for
from .._rate_limits import RateLimiter
from ._account import account_digest

if TYPE_CHECKING:
    from ...auth.credentials._set import CredentialSet

__all__ = ["RateLimitStore", "SharedLimiter"]

_log: Final = logging.getLogger("xcaas")

_STORE_TIMEOUT = 1.0  # seconds that a call waits for the store
_STORE_RETRY = 5.0  # seconds after which a store that failed is tried again
_ACCOUNT_LIFETIME = 60.0  # seconds after which the account is computed again: credentials may change


@public
class RateLimitStore(Protocol):
    """A store that keeps rate limits for several processes. `reserve` may block, and is called from its own threads. Its
    exceptions are logged, and the limits are kept without the store."""

    @property
    def account(self) -> str | None:
        """Name of the account that the service counts calls for; None for all with the same credentials."""
        ...

    @property
    def workers(self) -> int:
        """Number of processes that share the limits. Each keeps to its share while the store is unavailable."""
        ...

    def reserve(self, key: str, limits: Sequence[RateLimit], longest: float | None) -> float | None:
        """Take the next time at which all limits allow a call, and return the seconds until then. Return None, and take
        nothing, if that is more than `longest`. `key` is short and contains no secret."""
        ...


class SharedLimiter(RateLimiter):
    """Reserves calls in a store. Also records those of this process, for when the store is unavailable."""

    __slots__ = (
        "_account",
        "_credentials",
        "_is_failing",
        "_product",
        "_retry_at",
        "_shared",
        "_store",
        "_unfinished",
        "_unshared_until",
    )

    def __init__(
        self,
        limits: Sequence[RateLimit],
        clock: Callable[[], float],
        store: RateLimitStore,
        product: Product,
        credentials: CredentialSet | None,
    ) -> None:
        super().__init__([RateLimit(max(1, limit.calls // store.workers), limit.per) for limit in limits], clock)
        self._shared = tuple(limits)
        self._store = store
        self._product = product
        self._credentials = credentials
        self._account: tuple[float, str] | None = None
        self._is_failing = False
        self._retry_at = self._unshared_until = -inf

    def reset(self) -> None:
        super().reset()
        self._unfinished: _Reservation | None = None  # its thread is the parent's

    def enter(self, timeout: float | None) -> Flow[None]:
        started = self._clock()
        responded, wait = yield from self._reserve_shared(timeout)
        now = self._clock()
        remaining = None if timeout is None else timeout - (now - started)
        if not responded:
            self._unshared_until = now + max(limit.per for limit in self._shared)
            wait = self.reserve(remaining)
        elif wait is None or (remaining is not None and wait > remaining):
            wait = None
        elif now < self._unshared_until:  # the store doesn't know all calls of this process
            local_wait = self.reserve(remaining)
            wait = None if local_wait is None else max(local_wait, wait)
        else:
            self.record(now + wait)
        yield from self._wait(wait)

    def _reserve_shared(self, timeout: float | None) -> Flow[tuple[bool, float | None]]:
        """Return whether the store has responded, and the seconds to wait."""
        now = self._clock()
        if now < self._retry_at or (self._unfinished is not None and not self._unfinished.done):
            return False, None
        if self._is_failing:
            self._retry_at = now + _STORE_RETRY  # only this call tries it
        try:
            key = yield from self._key()
        except CredentialsError:
            return False, None  # raised again when the call is authorized
        store_timeout = _STORE_TIMEOUT if timeout is None else min(_STORE_TIMEOUT, timeout / 2)
        try:
            reservation = _Reservation(lambda: self._store.reserve(key, self._shared, timeout))
            if not (yield from wait_for(reservation, store_timeout)):
                self._unfinished = reservation
                return self._suspend_store("no response in time")
            wait = _check_wait(reservation.result(), timeout)
        except Exception as error:
            return self._suspend_store(type(error).__name__)
        if self._is_failing:
            self._is_failing, self._unfinished, self._retry_at = False, None, -inf
            _log.info("the rate limits of %s are shared again", self._product.name)
        return True, wait

    def _suspend_store(self, reason: str) -> tuple[bool, None]:
        """Do without the store for a while. Warns at the first failure."""
        self._retry_at = self._clock() + _STORE_RETRY
        level = logging.DEBUG if self._is_failing else logging.WARNING
        self._is_failing = True
        kind = type(self._store).__name__
        _log.log(
            level,
            "%s failed: %s; this process keeps the rate limits of %s by itself",
            kind,
            reason,
            self._product.name,
        )
        return False, None

    def _key(self) -> Flow[str]:
        """Return the key in the store: product and account."""
        now = self._clock()
        if self._account is None or now - self._account[0] >= _ACCOUNT_LIFETIME:
            digest = yield from account_digest(self._store.account, self._product, self._credentials)
            self._account = now, f"{self._product.name}:{digest}"
        return self._account[1]


class _Reservation:
    """A request to the store in its own thread, as it may take longer than a call waits."""

    def __init__(self, reserve: Callable[[], float | None]) -> None:
        self._future: Future[float | None] = Future()
        threading.Thread(target=self._run, args=(reserve,), name="xcaas-rate-limits", daemon=True).start()

    def _run(self, reserve: Callable[[], float | None]) -> None:
        try:
            self._future.set_result(reserve())
        except BaseException as error:
            self._future.set_exception(error)

    def on_done(self, callback: Callable[[], None]) -> None:
        self._future.add_done_callback(lambda _: callback())

    @property
    def done(self) -> bool:
        return self._future.done()

    def result(self) -> float | None:
        return self._future.result(0)


def _check_wait(wait: object, longest: float | None) -> float | None:
    """Return a valid wait. Raises `ValueError` for any other."""
    if wait is None and longest is not None:
        return None
    if is_number(wait) and 0 <= wait < inf and (longest is None or wait <= longest + 0.001):
        return wait
    raise ValueError(f"a wait of {wait!r}")
