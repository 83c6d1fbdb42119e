"""The command `xcaas`: a command for every operation, built from the manifest and the public signatures.

It imports only the public package `xcaas`, and only the parts of it that a command needs.
"""

from __future__ import annotations

from ._main import main as main

__all__ = ["main"]
