"""Administration: users, ring groups, sites, addresses and numbers, and the operations that write them."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from ..._replies import Problem
from ..._store import Store
from ._jobs import Jobs
from ._phone_numbers import PhoneNumbers
from ._places import Addresses, Sites
from ._ring_groups import RingGroups
from ._users import Users

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call, Handler
    from ..._replies import Reply
    from ..._specs import Product

__all__ = ["Administration"]


class Administration:
    """One customer's provisioning. Every call first sees the writes that came due before it."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._jobs = Jobs(clock)
        sites_store = Store("site", "sT")
        users = Users(product, clock, self._jobs, sites_store)
        addresses = Addresses(product, clock, sites_store)
        sites = Sites(product, self._jobs, sites_store, addresses=addresses.store, users=users.store)
        parts = (users, RingGroups(product, clock, self._jobs, users), sites, addresses, PhoneNumbers(product, clock))
        self.handlers: dict[str, Handler] = {"getOperation": self._settled(self._jobs.get)}
        for part in parts:
            self.handlers |= {name: self._settled(handler) for name, handler in part.handlers.items()}

    def _settled(self, handler: Handler) -> Handler:
        def settle_first(call: Call) -> Reply | Awaitable[Reply]:
            self._jobs.settle()
            _check_accept(call)
            return handler(call)

        return settle_first


def _check_accept(call: Call) -> None:
    """Refuse what asks for a response without naming its version. Which status the service has for it isn't known."""
    responds = any(key.startswith("2") and "content" in node for key, node in call.operation.responses.items())
    wanted = call.headers.get("accept", "")
    if responds and call.operation.method in ("GET", "DELETE") and "application/vnd." not in wanted:
        raise Problem(406, f"Accept {wanted!r} names no version", code="VALIDATION_ERROR", field="Accept")
