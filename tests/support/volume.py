"""How much of a long test runs: a part in `make test`, all of it in `make torture`."""

from __future__ import annotations

import os

__all__ = ["volume"]


def volume(short: int, whole: int) -> int:
    """Return the short count, or the whole one where `XCAAS_TORTURE` is set."""
    return whole if "XCAAS_TORTURE" in os.environ else short
