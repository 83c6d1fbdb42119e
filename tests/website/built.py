"""Building the site with mkdocs in strict mode, and checking its links."""

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
    """The links, loaded assets and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.assets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.anchors |= {value for name, value in attrs if name in ("id", "name") and value}
        if tag == "a" and attributes.get("href"):
            self.links.add(attributes["href"] or "")
        elif tag in ("link", "script", "img", "iframe") and attributes.get("rel") != "canonical":
            self.assets |= {value for name, value in attrs if name in ("href", "src") and value}


def build(products: Iterable[str] | None, folder: Path) -> Path:
    """Build a site of these products, or of all, without warnings, and return its folder."""
    settings = stage(products, folder / "staged", folder / "site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(settings)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    completed = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, "", "")
    return folder / "site"


def read(site: Path) -> dict[Path, Page]:
    """Return all pages of a site, by path."""
    return {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def broken_links(pages: dict[Path, Page]) -> list[tuple[Path, str]]:
    """Return the links inside the site whose file or anchor does not exist."""
    return [
        (path, link)
        for path, page in pages.items()
        for link in page.links
        # 404.html is shown at any address, so its links start at the root.
        if path.name != "404.html" and not _resolves(path, link, pages)
    ]


def _resolves(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return True
    target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].anchors
