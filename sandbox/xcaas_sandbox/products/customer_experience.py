"""Recent Calls and Post Call Survey: pages by `page` and `rows` in the body, with their total in `hits`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["CustomerExperience"]

HITS: Final = 23
MAX_ROWS: Final = 5000


class CustomerExperience:
    """The rows of one of the two products, the same in every period."""

    def __init__(self, product: Product, operation_id: str, clock: Clock) -> None:
        self._example: Node = response_example(product, operation_id)
        row: Node = self._example["data"][0]
        times = (clock.before(minutes=20 * (HITS - index)) for index in range(HITS))
        self._rows = [{**row, "callDate": at.strftime("%m/%d/%Y %H:%M:%S")} for at in times]
        self.handlers: dict[str, Handler] = {operation_id: self.list}

    def list(self, call: Call) -> Reply:
        body: Node = call.json()
        # Numbers or strings.
        page, rows = int(body["page"]), int(body["rows"])
        if page < 1 or not 1 <= rows <= MAX_ROWS:
            raise Problem(400, f"page counts from 1, rows goes up to {MAX_ROWS}")
        if "duration" not in body and "timeRange" not in body:
            raise Problem(400, "Give duration or timeRange")
        data = self._rows[(page - 1) * rows : page * rows]
        return Reply({**self._example, "hits": HITS, "page": page, "rows": rows, "data": data})
