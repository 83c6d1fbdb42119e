"""Calls: placed for agents, given wrap-up codes, hung up. Calls that have ended are a 410."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._replies import Problem, Reply
from ._floor import AVAILABLE, BUSY, LOGGED_OUT, POST_PROCESS

if TYPE_CHECKING:
    from .._handlers import Call, Handler
    from .._specs import Node
    from ._floor import Agent, Floor, Interaction

__all__ = ["Calls"]

LINES: Final = (1, 2)
MAX_CODES: Final = 6


class Calls:
    """Calls on the floor's lines. An agent has two of them."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.handlers: dict[str, Handler] = {
            "placePhoneCall": self.place,
            "deletePhoneInteraction": self.end,
            "hangupAgentHandlingInteraction": self.drop_agent,
            "addTransactionCodes": self.set_codes,
            "hangupAgentLines": lambda call: self._hang_up(call, LINES),
            "hangupAgentLine": lambda call: self._hang_up(call, (int(call.parameter("lineNo")),)),
        }

    def place(self, call: Call) -> Reply:
        request: Node = call.json()
        agent = self._agent(request["agentId"])
        free = [line for line in LINES if not self._floor.on_line(agent.id, line)]
        if agent.status == LOGGED_OUT:
            raise Problem(400, "Agent is logged out")
        if not free or (len(free) < len(LINES) and not request.get("forceCall")):
            raise Problem(400, "Agent is busy")
        interaction = self._floor.place(agent, request["number"], request["callerId"])
        if "queueId" in request:
            agent.status = BUSY
        return _success("Call successfully initiated", interactionGuid=interaction.id)

    def end(self, call: Call) -> Reply:
        interaction = self._running(call)
        for agent_id in list(interaction.lines):
            self._floor.drop(interaction, agent_id)
            agent = self._floor.agents[agent_id]
            if call.flag("endPostProcessing") and agent.status == POST_PROCESS:
                agent.status = AVAILABLE
        interaction.ended = True
        return _success("Success")

    def drop_agent(self, call: Call) -> Reply:
        interaction, agent = self._running(call), self._agent(call.parameter("agentId"))
        if agent.id not in interaction.lines:
            raise Problem(410, "The agent is not on the call any more")
        self._floor.drop(interaction, agent.id)
        return _success("Success")

    def set_codes(self, call: Call) -> Reply:
        # The call may have ended, which is when wrap-up begins.
        interaction = self._floor.interactions.get(call.parameter("interactionId"))
        if interaction is None:
            raise Problem(400, "Unknown interaction")
        self._agent(call.parameter("agentId"))
        selections: list[Node] = call.json().get("selections", [])
        if sum(len(selection.get("codes", ())) for selection in selections) > MAX_CODES:
            raise Problem(400, f"More than {MAX_CODES} codes")
        interaction.codes = selections
        return _success("Success")

    def _hang_up(self, call: Call, lines: tuple[int, ...]) -> Reply:
        agent = self._agent(call.parameter("agentId"))
        interactions = [interaction for line in lines for interaction in self._floor.on_line(agent.id, line)]
        if not interactions:
            raise Problem(410, "There is no call on the line")
        for interaction in interactions:
            self._floor.drop(interaction, agent.id)
        return _success("Success")

    def _agent(self, agent_id: str) -> Agent:
        agent = self._floor.agents.get(agent_id)
        if agent is None:
            raise Problem(400, "Unknown agent")
        return agent

    def _running(self, call: Call) -> Interaction:
        interaction = self._floor.interactions.get(call.parameter("interactionId"))
        if interaction is None or interaction.ended:
            raise Problem(410, "The call is gone")
        return interaction


def _success(message: str, **fields: object) -> Reply:
    return Reply({**fields, "reasons": [], "message": message})
