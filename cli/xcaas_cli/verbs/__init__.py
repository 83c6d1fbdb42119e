"""Commands that make several calls: exports that can be continued, reports, live queues, the stream of events."""

from __future__ import annotations

from ._groups import TITLES as TITLES
from ._groups import VERBS as VERBS
from ._groups import VerbGroup as VerbGroup
from ._groups import product_group as product_group

__all__ = ["TITLES", "VERBS", "VerbGroup", "product_group"]
