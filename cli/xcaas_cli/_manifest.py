"""The manifest of the generated package, read without importing any product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["Manifest", "manifest"]


@dataclass(frozen=True)
class Manifest:
    """The part of `xcaas/_manifest.json` that the command line needs."""

    titles: dict[str, str]
    """Titles of products, by their Python names."""
    regions: dict[str, list[str]]
    """Regions, by product; products without regions are missing."""
    operations: list[dict[str, Any]]

    @property
    def all_regions(self) -> list[str]:
        """The regions of all products, sorted."""
        return sorted({name for names in self.regions.values() for name in names})


@cache
def manifest() -> Manifest:
    """Return the manifest, which is read once."""
    spec = find_spec("xcaas")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("xcaas is not installed", name="xcaas")
    data = json.loads((Path(spec.origin).parent / "_manifest.json").read_bytes())
    return Manifest(data["titles"], data["regions"], data["operations"])
