"""Verbs that are more than one call: exports that go on where they stopped, reports, a live board, a stream of events."""

from __future__ import annotations

from ._groups import TITLES as TITLES
from ._groups import VERBS as VERBS
from ._groups import VerbGroup as VerbGroup
from ._groups import extended as extended

__all__ = ["TITLES", "VERBS", "VerbGroup", "extended"]
