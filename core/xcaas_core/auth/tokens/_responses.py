"""What an answer of the token endpoint means: a token, a reason to try again, or the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..._secrets import bearer, fingerprint
from ...http._headers import request_id_of, requested_wait
from ...sansio._messages import Response
from ._answer import TokenAnswer, Unreadable, error_code, read_token
from ._failure import Failure
from ._policy import TokenPolicy
from ._token import Lease, TokenInfo

__all__ = ["Judge"]

_WRONG = "Check the key and its secret (a key that was deleted or replaced in the Admin Console is refused too)."
_ADVICE = {400: _WRONG, 401: _WRONG, 403: _WRONG, 404: "Check the client's base_url.", 407: "Check the proxy's login."}


class Judge:
    """Judges answers of one endpoint. `address` is the endpoint's, for messages."""

    def __init__(self, address: str, *, policy: TokenPolicy, clock: Callable[[], float]) -> None:
        self._address = address
        self._policy = policy
        self._clock = clock

    def __call__(self, response: Response, started: float, *, renewal: bool) -> Lease | Failure:
        """`started` is when the request was sent: a token's life counts from then."""
        status = response.status
        if 200 <= status < 300:
            answer = read_token(response.content)
            if isinstance(answer, Unreadable):
                return self._not_a_token(response, answer)
            return self._lease(answer, started, renewal)
        if status in (408, 425, 429) or status >= 500:
            return self._busy(response)
        return self._refused(response)

    def _lease(self, answer: TokenAnswer, started: float, renewal: bool) -> Lease | Failure:
        total = self._policy.life(answer.expires_in)
        over = total <= self._clock() - started
        if over and renewal:
            return Failure(
                kind="answer",
                message=f"{self._address} gave a new token that had expired when it arrived",
                remember=self._policy.refusal_memory,
            )
        return Lease(
            bearer(answer.token.reveal()),
            life=0.0 if over else total,
            obtained_at=started,
            policy=self._policy,
            info=TokenInfo(answer.products, total, total, answer.issued_at, answer.scope),
            mark=fingerprint(answer.token.reveal()),
        )

    def _not_a_token(self, response: Response, answer: Unreadable) -> Failure:
        return Failure(
            kind="answer",
            message=f"{self._address} answered {response.status}, but {answer.reason}",
            advice="Check that base_url and proxy lead to the token endpoint.",
            status=response.status,
            request_id=request_id_of(response.headers),
            retry=answer.transient,
            remember=self._policy.refusal_memory,
        )

    def _busy(self, response: Response) -> Failure:
        status = response.status
        limited = status == 429
        return Failure(
            kind="rate-limit" if limited else "unavailable",
            message=f"{self._address} answered {status}{' (too many requests)' if limited else ''}",
            status=status,
            code=error_code(response.content),
            request_id=request_id_of(response.headers),
            retry=True,
            wait=requested_wait(response.headers, status, time.time()),
        )

    def _refused(self, response: Response) -> Failure:
        status = response.status
        code = error_code(response.content)
        moved = 300 <= status < 400
        what = "a redirect, which is not followed: the secret stays with this address" if moved else "no token"
        return Failure(
            kind="refused",
            message=f"{self._address} answered {status}{f' {code}' if code else ''}: {what}",
            advice=_ADVICE.get(status),
            status=status,
            code=code,
            request_id=request_id_of(response.headers),
            remember=self._policy.refusal_memory,
        )
