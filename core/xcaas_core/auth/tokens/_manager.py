"""The state machine of a token: which caller renews it, when, and which callers wait.

                     now <  advisory_at   use it; no lock, no step
    advisory_at   <= now <  mandatory_at  the first caller renews it, the others use it
    mandatory_at  <= now                  the first caller renews it, the others wait

Threads and event loops share one manager: it never holds its lock across a step, and waiting is a
`WaitFor` step. The caller that renews (the leader) uses its own driver. If it raises, is cancelled
or disappears, another caller takes over.
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
# Share of its time limit by which a refresh may be late before another caller leads.
_GRACE = 0.1


class TokenManager:
    """Provides one credential value, and renews it."""

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
        self._next_early_at = -1.0
        self._last_refusal: tuple[float, Failure] | None = None
        self._rejected = ""
        self._had_token = False
        resets_after_fork(self)

    def acquire(self, deadline: float | None = None, timeouts: Timeouts = (None, None)) -> Flow[AccessToken]:
        """Return a usable value. Raises a `CredentialsError` if there is none by `deadline`.

        `timeouts` are for this caller's requests, if it leads."""
        token = self.current
        if token is not None and self.clock() < token.advisory_at:
            self.events.reused()
            return token
        while True:
            decision = self._decide(deadline)
            if isinstance(decision, AccessToken):
                self.events.reused()
                return decision
            if isinstance(decision, Failure):
                raise decision.error()
            refresh, is_leader = decision
            if is_leader:
                outcome = yield from self._lead(refresh, deadline, timeouts)
            else:
                outcome = yield from self._wait_for_leader(refresh, deadline)
            if isinstance(outcome, AccessToken):
                if not is_leader:
                    self.events.reused()
                return outcome
            if isinstance(outcome, Failure):
                raise outcome.error()

    def invalidate(self, token: AccessToken) -> None:
        """Drop exactly this token; a newer one stays."""
        with self._lock:
            if self.current is not token:
                return
            self.current = None
            self._rejected = token.fingerprint
        self.events.emit("rejected")

    def renew(self, *, drop: bool) -> None:
        """Use the changed credential from the next renewal on. A renewal in progress continues for its
        waiting callers. `drop`: stop using the current value."""
        with self._lock:
            self._generation += 1
            self._refresh = None
            self._last_refusal = None
            self._next_early_at = -1.0
            if drop:
                self.current = None

    def _decide(self, deadline: float | None) -> AccessToken | Failure | tuple[Refresh, bool]:
        """Return a token to use, a failure to raise, or a refresh and whether to lead it."""
        with self._lock:
            now = self.clock()
            token, refresh = self.current, self._refresh
            if refresh is not None and refresh.is_lost(now):
                refresh = self._refresh = None
            is_usable = token is not None and now < token.mandatory_at
            if token is not None and is_usable:
                if (
                    now < token.advisory_at
                    or refresh is not None
                    or now < self._next_early_at
                    or self._active_refusal(now)
                ):
                    return token
            elif refresh is not None:
                return refresh, False
            elif (refusal := self._active_refusal(now)) is not None:
                return refusal
            time_limit = self.policy.total_timeout
            if deadline is not None:
                time_limit = max(0.0, min(time_limit, deadline - now))
            overdue_at = now + time_limit * (1 + _GRACE)
            self._refresh = Refresh(early=is_usable, overdue_at=overdue_at, generation=self._generation)
            return self._refresh, True

    def _active_refusal(self, now: float) -> Failure | None:
        if self._last_refusal is not None and now < self._last_refusal[0]:
            return self._last_refusal[1]
        self._last_refusal = None
        return None

    def _lead(self, refresh: Refresh, deadline: float | None, timeouts: Timeouts) -> Flow[AccessToken | Failure | None]:
        started = self.clock()
        try:
            outcome = yield from self._fetch_token(self._make_budget(refresh, started, deadline, timeouts))
            elapsed = self.clock() - started
            if isinstance(outcome, AccessToken):
                self._install(refresh, outcome, elapsed)
                return outcome
            if outcome.kind != "elsewhere":
                self.events.emit("failed", seconds=elapsed, error=outcome.name, code=outcome.code)
            return self._handle_failure(refresh, outcome)
        finally:  # no step may follow an exception (Ctrl-C, a cancelled task) or a close: another caller leads
            self._complete(refresh, None)

    def _handle_failure(self, refresh: Refresh, failure: Failure) -> Failure | None:
        """Return the leader's failure; None if it should try again."""
        if refresh.generation != self._generation:  # the credential was replaced in the meantime
            self._complete(refresh, None)
            return None
        if refresh.early:
            self._handle_early_failure(refresh, failure)
            return None
        if failure.kind == "timeout":  # of the leader; the waiting callers may have more time
            self._complete(refresh, None)
            return failure
        self._remember_refusal(refresh, failure)
        self._complete(refresh, failure)
        return failure

    def _make_budget(self, refresh: Refresh, now: float, deadline: float | None, timeouts: Timeouts) -> RefreshBudget:
        """Return a leader's budget. In the advisory window it is small, because the current token is still valid."""
        policy, token = self.policy, self.current
        time_limit = policy.attempt_timeout / 2 if refresh.early else policy.total_timeout
        end = now + time_limit
        if deadline is not None:
            end = min(end, now + (deadline - now) / 2 if refresh.early else deadline)
        return RefreshBudget(
            attempts=1 if refresh.early else policy.attempts,
            deadline=end,
            is_callers_deadline=not refresh.early and deadline is not None and deadline < now + time_limit,
            timeouts=timeouts,
            early=refresh.early,
            current="" if token is None else token.fingerprint,
            rejected=self._rejected,
            renewal=self._had_token,
        )

    def _install(self, refresh: Refresh, token: AccessToken, elapsed: float) -> None:
        with self._lock:
            if token.reusable and refresh.generation == self._generation:
                current = self.current
                if current is None or token.obtained_at >= current.obtained_at:
                    self.current = token
            self._had_token = True
            self._last_refusal = None
            self._early_failures = 0
            self._next_early_at = -1.0
        self._complete(refresh, token)
        self.events.emit(
            "shared" if token.shared else "refreshed_early" if refresh.early else "acquired", seconds=elapsed
        )

    def _handle_early_failure(self, refresh: Refresh, failure: Failure) -> None:
        """Keep the current token, and delay the next early renewal."""
        if not failure.retry:
            # A transient failure must not fail callers whose token expires later.
            self._remember_refusal(refresh, failure)
        with self._lock:
            self._early_failures += failure.kind != "elsewhere"
            pause = self.policy.pause(self._early_failures + 2, self._random())
            self._next_early_at = self.clock() + max(pause, failure.retry_after or 0.0)
        self._complete(refresh, None)
        if failure.kind == "elsewhere":
            return
        _log.warning(
            "%s: the token could not be renewed ahead of time, the current one stays in use: %s; next try in %.1f s",
            self.events.label(),
            failure.message,
            pause,
        )

    def _remember_refusal(self, refresh: Refresh, failure: Failure) -> None:
        with self._lock:
            if failure.remember_seconds > 0 and refresh.generation == self._generation:
                self._last_refusal = (self.clock() + failure.remember_seconds, failure)

    def _complete(self, refresh: Refresh, outcome: AccessToken | Failure | None) -> None:
        with self._lock:
            if self._refresh is refresh:
                self._refresh = None
        refresh.complete(outcome)

    def _wait_for_leader(self, refresh: Refresh, deadline: float | None) -> Flow[AccessToken | Failure | None]:
        now = self.clock()
        wait_end = refresh.overdue_at if deadline is None else min(refresh.overdue_at, deadline)
        is_done = yield from wait_for(refresh, max(0.0, wait_end - now))
        if is_done:
            return refresh.outcome
        if deadline is not None and self.clock() >= deadline:
            return Failure(kind="timeout", message="the call's time was up while another call was getting the token")
        return None

    def reset(self) -> None:
        """Replace the lock and drop the refresh in a forked child: a thread of the parent may hold them."""
        self._lock = threading.RLock()
        self._refresh = None


class TokenRegistry:
    """The managers of one credential by key: everything that distinguishes tokens, such as endpoint and scopes."""

    def __init__(self, policy: TokenPolicy, events: Events) -> None:
        self._policy = policy
        self._events = events
        self._managers: dict[Hashable, TokenManager] = {}

    def manager(self, key: Hashable, context: AuthContext, make_fetcher: Callable[[], TokenFetcher]) -> TokenManager:
        """Return the manager for `key`, created on first use."""
        key = (key, context.clock)
        manager = self._managers.get(key)
        # `setdefault` is atomic: concurrent threads get the same manager.
        return manager or self._managers.setdefault(
            key, TokenManager(make_fetcher(), self._policy, context, self._events)
        )

    def renew(self, *, drop: bool) -> None:
        """Use a changed credential; see `TokenManager.renew`."""
        for manager in list(self._managers.values()):
            manager.renew(drop=drop)
