"""Live reports of Work Analytics with more than an example: pages of calls, and activity of ring group agents.

A page begins after the call in `startingAfter`; the last page is not full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._examples import response_example
from ..._replies import Problem, Reply
from ..._store import values_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..._handlers import Call, Handler
    from ..._specs import Node, Product

__all__ = ["LiveReports"]

CALLS: Final = 23
LIMIT: Final = 20
_FIRST: Final = 1_767_450_447_499  # start of the first call, in epoch milliseconds
_CALLERS: Final = ("+15555551211", "+15555551212", "+15555551213")
_PBX: Final = "1UQHOVgWTYCCY6OOk48SAQ"
_RING_GROUPS: Final = {"LcfqMc30Ro2PWLSyYowS2g": "3900"}
_AGENTS: Final = ("1001", "1002", "1004")
# By operation: the list in the response, and the default sort key.
_LISTS: Final = {
    "listCalls": ("calls", "callId"),
    "listActiveCalls": ("calls", "callId"),
    "listUnreturnedCallDetails": ("records", "callId"),
    "searchUnreturnedCallDetails": ("records", "callId"),
    "listUnreturnedCallees": ("participants", "name"),
    "listUnreturnedCallers": ("participants", "name"),
}


class LiveReports:
    """The calls of one PBX, and its only ring group."""

    def __init__(self, product: Product) -> None:
        self._rows: dict[str, list[Node]] = {}
        self.handlers: dict[str, Handler] = {
            "getRingGroupAgentActivity": self.ring_group,
            "getRingGroupAgentActivityByExtension": self.ring_group,
        }
        for name, (key, _) in _LISTS.items():
            example: Node = response_example(product, name)[key][0]
            self._rows[name] = [_distinct(example, index) for index in range(CALLS)]
            self.handlers[name] = self.page

    def page(self, call: Call) -> Reply:
        key, identity = _LISTS[call.operation.id]
        arguments: Mapping[str, Any] = call.json() or call.query
        rows = self._select(call, arguments)
        field = arguments.get("sortingField", identity)
        rows.sort(
            key=lambda row: (values_at(row, field), row[identity]), reverse=arguments.get("sortingDirection") == "DESC"
        )
        after = arguments.get("startingAfter")
        names = [row[identity] for row in rows]
        if after is not None and after not in names:
            raise Problem(409, f"There is no row {after} to go on behind", code="CONFLICT", field="startingAfter")
        start = 0 if after is None else names.index(after) + 1
        return Reply({key: rows[start : start + int(arguments.get("limit", LIMIT))]})

    def _select(self, call: Call, arguments: Mapping[str, Any]) -> list[Node]:
        rows = list(self._rows[call.operation.id])
        callers = arguments.get("callerAddresses")
        if callers is None:
            return rows
        addresses = callers.split(",") if isinstance(callers, str) else callers
        return [row for row in rows if values_at(row, "caller.address")[0] in addresses]

    def ring_group(self, call: Call) -> Reply:
        if call.parameter("pbxId") != _PBX:
            raise Problem(404, f"There is no PBX {call.parameter('pbxId')}", code="NOT_FOUND")
        is_known = (
            call.path.get("ringGroupId") in _RING_GROUPS or call.path.get("ringGroupExtension") in _RING_GROUPS.values()
        )
        extensions = call.values("agentExtensions") or _AGENTS
        agents = [agent for agent in _AGENTS if is_known and agent in extensions]
        if call.query.get("sortingDirection") == "DESC":
            agents.reverse()
        metrics = call.values("metrics") or ["loggedInDuration", "loggedOutDuration"]
        durations = {"loggedInDuration": 3_600_000, "loggedOutDuration": 25_200_000}
        rows = [{"agentExtension": agent, "metrics": {name: durations[name] for name in metrics}} for agent in agents]
        return Reply({"ringGroupAgentActivity": rows})


def _distinct(example: Node, index: int) -> Node:
    if "callId" not in example:
        return {**example, "name": f"{example['name']} {index:02}"}
    caller = {**example.get("caller", {}), "address": _CALLERS[index % len(_CALLERS)]}
    return {**example, "callId": f"16355710{48_000 + index}", "startTime": _FIRST + 60_000 * index, "caller": caller}
