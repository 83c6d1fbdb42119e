"""Code blocks of the README and the pages of docs/."""

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
    """A fenced code block. `reason`, from a comment before the block, says why it cannot run:

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
    """Return the code blocks of a page in one language."""
    text = page.read_text("utf-8")
    return [
        Block(page_id(page), text[: match.start("code")].count("\n") + 1, kind, match["code"], match["reason"])
        for match in _FENCE.finditer(text)
        if match["kind"] == kind
    ]


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
