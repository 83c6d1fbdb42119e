"""The authorizer of calls that share a product and a security requirement (see `_authseam.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...operations._operation import Security
from ...operations._product import Product
from ...sansio._messages import Request, Response
from ...sansio._steps import Flow
from .._interface import AuthContext
from ..credentials._set import CredentialSet
from ..tokens._manager import Timeouts
from ..tokens._token import Lease
from ._advice import PRODUCT_REFUSALS, about_key, about_token
from ._bindings import Part, part_of
from ._selection import choose

__all__ = ["Grant", "PartsAuthorizer"]

# Seconds for which a value that is not at fault is not asked for again: a token costs a request, a key little.
_DOUBT_TOKEN = 30.0
_DOUBT_LOOKUP = 1.0


@dataclass(slots=True)
class Grant:
    """What one attempt of a call carried. `replay`: the value before it was refused."""

    leases: list[tuple[Part, Lease]] = field(default_factory=list["tuple[Part, Lease]"])
    replay: bool = False
    asked: bool = False


class PartsAuthorizer:
    """Puts one value, or several, on each request.

    A token that is refused right after it was obtained because the one before was refused (or is the
    same again) is not at fault: the key is, which may lack the product. Such a token is *doubted* for a
    while: this product's calls fail without asking for yet another one, and other products keep it.
    """

    def __init__(self, product: Product, security: Security, credentials: CredentialSet, context: AuthContext) -> None:
        self._product = product
        self._security = security
        self._credentials = credentials
        self._context = context
        self._parts: tuple[Part, ...] | None = None
        self._doubted: tuple[str, float] = ("", 0.0)

    def authorize(self, request: Request, *, deadline: float | None, replay: bool = False) -> Flow[object]:
        """Put credentials on the request; see `Authorizer`."""
        parts = self._parts
        if parts is None:
            parts = yield from self._select()
        grant = Grant(replay=replay)
        for part in parts:
            lease = yield from part.machine.acquire(deadline, _timeouts(request))
            part.place.put(request, lease.value)
            grant.leases.append((part, lease))
        return grant

    def _select(self) -> Flow[tuple[Part, ...]]:
        held = yield from self._credentials.resolve()
        choices = choose(self._product, self._security, held)
        parts = [part_of(choice, self._product, self._context) for choice in choices]
        self._parts = tuple(part for part in parts if part is not None)
        return self._parts

    def rejected(self, request: Request, response: Response, grant: object, *, deadline: float | None) -> Flow[bool]:
        """The server answered 401; see `Authorizer`."""
        if not isinstance(grant, Grant):
            return False
        grant.asked = True
        if any(word in response.content for word in PRODUCT_REFUSALS):
            return False
        changed = False
        for part, lease in grant.leases:
            if not part.renewable or self._in_doubt(lease):
                continue
            part.machine.invalidate(lease)
            fresh = yield from part.machine.acquire(deadline, _timeouts(request))
            if fresh.mark != lease.mark:
                part.machine.events.emit("replayed")
                changed = True
            else:
                self._doubt(part, lease)
        return changed

    def explain(self, status: int, grant: object) -> str | None:
        """Advice for the error of a final 401 or 403; see `Authorizer`."""
        if not isinstance(grant, Grant):
            return None
        if status == 401:
            self._take_note(grant)
        token = next((lease for part, lease in grant.leases if part.is_token), None)
        if token is not None:
            return about_token(self._product, token.info, status)
        return about_key(self._product, status) if grant.leases else None

    def _take_note(self, grant: Grant) -> None:
        for part, lease in grant.leases:
            if not part.renewable:
                continue
            if grant.replay:
                self._doubt(part, lease)
            elif not grant.asked:  # the body could not be sent again, but the next call should not fail too
                part.machine.invalidate(lease)

    def _doubt(self, part: Part, lease: Lease) -> None:
        seconds = _DOUBT_TOKEN if part.is_token else _DOUBT_LOOKUP
        self._doubted = (lease.mark, self._context.clock() + seconds)

    def _in_doubt(self, lease: Lease) -> bool:
        mark, until = self._doubted
        return lease.mark == mark and self._context.clock() < until

    def __repr__(self) -> str:
        return f"<PartsAuthorizer for {self._product.name}>"


def _timeouts(request: Request) -> Timeouts:
    """Take the time limits of the call that waits for the token: they may differ between copies of one client."""
    return request.connect_timeout, request.read_timeout
