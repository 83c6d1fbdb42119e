"""Calls: placed for agents, given wrap-up codes, hung up. What is gone already is a 410."""

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
        wanted: Node = call.json()
        agent = self._agent(wanted["agentId"])
        free = [line for line in LINES if not self._floor.on_line(agent.id, line)]
        if agent.status == LOGGED_OUT:
            raise Problem(400, "Agent is logged out")
        if not free or (len(free) < len(LINES) and not wanted.get("forceCall")):
            raise Problem(400, "Agent is busy")
        interaction = self._floor.place(agent, wanted["number"], wanted["callerId"])
        if "queueId" in wanted:
            agent.status = BUSY
        return _done("Call successfully initiated", interactionGuid=interaction.id)

    def end(self, call: Call) -> Reply:
        interaction = self._running(call)
        for agent_id in list(interaction.lines):
            self._floor.drop(interaction, agent_id)
            agent = self._floor.agents[agent_id]
            if call.flag("endPostProcessing") and agent.status == POST_PROCESS:
                agent.status = AVAILABLE
        interaction.ended = True
        return _done("Success")

    def drop_agent(self, call: Call) -> Reply:
        interaction, agent = self._running(call), self._agent(call.parameter("agentId"))
        if agent.id not in interaction.lines:
            raise Problem(410, "The agent is not on the call any more")
        self._floor.drop(interaction, agent.id)
        return _done("Success")

    def set_codes(self, call: Call) -> Reply:
        # Wrap-up begins when the call is over, so it may have ended.
        interaction = self._floor.interactions.get(call.parameter("interactionId"))
        if interaction is None:
            raise Problem(400, "Unknown interaction")
        self._agent(call.parameter("agentId"))
        selections: list[Node] = call.json().get("selections", [])
        if sum(len(selection.get("codes", ())) for selection in selections) > MAX_CODES:
            raise Problem(400, f"More than {MAX_CODES} codes")
        interaction.codes = selections
        return _done("Success")

    def _hang_up(self, call: Call, lines: tuple[int, ...]) -> Reply:
        agent = self._agent(call.parameter("agentId"))
        found = [interaction for line in lines for interaction in self._floor.on_line(agent.id, line)]
        if not found:
            raise Problem(410, "There is no call on the line")
        for interaction in found:
            self._floor.drop(interaction, agent.id)
        return _done("Success")

    def _agent(self, agent_id: str) -> Agent:
        found = self._floor.agents.get(agent_id)
        if found is None:
            raise Problem(400, "Unknown agent")
        return found

    def _running(self, call: Call) -> Interaction:
        found = self._floor.interactions.get(call.parameter("interactionId"))
        if found is None or found.ended:
            raise Problem(410, "The call is gone")
        return found


def _done(message: str, **more: object) -> Reply:
    return Reply({**more, "reasons": [], "message": message})
