"""The state machine of a token: who renews a credential value, when, and who waits.

                     now <  advisory_at   use it; no lock, no step
    advisory_at   <= now <  mandatory_at  the first caller renews it, the others use it
    mandatory_at  <= now                  the first caller renews it, the others wait

Any number of threads and event loops share one manager: it holds its lock for a few
instructions, never across a step, and waiting is a `WaitFor` step that each driver carries out in
its own way. The caller that renews (the leader) does so with its own driver. If it raises, is
cancelled or disappears, the next one in line takes over.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable

from ..._fork import resets_after_fork
from ...sansio._steps import Flow, wait_for
from .._interface import AuthContext
from ._errors import Failure
from ._events import Events
from ._refresh import Refresh, RefreshBudget, Timeouts, TokenFetcher
from ._token import AccessToken, TokenPolicy

__all__ = ["TokenManager", "TokenRegistry"]

_log = logging.getLogger("xcaas.auth")
# How much longer than its time a refresh may take, as a share of that time, before somebody else leads.
_GRACE = 0.1


class TokenManager:
    """One credential value in one scope of sharing."""

    def __init__(self, fetch_token: TokenFetcher, policy: TokenPolicy, context: AuthContext, events: Events) -> None:
        self.current: AccessToken | None = None
        self.clock = context.clock
        self.events = events
        self.policy = policy
        self._fetch_token = fetch_token
        self._random = context.random
        # Reentrant: the garbage collector may close a leader's flow in a thread that holds the lock.
        self._lock = threading.RLock()
        self._refresh: Refresh | None = None
        self._generation = 0
        self._early_failures = 0
        self._early_again_at = -1.0
        self._refusal: tuple[float, Failure] | None = None
        self._rejected = ""
        self._had_one = False
        resets_after_fork(self)

    def acquire(self, deadline: float | None = None, timeouts: Timeouts = (None, None)) -> Flow[AccessToken]:
        """Return a value that can be used now. Raises a `CredentialsError` if there is none to be had by `deadline`.

        `timeouts` are for the requests that this caller makes, if it is the one to renew."""
        token = self.current
        if token is not None and self.clock() < token.advisory_at:
            self.events.reused()
            return token
        while True:
            turn = self._turn(deadline)
            if isinstance(turn, AccessToken):
                self.events.reused()
                return turn
            if isinstance(turn, Failure):
                raise turn.error()
            refresh, leading = turn
            if leading:
                outcome = yield from self._lead(refresh, deadline, timeouts)
            else:
                outcome = yield from self._wait(refresh, deadline)
            if isinstance(outcome, AccessToken):
                if not leading:
                    self.events.reused()
                return outcome
            if isinstance(outcome, Failure):
                raise outcome.error()

    def invalidate(self, token: AccessToken) -> None:
        """Drop this token, and only this one: a newer one stays."""
        with self._lock:
            if self.current is not token:
                return
            self.current = None
            self._rejected = token.fingerprint
        self.events.emit("rejected")

    def renew(self, *, drop: bool) -> None:
        """Use the changed credential from the next renewal on. A renewal
        under way goes on for those who wait for it. `drop`: the current value isn't used any more."""
        with self._lock:
            self._generation += 1
            self._refresh = None
            self._refusal = None
            self._early_again_at = -1.0
            if drop:
                self.current = None

    def _turn(self, deadline: float | None) -> AccessToken | Failure | tuple[Refresh, bool]:
        """Decide what a caller does now: use a token, fail, lead a refresh (True) or wait for one (False)."""
        with self._lock:
            now = self.clock()
            token, refresh = self.current, self._refresh
            if refresh is not None and refresh.is_given_up(now):
                refresh = self._refresh = None
            usable = token is not None and now < token.mandatory_at
            if token is not None and usable:
                if now < token.advisory_at or refresh is not None or now < self._early_again_at or self._refused(now):
                    return token
            elif refresh is not None:
                return refresh, False
            elif (refusal := self._refused(now)) is not None:
                return refusal
            patience = self.policy.total_timeout
            if deadline is not None:
                patience = max(0.0, min(patience, deadline - now))
            overdue_at = now + patience * (1 + _GRACE)
            self._refresh = Refresh(early=usable, overdue_at=overdue_at, generation=self._generation)
            return self._refresh, True

    def _refused(self, now: float) -> Failure | None:
        if self._refusal is not None and now < self._refusal[0]:
            return self._refusal[1]
        self._refusal = None
        return None

    def _lead(self, refresh: Refresh, deadline: float | None, timeouts: Timeouts) -> Flow[AccessToken | Failure | None]:
        started = self.clock()
        try:
            outcome = yield from self._fetch_token(self._budget(refresh, started, deadline, timeouts))
            elapsed = self.clock() - started
            if isinstance(outcome, AccessToken):
                self._install(refresh, outcome, elapsed)
                return outcome
            if outcome.kind != "elsewhere":
                self.events.emit("failed", seconds=elapsed, error=outcome.name, code=outcome.code)
            return self._settle(refresh, outcome)
        finally:  # after an exception (Ctrl-C, a cancelled task) or a close no step may follow: somebody else leads
            self._complete(refresh, None)

    def _settle(self, refresh: Refresh, failure: Failure) -> Failure | None:
        """Decide what a failure means for the leader; None: look again."""
        if refresh.generation != self._generation:  # the credential was replaced in the meantime
            self._complete(refresh, None)
            return None
        if refresh.early:
            self._early_failure(refresh, failure)
            return None
        if failure.kind == "timeout":  # the leader's own time is up; those who wait may have more
            self._complete(refresh, None)
            return failure
        self._remember(refresh, failure)
        self._complete(refresh, failure)
        return failure

    def _budget(self, refresh: Refresh, now: float, deadline: float | None, timeouts: Timeouts) -> RefreshBudget:
        """Say what a leader may spend. One in the advisory window has a token to go on with, so it spends little of its own time."""
        policy, token = self.policy, self.current
        patience = policy.attempt_timeout / 2 if refresh.early else policy.total_timeout
        limit = now + patience
        if deadline is not None:
            limit = min(limit, now + (deadline - now) / 2 if refresh.early else deadline)
        return RefreshBudget(
            attempts=1 if refresh.early else policy.attempts,
            deadline=limit,
            callers=not refresh.early and deadline is not None and deadline < now + patience,
            timeouts=timeouts,
            early=refresh.early,
            current="" if token is None else token.fingerprint,
            rejected=self._rejected,
            renewal=self._had_one,
        )

    def _install(self, refresh: Refresh, token: AccessToken, elapsed: float) -> None:
        with self._lock:
            if token.reusable and refresh.generation == self._generation:
                current = self.current
                if current is None or token.obtained_at >= current.obtained_at:
                    self.current = token
            self._had_one = True
            self._refusal = None
            self._early_failures = 0
            self._early_again_at = -1.0
        self._complete(refresh, token)
        self.events.emit(
            "shared" if token.shared else "refreshed_early" if refresh.early else "acquired", seconds=elapsed
        )

    def _early_failure(self, refresh: Refresh, failure: Failure) -> None:
        """Let nobody fail, for the token in hand is still good; the next try comes after a pause."""
        if not failure.retry:
            # One damaged response to the one early request says nothing to callers whose token is gone by then.
            self._remember(refresh, failure)
        with self._lock:
            self._early_failures += failure.kind != "elsewhere"
            pause = self.policy.pause(self._early_failures + 2, self._random())
            self._early_again_at = self.clock() + max(pause, failure.wait or 0.0)
        self._complete(refresh, None)
        if failure.kind == "elsewhere":
            return
        _log.warning(
            "%s: the token could not be renewed ahead of time, the current one stays in use: %s; next try in %.1f s",
            self.events.label(),
            failure.message,
            pause,
        )

    def _remember(self, refresh: Refresh, failure: Failure) -> None:
        with self._lock:
            if failure.remember > 0 and refresh.generation == self._generation:
                self._refusal = (self.clock() + failure.remember, failure)

    def _complete(self, refresh: Refresh, outcome: AccessToken | Failure | None) -> None:
        with self._lock:
            if self._refresh is refresh:
                self._refresh = None
        refresh.complete(outcome)

    def _wait(self, refresh: Refresh, deadline: float | None) -> Flow[AccessToken | Failure | None]:
        now = self.clock()
        until = refresh.overdue_at if deadline is None else min(refresh.overdue_at, deadline)
        done = yield from wait_for(refresh, max(0.0, until - now))
        if done:
            return refresh.outcome
        if deadline is not None and self.clock() >= deadline:
            return Failure(kind="timeout", message="the call's time was up while another call was getting the token")
        return None

    def reset(self) -> None:
        """Start anew in a forked child: another thread of the parent may have held the lock, or led."""
        self._lock = threading.RLock()
        self._refresh = None


class TokenRegistry:
    """The managers of one credential, one per key. The key holds whatever makes tokens differ: endpoint, scopes, parameters."""

    def __init__(self, policy: TokenPolicy, events: Events) -> None:
        self._policy = policy
        self._events = events
        self._managers: dict[Hashable, TokenManager] = {}

    def manager(self, key: Hashable, context: AuthContext, make_fetcher: Callable[[], TokenFetcher]) -> TokenManager:
        """Return the manager for `key`, made with `make_fetcher` if there is none yet."""
        full = (key, context.clock)
        found = self._managers.get(full)
        # `setdefault` is atomic: threads that come at the same time get the same manager.
        return found or self._managers.setdefault(
            full, TokenManager(make_fetcher(), self._policy, context, self._events)
        )

    def renew(self, *, drop: bool) -> None:
        """Use a changed credential; see `TokenManager.renew`."""
        for manager in list(self._managers.values()):
            manager.renew(drop=drop)
