"""`llms.txt` and `llms-full.txt`: the pages for readers that are programs (llmstxt.org)."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["full_text", "index_text"]


def index_text(title: str, about: str, pages: Iterable[tuple[str, str, str]]) -> str:
    """Return the list of pages: name, address, Markdown."""
    lines = [f"- [{name}]({address})" for name, address, _ in pages]
    return "\n".join([f"# {title}", "", f"> {about}", "", "## Pages", "", *lines, ""])


def full_text(pages: Iterable[tuple[str, str, str]]) -> str:
    """Return all pages in one."""
    return "\n\n".join(f"<!-- {address} -->\n{text.strip()}" for _, address, text in pages) + "\n"
