"""The token endpoint, whose responses contain only strings, as the service's do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._clock import Clock
    from .._credentials import Credentials
    from .._handlers import Call, Handler

__all__ = ["TokenService"]


class TokenService:
    """Issues tokens for known keys."""

    def __init__(self, credentials: Credentials, clock: Clock) -> None:
        self._credentials = credentials
        self._clock = clock
        self.handlers: dict[str, Handler] = {"createToken": self.create}

    def create(self, call: Call) -> Reply:
        self._credentials.stats.token_requests += 1
        key = self._credentials.key_of(call.headers)
        if key is None:
            self._credentials.stats.tokens_refused += 1
            raise Problem(401, "Client credentials are invalid", code="invalid_client")
        lifetime = self._credentials.lifetime
        body = {
            "access_token": self._credentials.issue(key.products, read_only=key.read_only),
            "api_product_list": f"[{', '.join(key.products)}]",
            "api_product_list_json": list(key.products),
            "client_id": "deprecated",
            "developer.email": "deprecated",
            "expires_in": str(int(lifetime) if lifetime >= 1 else lifetime),
            "issued_at": str(self._clock.milliseconds()),
            "refresh_count": "0",
            "refresh_token_expires_in": "0",
            "scope": "",
            "status": "approved",
            "token_type": "BearerToken",
        }
        return Reply(body, headers={"Cache-Control": "no-store"})
