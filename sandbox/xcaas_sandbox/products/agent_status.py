"""Agent Status: read, set, and set for many agents at once, with a result for each."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from .._replies import Problem, Reply
from ._floor import LOGGED_OUT

if TYPE_CHECKING:
    from .._handlers import Call, Handler
    from .._specs import Node
    from ._floor import Agent, Floor

__all__ = ["AgentStatus"]

SETTABLE: Final = (1, 3, 4, 5)
# Support has not switched the API on for this tenant, which the service says in XML.
LOCKED_TENANT: Final = "lockedtenant"
_NOT_ENABLED: Final = "<API><Error>The API is not enabled for this tenant</Error></API>"
_CODES: Final = ("status-code-list-id", "status-code-item-id", "status-code-item-short-code")


class AgentStatus:
    """Status of the agents on the floor. That of agents who are logged out cannot be changed."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.handlers: dict[str, Handler] = {
            "listAgentStatuses": self.list,
            "getAgentStatus": self.get,
            "setAgentStatus": self.set,
            "setAgentStatuses": self.set_many,
        }

    def list(self, call: Call) -> Reply:
        _check_tenant(call)
        group = call.query.get("groupId")
        rows = [_data(agent) for agent in self._floor.agents.values() if group in (None, agent.group)]
        page = {"pageSize": len(rows), "pageIndex": 0, "totalElements": len(rows), "totalPages": 1}
        return Reply({"data": rows, "page": page})

    def get(self, call: Call) -> Reply:
        _check_tenant(call)
        return Reply(_data(self._agent(call.parameter("agentId"))))

    def set(self, call: Call) -> Reply:
        _check_tenant(call)
        agent = self._agent(call.parameter("agentId"))
        _change(agent, call.json())
        return Reply(_outcome(agent.id, 200, "Status changed"))

    def set_many(self, call: Call) -> Reply:
        _check_tenant(call)
        return Reply({"data": [self._set_one(entry) for entry in call.json()["agents"]]}, status=207)

    def _set_one(self, entry: Node) -> Node:
        try:
            _change(self._agent(entry["agent-id"]), entry)
        except Problem as problem:
            return _outcome(entry["agent-id"], problem.status, problem.message)
        return _outcome(entry["agent-id"], 200, "Status changed")

    def _agent(self, agent_id: str) -> Agent:
        agent = self._floor.agents.get(agent_id)
        if agent is None:
            raise Problem(404, f"There is no agent {agent_id}")
        return agent


def _change(agent: Agent, change: Node) -> None:
    status = change.get("agent-status", agent.status)
    if status not in SETTABLE:
        raise Problem(400, f"Status {status} cannot be set, only {', '.join(map(str, SETTABLE))}")
    if agent.status == LOGGED_OUT and status != LOGGED_OUT:
        raise Problem(400, "The change is not allowed: the agent is logged out")
    agent.status = status
    agent.codes = {name: change[name] for name in _CODES if name in change}


def _outcome(agent_id: str, status: int, message: str) -> Node:
    return {
        "agent-id": agent_id,
        "change-status": status,
        "reason": HTTPStatus(status).phrase,
        "message": message,
    }


def _data(agent: Agent) -> Node:
    data = {"agent-id": agent.id, "name": agent.name, "agent-status": agent.status, "agent-sub-status": "none"}
    return {**data, **agent.codes}


def _check_tenant(call: Call) -> None:
    if call.parameter("tenantId") == LOCKED_TENANT:
        raise Problem(403, "The API is not enabled", raw=("application/xml", _NOT_ENABLED))
