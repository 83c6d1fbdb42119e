"""What MkDocs asks while it builds the site: further pages, their order, links out of `docs/`, and `llms.txt`."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads this file by its path

from xcaas_site.examples import Examples
from xcaas_site.llms import full_text, index_text
from xcaas_site.pages import index_page, models_page, product_page
from xcaas_site.reference import Reference

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[2]
# Pages from outside of docs/, by their place in the repository.
OUTSIDE: Final = {
    "README.md": "index.md",
    "specs/README.md": "specs.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    **{f"examples/{file.name}": f"examples/{file.stem}.md" for file in sorted((ROOT / "examples").glob("*.py"))},
}
GUIDES: Final[dict[str, list[str]]] = {
    "Start": ["index.md", "questions.md", "credentials.md", "products.md", "editor.md", "testing.md", "sandbox.md"],
    "Calls": ["calls.md", "models.md", "lists-jobs-files.md", "webhooks.md", "events.md", "observability.md"],
    "Data": ["scale.md", "engines.md", "files-anywhere.md"],
    "Command line": [],
    "Generator": ["generator.md", "specs.md", "vendoring.md"],
    "Project": ["architecture.md", "contributing.md", "security.md", "changelog.md"],
}
_LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
_texts: Final[dict[str, tuple[str, str, str]]] = {}


@cache
def _reference_pages() -> dict[str, str]:
    reference, examples = Reference(ROOT / "generated" / "xcaas"), Examples()
    pages = {"reference/index.md": index_page(reference.products)}
    for product in reference.products:
        pages[f"reference/{product.name}.md"] = product_page(product, examples)
        if product.models:
            pages[f"reference/{product.name}-models.md"] = models_page(product)
    return pages


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put pages in their order. Guides that nobody has put anywhere come last but one."""
    placed = {page for pages in GUIDES.values() for page in pages}
    others = sorted(file.name for file in (ROOT / "docs").glob("*.md") if file.name not in placed)
    groups = {**GUIDES, "Command line": [*GUIDES["Command line"], *others]}
    examples = [path for path in OUTSIDE.values() if path.startswith("examples/")]
    config.nav = [
        *({name: pages} for name, pages in groups.items() if pages),
        {"Examples": examples},
        {"Reference": [path for path in _reference_pages() if not path.endswith("-models.md")]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the reference, and pages from outside of `docs/`."""
    for path, text in _reference_pages().items():
        files.append(File.generated(config, path, content=text))
    for place, path in OUTSIDE.items():
        files.append(File.generated(config, path, content=_page(ROOT / place)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links lead to pages of the site; those to code that has no page become text."""
    source = page.file.src_uri
    page.meta["search"] = {"boost": _boost(source)}
    if source.startswith("reference/"):
        text = markdown
    else:
        place = next((place for place, path in OUTSIDE.items() if path == source), f"docs/{source}")
        text = _LINK.sub(lambda link: _relinked(link, posixpath.dirname(place), posixpath.dirname(source)), markdown)
        text = re.sub(r"\]\(docs/images/", "](images/", text)
    heading = re.search(r"^# (.+)$", text, re.M)
    _texts[source] = (heading[1] if heading else source, page.url, text)
    return text


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Give the dialog of the theme's search a name, which screen readers want."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )


def on_post_build(config: MkDocsConfig) -> None:
    """Write `llms.txt` and `llms-full.txt`."""
    pages = list(_texts.values())
    site = Path(config.site_dir)
    (site / "llms.txt").write_text(index_text(config.site_name, config.site_description or "", pages), "utf-8")
    (site / "llms-full.txt").write_text(full_text(pages), "utf-8")


def _boost(source: str) -> float:
    """Return how much a page counts in a search: what answers questions before what lists facts."""
    if source == "questions.md":
        return 4
    if source.startswith(("reference/", "examples/")) or source in OUTSIDE.values():
        return 0.2 if source.endswith(("-models.md", "changelog.md")) else 0.6
    return 0.4 if source == "architecture.md" else 2


def _page(file: Path) -> str:
    text = file.read_text("utf-8")
    return text if file.suffix == ".md" else f"# {file.stem}\n\n`examples/{file.name}`\n\n```python\n{text}```\n"


def _relinked(link: re.Match[str], here: str, page_folder: str) -> str:
    text, target = link.groups()
    path, mark, anchor = target.partition("#")
    if "://" in target or target.startswith("mailto:") or not path:
        return link[0]
    place = posixpath.normpath(posixpath.join(here, path))
    known = OUTSIDE.get(place) or (place.removeprefix("docs/") if place.startswith("docs/") else None)
    if known is None:
        return text
    return f"[{text}]({os.path.relpath(known, page_folder or '.')}{mark}{anchor})"
