"""The version of this SDK, as it is sent in `User-Agent`."""

from __future__ import annotations

from typing import Final

__all__ = ["AGENT", "VERSION"]

VERSION: Final = "0.1.0"


AGENT: Final = f"xcaas/{VERSION}"
