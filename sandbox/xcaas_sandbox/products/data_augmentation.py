"""Data Augmentation: the variables of interactions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._handlers import Call, Handler
    from .._specs import Node
    from ._floor import Floor, Interaction

__all__ = ["DataAugmentation"]

MAX_VARIABLES: Final = 50
_NAME: Final = re.compile(r"_[A-Za-z0-9]{1,24}")


class DataAugmentation:
    """Variables of the floor's interactions, by name."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.handlers: dict[str, Handler] = {"getInteractionData": self.get, "setInteractionVariables": self.set}

    def get(self, call: Call) -> Reply:
        interaction = self._interaction(call)
        return Reply(
            {
                "interactionId": interaction.id,
                "channel": interaction.channel,
                "createTime": interaction.created,
                "ani": interaction.caller,
                "callerName": "Ada Byron",
                "variables": list(interaction.variables.values()),
            }
        )

    def set(self, call: Call) -> Reply:
        interaction = self._interaction(call)
        variables: list[Node] = [variable for group in call.json()["data"] for variable in group["variables"]]
        if len(variables) > MAX_VARIABLES:
            raise Problem(400, f"More than {MAX_VARIABLES} variables")
        for variable in variables:
            if not _NAME.fullmatch(variable["name"]):
                raise Problem(400, f"{variable['name']!r} is no name: an underscore, then 24 letters or digits at most")
        interaction.variables |= {variable["name"]: variable for variable in variables}
        outcome = {"status": "success", "message": "Variables set"}
        return Reply({**outcome, "interactionId": interaction.id, "variablesSet": len(variables)})

    def _interaction(self, call: Call) -> Interaction:
        interaction = self._floor.interactions.get(call.parameter("identifier"))
        if interaction is None:
            raise Problem(404, f"There is no interaction {call.parameter('identifier')}")
        return interaction
