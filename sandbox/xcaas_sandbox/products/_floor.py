"""The contact center's floor: agents, their lines and the interactions on them.

Agent Status, Calls and Data Augmentation share a floor, so that each sees the calls that another
one places.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._clock import Clock
    from .._specs import Node

__all__ = ["AVAILABLE", "BUSY", "LOGGED_OUT", "POST_PROCESS", "Agent", "Floor", "Interaction"]

LOGGED_OUT: Final = 1
AVAILABLE: Final = 4
POST_PROCESS: Final = 8
BUSY: Final = 9
_PEOPLE: Final = ("Ada Byron", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Ken Thompson", "Radia Perlman")
_EXAMPLES: Final = ("agQ4kXm2nT8aLrY0", "int-19b1c0a7e7b-phone-01-acmecorp01")


@dataclass
class Agent:
    id: str
    name: str
    group: str
    status: int = AVAILABLE
    codes: Node = field(default_factory=dict[str, object])


@dataclass
class Interaction:
    id: str
    caller: str
    channel: str
    created: str
    # Line number by agent id.
    lines: dict[str, int] = field(default_factory=dict[str, int])
    ended: bool = False
    codes: list[Node] = field(default_factory=list[dict[str, object]])
    variables: dict[str, Node] = field(default_factory=dict[str, dict[str, object]])


class Floor:
    """Six agents: the spec's example first, the last one logged out. One interaction has no agent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        ids = [_EXAMPLES[0], *(f"ag{number:04}" for number in range(1, len(_PEOPLE)))]
        self.agents = {
            agent_id: Agent(agent_id, name, str(201 + index % 2))
            for index, (agent_id, name) in enumerate(zip(ids, _PEOPLE, strict=True))
        }
        self.agents[ids[-1]].status = LOGGED_OUT
        self.interactions: dict[str, Interaction] = {}
        self._add(_EXAMPLES[1], "14085550123", "14085550100")

    def place(self, agent: Agent, number: str, channel: str) -> Interaction:
        """Add a call on the agent's first free line."""
        interaction = self._add(f"int-{next(self._numbers):011x}-phone-01-acmecorp01", number, channel)
        interaction.lines[agent.id] = 1 if not self.on_line(agent.id, 1) else 2
        return interaction

    def on_line(self, agent_id: str, line: int) -> list[Interaction]:
        """Return the interaction on an agent's line, if any."""
        return [
            interaction
            for interaction in self.interactions.values()
            if not interaction.ended and interaction.lines.get(agent_id) == line
        ]

    def drop(self, interaction: Interaction, agent_id: str) -> None:
        """Remove an agent; without agents, the interaction ends."""
        interaction.lines.pop(agent_id, None)
        interaction.ended = not interaction.lines
        agent = self.agents.get(agent_id)
        if agent is not None and agent.status == BUSY:
            agent.status = POST_PROCESS

    def _add(self, interaction_id: str, caller: str, channel: str) -> Interaction:
        interaction = Interaction(interaction_id, caller, channel, self._clock.stamp())
        self.interactions[interaction_id] = interaction
        return interaction
