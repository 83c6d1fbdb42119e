"""Work Analytics: its own token endpoint, and histories whose last scroll id is `No Data`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from ..._credentials import WORK_ANALYTICS
from ..._examples import response_example
from ..._replies import Problem, Reply
from .._pages import decode_cursor, encode_cursor
from ._live import LiveReports
from ._made_up_calls import MadeUpCalls

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._credentials import Credentials
    from ..._handlers import Call, Handler
    from ..._specs import Node, Product

__all__ = ["WorkAnalytics"]

RECORDS: Final = 23
SAMPLE: Final = 30
NO_DATA: Final = "No Data"
_HISTORIES: Final = ("listCallLegs", "listCallRecords")


class WorkAnalytics:
    """Tokens for known users, and pages of histories and calls. Other responses are the spec's examples."""

    def __init__(self, product: Product, credentials: Credentials, clock: Clock) -> None:
        self._credentials = credentials
        self._rows: dict[str, list[Node]] = {}
        self.handlers: dict[str, Handler] = {"createToken": self.create, **LiveReports(product).handlers}
        for name in _HISTORIES:
            example: Node = response_example(product, name)["data"][0]
            self._rows[name] = [_record(example, index, clock) for index in range(RECORDS)]
            self.handlers[name] = self.history
        self.handlers["listCdr"] = self.cdr

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

    def history(self, call: Call) -> Reply:
        rows = self._rows[call.operation.id]
        generated = MadeUpCalls.of(call, rows[0])
        return self._page(call, rows if generated is None else generated)

    def cdr(self, call: Call) -> Reply:
        calls = call.query.get("isCallRecord") == "true"
        return self._page(call, self._rows["listCallRecords" if calls else "listCallLegs"])

    def _page(self, call: Call, rows: Sequence[Node]) -> Reply:
        # A scroll id is only valid with the same query.
        query = sorted((name, value) for name, value in call.query.multi_items() if name != "scrollId")
        start = self._start(call, [list(pair) for pair in query])
        page = rows[start : start + call.number("pageSize", 100)]
        # A last page that is not full still has an id; only the empty one after it has none.
        scroll_id = encode_cursor(start + len(page), query) if page else NO_DATA
        meta = {"totalRecordCount": len(rows) if page else 0, "scrollId": scroll_id}
        return Reply({"data": list(page), "meta": meta}, sample={"data": list(page[:SAMPLE]), "meta": meta})

    def _start(self, call: Call, query: list[list[str]]) -> int:
        scroll_id = call.query.get("scrollId")
        if scroll_id is None:
            return 0
        refusal = Problem(400, "The scroll id does not belong to this query", code="SCROLL", field="scrollId")
        start, original_query = decode_cursor(scroll_id, 2, refusal)
        if original_query != query:
            raise refusal
        return int(start)


def _record(example: Node, index: int, clock: Clock) -> Node:
    time = clock.before(minutes=20 * (RECORDS - index))
    start = {"startTimeUTC": int(time.timestamp() * 1000), "startTime": time.strftime("%Y-%m-%dT%H:%M:%S.000%z")}
    return {**example, **start, "callId": f"16355710{48_000 + index}"}
