"""Commands that make several calls: exports that can be continued, reports, live queues, the stream of events."""

from __future__ import annotations

from ._groups import COMMANDS as COMMANDS
from ._groups import TITLES as TITLES
from ._groups import CommandGroup as CommandGroup
from ._groups import product_group as product_group

__all__ = ["COMMANDS", "TITLES", "CommandGroup", "product_group"]
