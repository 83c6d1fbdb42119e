"""`xcaas` on the command line: every operation of every product, made from the manifest and the public signatures.

It imports the public package `xcaas` only, and of that no more than the command at hand needs.
"""

from __future__ import annotations

from ._main import main as main

__all__ = ["main"]
