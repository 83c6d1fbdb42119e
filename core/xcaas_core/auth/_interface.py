"""The seam between calls and credentials.

Before each attempt the call flow asks an `Authorizer` to put credentials on the request; after a 401 it asks
once whether a new credential was obtained. Everything else is behind this seam, in `xcaas_core.auth`, whose
`build_authorizer` makes them.

Rules that both sides keep:

- `authorize` runs as late as possible: after waiting for a free slot, just before `Send`.
- `authorize` is asked only for addresses that may see credentials.
- A request that carries `Authorization` already, because the caller set it, is sent as it is:
  `authorize` is not asked.
- `rejected` is asked at most once per call, for what the refused attempt carried, and
  only if the body can be sent again. It does not count as a retry.
- A flow that is closed or thrown into (a cancelled task) lets go of whatever it leads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..sansio._messages import Request, Response
from ..sansio._steps import Flow

__all__ = ["AuthContext", "Authorizer"]


class Authorizer(Protocol):
    """Puts credentials on the requests of operations that share a product and a security requirement.

    One serves all threads and event loops of a client.
    """

    def authorize(self, request: Request, *, deadline: float | None, replay: bool = False) -> Flow[object]:
        """Put credentials on the request (headers, or the query of `request.url`) and return an opaque
        object that stands for them. `replay`: this call was refused before with another credential.

        `deadline` is on the context's clock; a token request has the connect and read timeouts of `request`.
        With a fresh token this yields no step.

        Raises:
            CredentialsError: There is no credential to be had in time.
        """
        ...

    def rejected(self, request: Request, response: Response, applied: object, *, deadline: float | None) -> Flow[bool]:
        """Drop the credential (only that one) that a request carried as `applied` when its response was a 401, and return
        True if another try makes sense; `authorize` is then asked again."""
        ...

    def explain(self, status: int, applied: object) -> str | None:
        """Return advice for the error of a final 401 or 403 (a product that the key lacks), or None. No waiting."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthContext:
    """What the client lends to its authorizers. One per client; `with_options` copies share it
    unless they change the base address.

    `clock` is monotonic. `rebase` turns an address from a spec (a token endpoint) into the one to use: the origin
    replaced by `base_url`, plain HTTP refused.
    """

    clock: Callable[[], float]
    random: Callable[[], float]
    rebase: Callable[[str], str]
