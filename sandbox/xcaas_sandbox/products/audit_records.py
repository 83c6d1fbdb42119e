"""Audit Records: changes in a period, paged by a scroll id that is null at the end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply
from ._pages import decode_cursor, encode_cursor

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["AuditRecords"]

RECORDS: Final = 23
MAX_PERIOD: Final = timedelta(days=31)
_EVENTS: Final = ("create", "update", "update", "delete")
_ENTITIES: Final = ("ringgroup", "user", "extension")


class AuditRecords:
    """Changes at intervals of nineteen hours, the last one half an hour ago."""

    def __init__(self, product: Product, clock: Clock) -> None:
        example: Node = response_example(product, "listAudits")["data"][0]
        self._rows = [_record(example, index, clock) for index in range(RECORDS)]
        self.handlers: dict[str, Handler] = {"listAudits": self.list}

    def list(self, call: Call) -> Reply:
        begin, end = _parse_time(call, "startTime"), _parse_time(call, "endTime")
        if end - begin > MAX_PERIOD:
            raise Problem(400, "The period is longer than 31 days")
        records = [row for row in self._rows if begin <= datetime.fromisoformat(row["auditTimestamp"]) <= end]
        records = [row for row in records if _matches(call, row)]
        unknown = Problem(400, "The scroll id is not one that was handed out")
        start: int = decode_cursor(call.query["scrollId"], 1, unknown)[0] if "scrollId" in call.query else 0
        page = records[start : start + call.number("size", 20)]
        next_start = start + len(page)
        scroll_id = encode_cursor(next_start) if next_start < len(records) else None
        # As in the service, the total is that of this page.
        return Reply({"data": page, "meta": {"totalRecordCount": len(page), "scrollId": scroll_id}})


def _record(example: Node, index: int, clock: Clock) -> Node:
    time = clock.before(hours=19 * (RECORDS - 1 - index), minutes=30).isoformat(timespec="milliseconds")
    fields = {"eventType": _EVENTS[index % len(_EVENTS)], "entityType": _ENTITIES[index % len(_ENTITIES)]}
    return {**example, "id": f"b5b1d1b4-6b0e-4c52-8a0f-{index:012}", "auditTimestamp": time, **fields}


def _matches(call: Call, row: Node) -> bool:
    events = {event.lower() for event in call.values("eventTypes")}
    entities = {entity.strip().lower() for entity in call.values("entityTypes")}
    user, name = call.query.get("auditUserId"), call.query.get("displayName", "*")
    pattern = ".*".join(re.escape(part) for part in name.split("*"))
    return (
        (not events or row["eventType"] in events)
        and (not entities or row["entityType"] in entities)
        and user in (None, row["auditUserId"])
        and re.fullmatch(pattern, row["displayName"], re.IGNORECASE) is not None
    )


def _parse_time(call: Call, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(call.query[name])
    except ValueError:
        raise Problem(400, f"{name} is no time in ISO 8601") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
