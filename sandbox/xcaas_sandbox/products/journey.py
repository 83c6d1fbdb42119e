"""Journeys: searched with filters, walked with a cursor in the body, refused with a code in an address."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .._examples import response_example
from .._replies import Problem, Reply
from .._store import values_at
from ._pages import decode_cursor, encode_cursor

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["Journeys"]

JOURNEYS: Final = 23
MAX_PERIOD: Final = timedelta(days=60)
_GUIDE: Final = "https://developer.8x8.com/analytics/docs/journeys"
_KINDS: Final = ("Inbound", "Outbound", "Internal")
_FINISHED: Final = ("Handled", "Abandoned", "EndedInScript", "Handled")


class Journeys:
    """Journeys, the same in every period."""

    def __init__(self, product: Product, clock: Clock) -> None:
        journey: Node = response_example(product, "searchJourneys")["data"][0]
        transition: Node = response_example(product, "searchTransitions")["data"][0]
        self._journeys = [_journey(journey, index, clock) for index in range(JOURNEYS)]
        self._transitions = [{**copy.deepcopy(transition), "journeyId": row["journeyId"]} for row in self._journeys]
        for index, row in enumerate(self._transitions):
            row["transitions"][0]["time"] = self._journeys[index]["time"]
            row["transitions"][0]["name"] = ("IN_SCRIPT", "TRANSFER", "FINISHED")[index % 3]
        self.handlers: dict[str, Handler] = {
            "searchJourneys": lambda call: _search(call, self._journeys),
            "searchTransitions": lambda call: _search(call, self._transitions),
        }


def _journey(example: Node, index: int, clock: Clock) -> Node:
    start = clock.before(minutes=20 * (JOURNEYS - index))
    times = {"time": start.isoformat(), "finishedTime": (start + timedelta(minutes=5)).isoformat()}
    fields = {"direction": _KINDS[index % len(_KINDS)], "outcome": _FINISHED[index % len(_FINISHED)]}
    return {**copy.deepcopy(example), **fields, **times, "journeyId": hashlib.md5(str(index).encode()).hexdigest()}


def _search(call: Call, rows: Sequence[Node]) -> Reply:
    body: Node = call.json()
    _check(body)
    matches = [row for row in rows if all(_matches(row, part) for part in body.get("filters", ()))]
    order = [body.get("sortField", "TIME"), body.get("sortDirection", "ASC")]
    if order[1] == "DESC":
        matches.reverse()
    start, limit = _start(body, order), body.get("limit", 100)
    end = start + limit
    cursor = encode_cursor(end, order) if end < len(matches) else None
    return Reply({"data": matches[start:end], "nextPageCursor": cursor, "totalElements": len(matches)})


def _start(body: Node, order: list[str]) -> int:
    cursor = body.get("nextPageCursor")
    if cursor is None:
        return 0
    start, sorted_by = decode_cursor(cursor, 2, _refusal("invalidCursor", "The cursor is not one that was handed out"))
    if sorted_by != order:
        raise _refusal("cursorAndSortMismatch", "The cursor belongs to another order")
    return int(start)


def _matches(row: Node, condition: Node) -> bool:
    values = {str(value).lower() for value in condition["values"]}
    return any(value.lower() in values for value in values_at(row, condition["name"]))


def _check(body: Node) -> None:
    start, end = (_parse_time(body["dateRange"], name) for name in ("start", "end"))
    if end < start:
        raise _refusal("endDateBeforeStartDate", "The period ends before it starts")
    if end - start > MAX_PERIOD:
        raise _refusal("maxInterval", "The period is longer than 60 days")
    if body.get("filters") == []:
        raise _refusal("filtersNotEmpty", "Leave filters out instead of sending none")
    if any(not condition.get("values") for condition in body.get("filters", ())):
        raise _refusal("filterValuesNotEmpty", "A filter has no values")
    try:
        ZoneInfo(body["displayTimezone"])
    except (ZoneInfoNotFoundError, ValueError):
        raise _refusal("invalidTimezone", f"There is no time zone {body['displayTimezone']}") from None


def _parse_time(period: Node, name: str) -> datetime:
    text: Any = period.get(name)
    if text is None:
        raise _refusal(f"{name}RangeNotNull", f"The period has no {name}")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = datetime.min
    if time.tzinfo is None:
        raise _refusal("iso8061WithTzFormat", f"The {name} of the period has no time zone")
    return time


def _refusal(code: str, message: str) -> Problem:
    # The service's codes are at the end of a URL, in lower case after a title.
    title = message.lower().replace(" ", "-")
    return Problem(400, message, code=f"{_GUIDE}#{title}-{code.lower()}")
