"""Work Analytics' own token endpoint: a key in a header, a user in a form, a number for the lifetime."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from .._credentials import WORK_ANALYTICS
from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._app import Call, Handler
    from .._credentials import Credentials

__all__ = ["WorkAnalyticsTokens"]


class WorkAnalyticsTokens:
    """Issues tokens to the users it knows. Everything else answers from the spec's examples."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self.handlers: dict[str, Handler] = {"createToken": self.create}

    def create(self, call: Call) -> Reply:
        self._credentials.stats.token_requests += 1
        form = parse_qs(call.body.decode())
        user = (form.get("username", [""])[0], form.get("password", [""])[0])
        if user not in self._credentials.logins:
            self._credentials.stats.tokens_refused += 1
            raise Problem(401, "Bad credentials", code="invalid_grant")
        return Reply(
            {
                "access_token": self._credentials.issue((), WORK_ANALYTICS),
                "token_type": "bearer",
                "expires_in": max(1, int(self._credentials.lifetime)),
            }
        )
