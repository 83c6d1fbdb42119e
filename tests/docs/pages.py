"""Blocks of code in the README and the pages of docs/, by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "blocks", "page_id"]

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(
    r"^(?:<!-- only type-checked: (?P<reason>[^\n]+) -->\n)?```(?P<kind>\w*)\n(?P<code>.*?)^```", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """A fenced block. `reason` says why it cannot run, from a comment in front of it:

    <!-- only type-checked: it needs a proxy -->
    """

    page: str
    line: int
    kind: str
    code: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path, kind: str) -> list[Block]:
    """The blocks of a page that are in one language."""
    text = page.read_text("utf-8")
    return [
        Block(page_id(page), text[: match.start("code")].count("\n") + 1, kind, match["code"], match["reason"])
        for match in _FENCE.finditer(text)
        if match["kind"] == kind
    ]


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
