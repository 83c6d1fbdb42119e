"""Getting a token from an endpoint: requests, patience, and what came of them.

The request is a `Send` step, so it goes through the same transport, proxies and certificates
as the calls do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..._errors import CertificateError, CredentialsError, TransportError
from ...sansio._messages import Request, Response
from ...sansio._steps import Flow, Sleep, send
from ._failure import Failure
from ._manager import RefreshBudget
from ._policy import TokenPolicy
from ._responses import Endpoint, parse_token_response
from ._token import AccessToken

__all__ = ["Build", "Fetch", "no_secret"]


class Build(Protocol):
    """Makes the token request. May wait for a secret; raises `SecretUnavailableError` without one."""

    def __call__(self) -> Flow[Request]: ...


class Fetch:
    """The flow behind a token's `TokenManager` (see `TokenFetcher`). `address` is the endpoint's, for messages."""

    def __init__(
        self,
        build: Build,
        *,
        address: str,
        policy: TokenPolicy,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._build = build
        self._address = address
        self._policy = policy
        self._clock = clock
        self._random = random
        self._closed_until = 0.0
        self._endpoint = Endpoint(address, policy, clock)

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        """Ask until there is a token, the budget is spent, or asking makes no sense."""
        failure: Failure | None = None
        pause = max(0.0, self._closed_until - self._clock())
        for attempt in range(1, budget.attempts + 1):
            if pause > 0:
                if (end := self._cannot_wait(pause, budget, failure)) is not None:
                    return end.final(attempt - 1)
                yield Sleep(pause)
            outcome = yield from self._attempt(budget)
            if isinstance(outcome, AccessToken) or not outcome.retry:
                return outcome
            failure = outcome
            pause = self._pause(attempt, outcome)
        return self._unavailable(budget, failure).final(budget.attempts)

    def _pause(self, attempt: int, failure: Failure) -> float:
        if failure.wait is not None:
            self._closed_until = self._clock() + failure.wait
        return max(self._policy.pause(attempt, self._random()), failure.wait or 0.0)

    def _cannot_wait(self, pause: float, budget: RefreshBudget, failure: Failure | None) -> Failure | None:
        if pause > self._policy.longest_wait or (failure is None and budget.early):
            return self._patience(pause, failure)
        if self._clock() + pause < budget.deadline:
            return None
        if budget.callers:
            return _out_of_time()
        return self._patience(pause, failure) if failure is None else failure

    def _patience(self, pause: float, failure: Failure | None) -> Failure:
        return Failure(
            kind="rate-limit",
            message=f"{self._address} asks to wait {pause:.0f} s before the next token request",
            advice="Share one client, or one token cache, instead of asking for a token in many places.",
            status=None if failure is None else failure.status,
            code=None if failure is None else failure.code,
            wait=pause,
            remember=pause,
        )

    def _unavailable(self, budget: RefreshBudget, failure: Failure | None) -> Failure:
        if budget.callers and self._clock() >= budget.deadline:
            return _out_of_time()
        assert failure is not None
        return failure

    def _attempt(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            request = yield from self._build()
        except CredentialsError as error:
            return no_secret(error, self._policy)
        started = self._clock()
        left = budget.deadline - started
        if left <= 0:
            return _out_of_time() if budget.callers else self._silent("no time was left", retry=False)
        request.timeout = min(self._policy.attempt_timeout, left)
        request.connect_timeout, request.read_timeout = budget.timeouts
        trouble: TransportError | None = None
        response: Response | None = None
        try:
            response = yield from send(request)
        except TransportError as error:
            trouble = error
        if response is None:  # outside the `except`, so that no error has this one for its context
            if budget.callers and self._clock() >= budget.deadline:
                return _out_of_time()
            reason = "no answer" if trouble is None else trouble.message
            refused = isinstance(trouble, CertificateError)
            return self._silent(reason, retry=not refused, advice=trouble.advice if refused and trouble else None)
        return parse_token_response(self._endpoint, response, started, renewal=budget.renewal)

    def _silent(self, reason: str, *, retry: bool, advice: str | None = None) -> Failure:
        return Failure(
            kind="unavailable",
            message=f"{self._address} could not be asked for a token: {reason}",
            advice=advice or "Check the network, the proxy and the client's base_url.",
            retry=retry,
        )


def _out_of_time() -> Failure:
    return Failure(kind="timeout", message="the call's time was up before there was a token")


def no_secret(error: CredentialsError, policy: TokenPolicy) -> Failure:
    """The failure that a missing secret is. Remembered, so that a secret manager in trouble isn't asked by every call."""
    return Failure(kind="secret", message=error.message, advice=error.advice, remember=policy.refusal_memory)
