"""The input folder of mkdocs: all pages, their order, and the texts for language models."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from . import _guides, _product_page, _reference
from ._reference import ROOT

__all__ = ["BUILD", "SITE", "address", "stage"]

BUILD = ROOT / "build" / "website"
SITE = ROOT / "build" / "site"
HERE = Path(__file__).parent


def stage(products: Iterable[str] | None = None, build: Path = BUILD, site: Path = SITE) -> Path:
    """Write the pages of these products and all guides, and return the path of the settings for mkdocs."""
    names = _reference.product_names() if products is None else sorted(products)
    shutil.rmtree(build, ignore_errors=True)
    pages = {name: _guides.guide(path, name) for name, path in _guides.pages().items()}
    pages["index.md"] = (HERE / "index.md").read_text("utf-8")
    pages |= {f"products/{name}.md": _product_page.write(_reference.load(name)) for name in names}
    if products is not None:
        missing = rf"\[([^\]]+)\]\((?!(?:{'|'.join(names)})\.md)\w+\.md\)"
        pages["products/index.md"] = re.sub(missing, r"\1", pages["products/index.md"])
    for name, text in pages.items():
        path = build / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    shutil.copytree(ROOT / "docs" / "images", build / "pages" / "images")
    for name in ("site.css", "site.js"):
        shutil.copy(HERE / name, build / "pages")
    (build / "pages" / "llms.txt").write_text(_overview(pages), "utf-8")
    (build / "pages" / "llms-full.txt").write_text(_full_text(pages), "utf-8")
    nav: list[object] = [{"Overview": "index.md"}]
    # Guides that GUIDES does not list come last.
    others = sorted(name for name in pages if "/" not in name and name not in _page_order(pages))
    nav += [{part: [f"{name}.md" for name in guides]} for part, guides in _guides.GUIDES.items()]
    nav += [{"More": others}] if others else []
    nav.insert(2, {"Products": ["products/index.md", *(f"products/{name}.md" for name in names)]})
    settings = {
        "INHERIT": str(HERE / "mkdocs.yml"),
        "docs_dir": str(build / "pages"),
        "site_dir": str(site),
        "nav": nav,
    }
    path = build / "mkdocs.yml"
    path.write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    return path


def _page_order(pages: dict[str, str]) -> list[str]:
    guides = [f"{name}.md" for names in _guides.GUIDES.values() for name in names]
    return ["index.md", *guides, *sorted(name for name in pages if name.startswith("products/"))]


def _overview(pages: dict[str, str]) -> str:
    """Return llms.txt: a list of the pages, with one sentence for each (https://llmstxt.org)."""
    parts = [
        "# xcaas\n\n> Typed Python clients for the 8x8 XCaaS APIs, sync and async, generated from OpenAPI documents.\n"
    ]
    sections = {"Guides": [name for name in _page_order(pages) if "/" not in name and name != "changelog.md"]}
    sections["Products"] = [name for name in _page_order(pages) if "/" in name]
    for section, names in sections.items():
        lines = [f"- [{_guides.title(pages[n])}]({address(n)}): {_guides.summary(pages[n])}" for n in names]
        parts.append(f"## {section}\n\n" + "\n".join(lines) + "\n")
    return "\n".join([*parts, "## All in one\n\n- [llms-full.txt](llms-full.txt): every page as Markdown\n"])


def _full_text(pages: dict[str, str]) -> str:
    """Return llms-full.txt: all pages except the changelog."""
    texts = [
        re.sub(r"\A---\n.*?\n---\n\n", "", pages[n], flags=re.DOTALL) for n in _page_order(pages) if n != "changelog.md"
    ]
    return "\n\n".join(texts)


def address(name: str) -> str:
    """Return the URL of a page, relative to the root of the site."""
    return "./" if name == "index.md" else name.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/"
