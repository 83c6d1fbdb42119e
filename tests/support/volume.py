"""The size of long tests: reduced in `make test`, full in `make torture`."""

from __future__ import annotations

import os

__all__ = ["volume"]


def volume(short: int, full: int) -> int:
    """Return the short count, or the full one if `XCAAS_TORTURE` is set."""
    return full if "XCAAS_TORTURE" in os.environ else short
