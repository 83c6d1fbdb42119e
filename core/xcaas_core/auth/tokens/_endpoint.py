"""Getting a token from an endpoint: requests, patience, and what came of them.

The request is a `Send` step, so it goes through the same transport, proxies and certificates
as the calls do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..._errors import CertificateError, CredentialsError, DecodeError, TransportError
from ..._redaction import redactor_of
from ..._secrets import bearer, fingerprint
from ...http._headers import request_id_of, requested_wait
from ...sansio._messages import Request, Response
from ...sansio._steps import Flow, Sleep, send
from .._interface import AuthContext
from ._errors import Failure
from ._refresh import RefreshBudget
from ._responses import TokenResponse, error_code, parse_token_response
from ._token import AccessToken, TokenInfo, TokenPolicy

__all__ = ["EndpointFetcher", "no_secret"]

_WRONG = "Check the key and its secret (a key that was deleted or replaced in the Admin Console is refused too)."
# One header with an odd number in it, such as milliseconds, must not keep a program without a token for days.
_MAX_PAUSE = 300.0
# What parsers quote of a response that is not HTTP: it may be the token.
_QUOTED = re.compile(r":? *(?:bytearray\()?b['\"].*", re.DOTALL)
_ADVICE = {400: _WRONG, 401: _WRONG, 403: _WRONG, 404: "Check the client's base_url.", 407: "Check the proxy's login."}


@dataclass(slots=True)
class EndpointFetcher:
    """The `TokenFetcher` of tokens that an endpoint issues.

    `build` makes the token request: it may wait for a secret, and raises `SecretUnavailableError` without one.
    `address` is the endpoint's, for messages.
    """

    build: Callable[[], Flow[Request]]
    address: str
    policy: TokenPolicy
    context: AuthContext
    _closed_until: float = field(default=0.0, init=False)

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        """Ask until there is a token, the budget is spent, or asking makes no sense."""
        failure: Failure | None = None
        pause = max(0.0, self._closed_until - self.context.clock())
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
        assert failure is not None
        return self._unless_out_of_time(failure, budget).final(budget.attempts)

    def _pause(self, attempt: int, failure: Failure) -> float:
        if failure.wait is not None:
            self._closed_until = self.context.clock() + min(failure.wait, _MAX_PAUSE)
        return max(self.policy.pause(attempt, self.context.random()), failure.wait or 0.0)

    def _cannot_wait(self, pause: float, budget: RefreshBudget, failure: Failure | None) -> Failure | None:
        if pause > self.policy.longest_wait or (failure is None and budget.early):
            return self._asked_to_wait(pause, failure)
        if self.context.clock() + pause < budget.deadline:
            return None
        if budget.callers:
            return _out_of_time()
        return failure or self._asked_to_wait(pause, failure)

    def _asked_to_wait(self, pause: float, failure: Failure | None) -> Failure:
        return Failure(
            kind="rate-limit",
            message=f"{self.address} asks to wait {pause:.0f} s before the next token request",
            advice="Share one client, or one token cache, instead of asking for a token in many places.",
            status=failure.status if failure else None,
            code=failure.code if failure else None,
            wait=pause,
            remember=min(pause, _MAX_PAUSE),
        )

    def _unless_out_of_time(self, failure: Failure, budget: RefreshBudget) -> Failure:
        """Return a failure, or that of a caller whose own time is up."""
        return _out_of_time() if budget.callers and self.context.clock() >= budget.deadline else failure

    def _attempt(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            request = yield from self.build()
        except CredentialsError as error:
            return no_secret(error, self.policy)
        started = self.context.clock()
        left = budget.deadline - started
        if left <= 0:
            return self._unless_out_of_time(self._silent("no time was left", retry=False), budget)
        request.timeout = min(self.policy.attempt_timeout, left)
        request.connect_timeout, request.read_timeout = budget.timeouts
        outcome: Response | TransportError | DecodeError
        try:
            outcome = yield from send(request)
        except (TransportError, DecodeError) as error:
            outcome = error
        # outside the `except`, so that no error has this one for its context
        redacted = redactor_of(request.headers, request.url, request.secrets).text
        if not isinstance(outcome, TransportError | DecodeError):
            return self._outcome(outcome, started, redacted, renewal=budget.renewal)
        lasting = isinstance(outcome, CertificateError | DecodeError)
        reason = _QUOTED.sub("", redacted(outcome.message))
        failure = self._silent(reason, retry=not lasting, advice=outcome.advice if lasting else None)
        return self._unless_out_of_time(failure, budget)

    def _silent(self, reason: str, *, retry: bool, advice: str | None = None) -> Failure:
        return Failure(
            kind="unavailable",
            message=f"{self.address} could not be asked for a token: {reason}",
            advice=advice or "Check the network, the proxy and the client's base_url.",
            retry=retry,
        )

    def _outcome(
        self, response: Response, started: float, redacted: Callable[[str], str], *, renewal: bool
    ) -> AccessToken | Failure:
        """Read a token, or why there is none. `started` is when the request was sent: a token's life counts from then."""
        status = response.status
        found = parse_token_response(response.content) if 200 <= status < 300 else None
        if isinstance(found, TokenResponse):
            return self._token(found, started, redacted, renewal)
        failure = Failure(
            kind="refused",
            message=f"{self.address} responded with {status}",
            advice=_ADVICE.get(status),
            status=status,
            code=redacted(error_code(response.content) or "") or None,
            request_id=redacted(request_id_of(response.headers) or "") or None,
            remember=self.policy.refusal_memory,
        )
        if found is not None:
            advice = "Check that base_url and proxy lead to the token endpoint."
            message = f"{failure.message}, but {found.reason}"
            return replace(failure, kind="response", message=message, advice=advice, code=None, retry=found.transient)
        if status in (408, 425, 429) or status >= 500:
            wait = requested_wait(response.headers, status, time.time())
            failure = replace(failure, kind="unavailable", advice=None, retry=True, wait=wait, remember=0.0)
            if status != 429:
                return failure
            return replace(failure, kind="rate-limit", message=f"{failure.message} (too many requests)")
        what = "no token"
        if 300 <= status < 400:
            what = "a redirect, which is not followed: the secret stays with this address"
        code = f" {failure.code}" if failure.code else ""
        return replace(failure, message=f"{failure.message}{code}: {what}")

    def _token(
        self, found: TokenResponse, started: float, redacted: Callable[[str], str], renewal: bool
    ) -> AccessToken | Failure:
        life = self.policy.life(found.expires_in)
        over = life <= self.context.clock() - started
        if over and renewal:
            message = f"{self.address} gave a new token that had expired when it arrived"
            return Failure(kind="response", message=message, remember=self.policy.refusal_memory)
        products = tuple(map(redacted, found.products))
        return AccessToken(
            bearer(found.token.reveal()),
            life=0.0 if over else life,
            obtained_at=started,
            policy=self.policy,
            info=TokenInfo(products, life, life, found.issued_at, redacted(found.scope)),
            fingerprint=fingerprint(found.token.reveal()),
        )


def _out_of_time() -> Failure:
    return Failure(kind="timeout", message="the call's time was up before there was a token")


def no_secret(error: CredentialsError, policy: TokenPolicy) -> Failure:
    """Return the failure that a missing secret is.

    It is remembered, so that a secret manager in trouble isn't asked by every call.
    """
    return Failure(kind="secret", message=error.message, advice=error.advice, remember=policy.refusal_memory)
