"""Live reports of Work Analytics that need more than an example: calls by pages, and what agents of ring groups do.

A page begins behind the call that `startingAfter` names; the end is a page that is not full.
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
_FIRST: Final = 1_767_450_447_499  # when the first call began, in epoch milliseconds
_CALLERS: Final = ("+15555551211", "+15555551212", "+15555551213")
_PBX: Final = "1UQHOVgWTYCCY6OOk48SAQ"
_RING_GROUPS: Final = {"LcfqMc30Ro2PWLSyYowS2g": "3900"}
_AGENTS: Final = ("1001", "1002", "1004")
# By operation: the list in the response, and what rows are sorted by.
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
            self._rows[name] = [_told_apart(example, index) for index in range(CALLS)]
            self.handlers[name] = self.page

    def page(self, call: Call) -> Reply:
        key, identity = _LISTS[call.operation.id]
        asked: Mapping[str, Any] = call.json() or call.query
        rows = self._chosen(call, asked)
        field = asked.get("sortingField", identity)
        rows.sort(
            key=lambda row: (values_at(row, field), row[identity]), reverse=asked.get("sortingDirection") == "DESC"
        )
        after = asked.get("startingAfter")
        names = [row[identity] for row in rows]
        if after is not None and after not in names:
            raise Problem(409, f"There is no row {after} to go on behind", code="CONFLICT", field="startingAfter")
        start = 0 if after is None else names.index(after) + 1
        return Reply({key: rows[start : start + int(asked.get("limit", LIMIT))]})

    def _chosen(self, call: Call, asked: Mapping[str, Any]) -> list[Node]:
        rows = list(self._rows[call.operation.id])
        callers = asked.get("callerAddresses")
        if callers is None:
            return rows
        wanted = callers.split(",") if isinstance(callers, str) else callers
        return [row for row in rows if values_at(row, "caller.address")[0] in wanted]

    def ring_group(self, call: Call) -> Reply:
        if call.parameter("pbxId") != _PBX:
            raise Problem(404, f"There is no PBX {call.parameter('pbxId')}", code="NOT_FOUND")
        known = (
            call.path.get("ringGroupId") in _RING_GROUPS or call.path.get("ringGroupExtension") in _RING_GROUPS.values()
        )
        wanted = call.values("agentExtensions") or _AGENTS
        agents = [agent for agent in _AGENTS if known and agent in wanted]
        if call.query.get("sortingDirection") == "DESC":
            agents.reverse()
        metrics = call.values("metrics") or ["loggedInDuration", "loggedOutDuration"]
        durations = {"loggedInDuration": 3_600_000, "loggedOutDuration": 25_200_000}
        rows = [{"agentExtension": agent, "metrics": {name: durations[name] for name in metrics}} for agent in agents]
        return Reply({"ringGroupAgentActivity": rows})


def _told_apart(example: Node, index: int) -> Node:
    if "callId" not in example:
        return {**example, "name": f"{example['name']} {index:02}"}
    caller = {**example.get("caller", {}), "address": _CALLERS[index % len(_CALLERS)]}
    return {**example, "callId": f"16355710{48_000 + index}", "startTime": _FIRST + 60_000 * index, "caller": caller}
