"""Fetches tokens from an endpoint: requests, retries, outcomes.

A request is a `Send` step, so it uses the transport, proxies and certificates of the calls.
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

__all__ = ["EndpointFetcher", "secret_failure"]

_CHECK_KEY = "Check the key and its secret (a key that was deleted or replaced in the Admin Console is refused too)."
# A wrong `Retry-After`, such as milliseconds, must not block token requests for days.
_MAX_WAIT = 300.0
# Bytes that HTTP parsers quote in errors: they may be the token.
_QUOTED = re.compile(r":? *(?:bytearray\()?b['\"].*", re.DOTALL)
_ADVICE = {
    400: _CHECK_KEY,
    401: _CHECK_KEY,
    403: _CHECK_KEY,
    404: "Check the client's base_url.",
    407: "Check the proxy's login.",
}


@dataclass(slots=True)
class EndpointFetcher:
    """The `TokenFetcher` for a token endpoint.

    `build` makes the token request, or raises `SecretUnavailableError`. `address` is for messages.
    """

    build: Callable[[], Flow[Request]]
    address: str
    policy: TokenPolicy
    context: AuthContext
    _blocked_until: float = field(default=0.0, init=False)

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        """Ask for a token until there is one, the budget is spent, or a retry cannot help."""
        failure: Failure | None = None
        pause = max(0.0, self._blocked_until - self.context.clock())
        for attempt in range(1, budget.attempts + 1):
            if pause > 0:
                if (final := self._wait_failure(pause, budget, failure)) is not None:
                    return final.with_attempts(attempt - 1)
                yield Sleep(pause)
            outcome = yield from self._attempt(budget)
            if isinstance(outcome, AccessToken) or not outcome.retry:
                return outcome
            failure = outcome
            pause = self._pause(attempt, outcome)
        assert failure is not None
        return self._or_timeout(failure, budget).with_attempts(budget.attempts)

    def _pause(self, attempt: int, failure: Failure) -> float:
        if failure.retry_after is not None:
            self._blocked_until = self.context.clock() + min(failure.retry_after, _MAX_WAIT)
        return max(self.policy.pause(attempt, self.context.random()), failure.retry_after or 0.0)

    def _wait_failure(self, pause: float, budget: RefreshBudget, failure: Failure | None) -> Failure | None:
        if pause > self.policy.longest_wait or (failure is None and budget.early):
            return self._rate_limited(pause, failure)
        if self.context.clock() + pause < budget.deadline:
            return None
        if budget.is_callers_deadline:
            return _timeout()
        return failure or self._rate_limited(pause, failure)

    def _rate_limited(self, pause: float, failure: Failure | None) -> Failure:
        return Failure(
            kind="rate-limit",
            message=f"{self.address} asks to wait {pause:.0f} s before the next token request",
            advice="Share one client, or one token cache, instead of asking for a token in many places.",
            status=failure.status if failure else None,
            code=failure.code if failure else None,
            retry_after=pause,
            remember_seconds=min(pause, _MAX_WAIT),
        )

    def _or_timeout(self, failure: Failure, budget: RefreshBudget) -> Failure:
        """Return the failure, or a timeout if the caller's own time is up."""
        return _timeout() if budget.is_callers_deadline and self.context.clock() >= budget.deadline else failure

    def _attempt(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        try:
            request = yield from self.build()
        except CredentialsError as error:
            return secret_failure(error, self.policy)
        started = self.context.clock()
        remaining = budget.deadline - started
        if remaining <= 0:
            return self._or_timeout(self._unreachable("no time was left", retry=False), budget)
        request.timeout = min(self.policy.attempt_timeout, remaining)
        request.connect_timeout, request.read_timeout = budget.timeouts
        outcome: Response | TransportError | DecodeError
        try:
            outcome = yield from send(request)
        except (TransportError, DecodeError) as error:
            outcome = error
        # outside `except`, so that this error is not another one's context
        redact = redactor_of(request.headers, request.url, request.secrets).text
        if not isinstance(outcome, TransportError | DecodeError):
            return self._parse_response(outcome, started, redact, renewal=budget.renewal)
        is_permanent = isinstance(outcome, CertificateError | DecodeError)
        reason = _QUOTED.sub("", redact(outcome.message))
        failure = self._unreachable(reason, retry=not is_permanent, advice=outcome.advice if is_permanent else None)
        return self._or_timeout(failure, budget)

    def _unreachable(self, reason: str, *, retry: bool, advice: str | None = None) -> Failure:
        return Failure(
            kind="unavailable",
            message=f"{self.address} could not be asked for a token: {reason}",
            advice=advice or "Check the network, the proxy and the client's base_url.",
            retry=retry,
        )

    def _parse_response(
        self, response: Response, started: float, redact: Callable[[str], str], *, renewal: bool
    ) -> AccessToken | Failure:
        """Return the token of a response, or a failure. A token's life starts when the request was `started`."""
        status = response.status
        parsed = parse_token_response(response.content) if 200 <= status < 300 else None
        if isinstance(parsed, TokenResponse):
            return self._build_token(parsed, started, redact, renewal)
        failure = Failure(
            kind="refused",
            message=f"{self.address} responded with {status}",
            advice=_ADVICE.get(status),
            status=status,
            code=redact(error_code(response.content) or "") or None,
            request_id=redact(request_id_of(response.headers) or "") or None,
            remember_seconds=self.policy.refusal_memory,
        )
        if parsed is not None:
            advice = "Check that base_url and proxy lead to the token endpoint."
            message = f"{failure.message}, but {parsed.reason}"
            return replace(failure, kind="response", message=message, advice=advice, code=None, retry=parsed.transient)
        if status in (408, 425, 429) or status >= 500:
            wait = requested_wait(response.headers, status, time.time())
            failure = replace(
                failure, kind="unavailable", advice=None, retry=True, retry_after=wait, remember_seconds=0.0
            )
            if status != 429:
                return failure
            return replace(failure, kind="rate-limit", message=f"{failure.message} (too many requests)")
        reason = "no token"
        if 300 <= status < 400:
            reason = "a redirect, which is not followed: the secret stays with this address"
        code = f" {failure.code}" if failure.code else ""
        return replace(failure, message=f"{failure.message}{code}: {reason}")

    def _build_token(
        self, parsed: TokenResponse, started: float, redact: Callable[[str], str], renewal: bool
    ) -> AccessToken | Failure:
        life = self.policy.life(parsed.expires_in)
        is_expired = life <= self.context.clock() - started
        if is_expired and renewal:
            message = f"{self.address} gave a new token that had expired when it arrived"
            return Failure(kind="response", message=message, remember_seconds=self.policy.refusal_memory)
        products = tuple(map(redact, parsed.products))
        return AccessToken(
            bearer(parsed.token.reveal()),
            life=0.0 if is_expired else life,
            obtained_at=started,
            policy=self.policy,
            info=TokenInfo(products, life, life, parsed.issued_at, redact(parsed.scope)),
            fingerprint=fingerprint(parsed.token.reveal()),
        )


def _timeout() -> Failure:
    return Failure(kind="timeout", message="the call's time was up before there was a token")


def secret_failure(error: CredentialsError, policy: TokenPolicy) -> Failure:
    """Return the failure for a missing secret. It is remembered, to spare a failing secret manager."""
    return Failure(kind="secret", message=error.message, advice=error.advice, remember_seconds=policy.refusal_memory)
