"""The site as mkdocs builds it, in its strict mode, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from website._pages import stage

__all__ = ["Page", "broken_links", "build", "read"]


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.assets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name, value in attrs if name in ("id", "name") and value}
        if tag == "a" and given.get("href"):
            self.links.add(given["href"] or "")
        elif tag in ("link", "script", "img", "iframe") and given.get("rel") != "canonical":
            self.assets |= {value for name, value in attrs if name in ("href", "src") and value}


def build(products: Iterable[str] | None, folder: Path) -> Path:
    """Return the folder of a site of these products, or of all, built without a warning."""
    settings = stage(products, folder / "staged", folder / "site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(settings)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "site"


def read(site: Path) -> dict[Path, Page]:
    """Return all pages of a site by their paths."""
    return {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def broken_links(pages: dict[Path, Page]) -> list[tuple[Path, str]]:
    """Return the links inside the site that lead to no file, or to no anchor in it."""
    return [
        (path, link)
        for path, page in pages.items()
        for link in page.links
        # The page for wrong addresses is shown at any of them, so its links start from the root.
        if path.name != "404.html" and not _leads_somewhere(path, link, pages)
    ]


def _leads_somewhere(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return True
    target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].anchors
