"""Administration: users, ring groups, sites, addresses, numbers, and asynchronous writes."""

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
    """One customer's provisioning. Writes that are due are carried out before each call."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._jobs = Jobs(clock)
        sites_store = Store("site", "sT")
        users = Users(product, clock, self._jobs, sites_store)
        addresses = Addresses(product, clock, sites_store)
        sites = Sites(product, self._jobs, sites_store, addresses=addresses.store, users=users.store)
        parts = (users, RingGroups(product, clock, self._jobs, users), sites, addresses, PhoneNumbers(product, clock))
        self.handlers: dict[str, Handler] = {"getOperation": self._after_settling(self._jobs.get)}
        for part in parts:
            self.handlers |= {name: self._after_settling(handler) for name, handler in part.handlers.items()}

    def _after_settling(self, handler: Handler) -> Handler:
        def settle_and_handle(call: Call) -> Reply | Awaitable[Reply]:
            self._jobs.settle()
            _check_accept(call)
            return handler(call)

        return settle_and_handle


def _check_accept(call: Call) -> None:
    """Refuse a call whose Accept header has no version. The service's status for it is unknown."""
    responds = any(key.startswith("2") and "content" in node for key, node in call.operation.responses.items())
    accept = call.headers.get("accept", "")
    if responds and call.operation.method in ("GET", "DELETE") and "application/vnd." not in accept:
        raise Problem(406, f"Accept {accept!r} names no version", code="VALIDATION_ERROR", field="Accept")
