"""What the generated package has, without importing any product."""

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
    """What each product is called, by its name in Python."""
    regions: dict[str, list[str]]
    """Regions of the products that have some."""
    operations: list[dict[str, Any]]

    @property
    def all_regions(self) -> list[str]:
        """Every region that some product has."""
        return sorted({name for names in self.regions.values() for name in names})


@cache
def manifest() -> Manifest:
    """Read the manifest, once."""
    spec = find_spec("xcaas")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("xcaas is not installed", name="xcaas")
    found = json.loads((Path(spec.origin).parent / "_manifest.json").read_bytes())
    return Manifest(found["titles"], found["regions"], found["operations"])
