"""What an answer of the token endpoint means: a token, a reason to try again, or the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..._secrets import bearer, fingerprint
from ...http._headers import request_id_of, requested_wait
from ...sansio._messages import Response
from ._answer import InvalidTokenResponse, TokenResponse, error_code, read_token
from ._failure import Failure
from ._policy import TokenPolicy
from ._token import AccessToken, TokenInfo

__all__ = ["Endpoint", "parse_token_response"]

_WRONG = "Check the key and its secret (a key that was deleted or replaced in the Admin Console is refused too)."
_ADVICE = {400: _WRONG, 401: _WRONG, 403: _WRONG, 404: "Check the client's base_url.", 407: "Check the proxy's login."}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known of a token endpoint when its responses are read. `address` is for messages."""

    address: str
    policy: TokenPolicy
    clock: Callable[[], float]


def parse_token_response(
    endpoint: Endpoint, response: Response, started: float, *, renewal: bool
) -> AccessToken | Failure:
    """Read a token, or why there is none. `started` is when the request was sent: a token's life counts from then."""
    status = response.status
    if 200 <= status < 300:
        answer = read_token(response.content)
        if isinstance(answer, InvalidTokenResponse):
            return _not_a_token(endpoint, response, answer)
        return _access_token(endpoint, answer, started, renewal)
    if status in (408, 425, 429) or status >= 500:
        return _busy(endpoint, response)
    return _refused(endpoint, response)


def _access_token(endpoint: Endpoint, answer: TokenResponse, started: float, renewal: bool) -> AccessToken | Failure:
    total = endpoint.policy.life(answer.expires_in)
    over = total <= endpoint.clock() - started
    if over and renewal:
        return Failure(
            kind="answer",
            message=f"{endpoint.address} gave a new token that had expired when it arrived",
            remember=endpoint.policy.refusal_memory,
        )
    return AccessToken(
        bearer(answer.token.reveal()),
        life=0.0 if over else total,
        obtained_at=started,
        policy=endpoint.policy,
        info=TokenInfo(answer.products, total, total, answer.issued_at, answer.scope),
        fingerprint=fingerprint(answer.token.reveal()),
    )


def _not_a_token(endpoint: Endpoint, response: Response, answer: InvalidTokenResponse) -> Failure:
    return Failure(
        kind="answer",
        message=f"{endpoint.address} answered {response.status}, but {answer.reason}",
        advice="Check that base_url and proxy lead to the token endpoint.",
        status=response.status,
        request_id=request_id_of(response.headers),
        retry=answer.transient,
        remember=endpoint.policy.refusal_memory,
    )


def _busy(endpoint: Endpoint, response: Response) -> Failure:
    status = response.status
    limited = status == 429
    return Failure(
        kind="rate-limit" if limited else "unavailable",
        message=f"{endpoint.address} answered {status}{' (too many requests)' if limited else ''}",
        status=status,
        code=error_code(response.content),
        request_id=request_id_of(response.headers),
        retry=True,
        wait=requested_wait(response.headers, status, time.time()),
    )


def _refused(endpoint: Endpoint, response: Response) -> Failure:
    status = response.status
    code = error_code(response.content)
    moved = 300 <= status < 400
    what = "a redirect, which is not followed: the secret stays with this address" if moved else "no token"
    return Failure(
        kind="refused",
        message=f"{endpoint.address} answered {status}{f' {code}' if code else ''}: {what}",
        advice=_ADVICE.get(status),
        status=status,
        code=code,
        request_id=request_id_of(response.headers),
        remember=endpoint.policy.refusal_memory,
    )
