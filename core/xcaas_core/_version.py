"""The version of this SDK, also sent in `User-Agent`. The build reads it from this file."""

from __future__ import annotations

from typing import Final

__all__ = ["AGENT", "__version__"]

__version__: Final = "0.2.0"


AGENT: Final = f"xcaas/{__version__}"
