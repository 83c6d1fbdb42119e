"""Waiting for limits that several processes keep together in a store, and by itself while the store is away."""

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

_PATIENCE = 1.0  # seconds that a call waits for the store to respond
_PAUSE = 5.0  # seconds after which a store that failed is asked again
_ACCOUNT_LIFE = 60.0  # seconds after which credentials are looked at again: they may be other ones


@public
class RateLimitStore(Protocol):
    """A store that keeps rate limits for several processes. `reserve` may block, and is called from its own threads. Its
    exceptions are logged, and the limits are kept without the store."""

    @property
    def account(self) -> str | None:
        """A name for whom the service counts; None: whoever has the same credentials."""
        ...

    @property
    def workers(self) -> int:
        """How many processes share the limits: each keeps to its part while the store is away."""
        ...

    def reserve(self, key: str, limits: Sequence[RateLimit], longest: float | None) -> float | None:
        """Take the next time at which all limits allow a call, and return the seconds until then. Return None, and take
        nothing, if that is beyond `longest`. `key` is short and tells no secret."""
        ...


class SharedLimiter(RateLimiter):
    """Has a store say when a call may be made. What this process did is remembered, for when the store goes away."""

    __slots__ = (
        "_account",
        "_alone_until",
        "_ask_at",
        "_away",
        "_credentials",
        "_overdue",
        "_product",
        "_shared",
        "_store",
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
        self._away = False
        self._ask_at = self._alone_until = -inf

    def reset(self) -> None:
        super().reset()
        self._overdue: _Question | None = None  # the thread that asks it is the parent's

    def enter(self, timeout: float | None) -> Flow[None]:
        began = self._clock()
        responded, wait = yield from self._ask(timeout)
        now = self._clock()
        left = None if timeout is None else timeout - (now - began)
        if not responded:
            self._alone_until = now + max(limit.per for limit in self._shared)
            wait = self.reserve(left)
        elif wait is None or (left is not None and wait > left):
            wait = None
        elif now < self._alone_until:  # what this process did by itself, the store doesn't know
            own = self.reserve(left)
            wait = None if own is None else max(own, wait)
        else:
            self.note(now + wait)
        yield from self._pause(wait)

    def _ask(self, timeout: float | None) -> Flow[tuple[bool, float | None]]:
        """Return whether the store has responded, and the seconds to wait by it."""
        now = self._clock()
        if now < self._ask_at or (self._overdue is not None and not self._overdue.done):
            return False, None
        if self._away:
            self._ask_at = now + _PAUSE  # one call finds out; the others go on meanwhile
        try:
            key = yield from self._key()
        except CredentialsError:
            return False, None  # the same error ends the call when it is signed
        patience = _PATIENCE if timeout is None else min(_PATIENCE, timeout / 2)
        try:
            question = _Question(lambda: self._store.reserve(key, self._shared, timeout))
            if not (yield from wait_for(question, patience)):
                self._overdue = question
                return self._without("no response in time")
            wait = _checked(question.result(), timeout)
        except Exception as error:
            return self._without(type(error).__name__)
        if self._away:
            self._away, self._overdue, self._ask_at = False, None, -inf
            _log.info("the rate limits of %s are shared again", self._product.name)
        return True, wait

    def _without(self, trouble: str) -> tuple[bool, None]:
        """Leave the store alone for a while, and warn when that begins."""
        self._ask_at = self._clock() + _PAUSE
        level = logging.DEBUG if self._away else logging.WARNING
        self._away = True
        kind = type(self._store).__name__
        _log.log(
            level,
            "%s failed: %s; this process keeps the rate limits of %s by itself",
            kind,
            trouble,
            self._product.name,
        )
        return False, None

    def _key(self) -> Flow[str]:
        """Return the name of the limits in the store: the product, and for whom it counts."""
        now = self._clock()
        if self._account is None or now - self._account[0] >= _ACCOUNT_LIFE:
            digest = yield from account_digest(self._store.account, self._product, self._credentials)
            self._account = now, f"{self._product.name}:{digest}"
        return self._account[1]


class _Question:
    """A look into the store, in a thread of its own: it may take longer than a call waits."""

    def __init__(self, ask: Callable[[], float | None]) -> None:
        self._future: Future[float | None] = Future()
        threading.Thread(target=self._run, args=(ask,), name="xcaas-rate-limits", daemon=True).start()

    def _run(self, ask: Callable[[], float | None]) -> None:
        try:
            self._future.set_result(ask())
        except BaseException as error:
            self._future.set_exception(error)

    def on_done(self, callback: Callable[[], None]) -> None:
        self._future.add_done_callback(lambda _: callback())

    @property
    def done(self) -> bool:
        return self._future.done()

    def result(self) -> float | None:
        return self._future.result(0)


def _checked(wait: object, longest: float | None) -> float | None:
    """Refuse what cannot be a wait: a call must not be held up by nonsense."""
    if wait is None and longest is not None:
        return None
    if is_number(wait) and 0 <= wait < inf and (longest is None or wait <= longest + 0.001):
        return wait
    raise ValueError(f"a wait of {wait!r}")
