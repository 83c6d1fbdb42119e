"""The customer's phone numbers, which are read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..._examples import response_example
from ..._replies import Problem, Reply
from ..._store import Store
from ._lists import scroll_page

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call, Handler
    from ..._specs import Product

__all__ = ["PhoneNumbers"]

NUMBERS: Final = 12
_STATES: Final = ("AVAILABLE", "ASSIGNED", "ASSIGNED", "PORTING")
_SORTABLE: Final = ("phoneNumber", "country", "category")


class PhoneNumbers:
    """Twelve numbers, the spec's example among them."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._clock = clock
        self._store = Store("phone number")
        example = response_example(product, "getPhoneNumber")
        for index in range(NUMBERS):
            number = f"+1408555{123 + index:04}"
            national = f"(408) 555-{123 + index:04}"
            row = {**example, "phoneNumber": number, "nationalFormattedNumber": national}
            self._store.put(number, {**row, "status": _STATES[index % len(_STATES)]})
        self.handlers: dict[str, Handler] = {"listPhoneNumbers": self.list, "getPhoneNumber": self.get}

    def list(self, call: Call) -> Reply:
        return scroll_page(call, self._store.rows(), self._clock, sortable=_SORTABLE, keys=1)

    def get(self, call: Call) -> Reply:
        number = call.parameter("phoneNumber")
        if not number.startswith("+"):
            raise Problem(400, "Give the number with its +", code="VALIDATION_ERROR", field="phoneNumber")
        return Reply(self._store.get(number))
