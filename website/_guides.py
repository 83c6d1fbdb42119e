"""The guides as pages of the site. Links to files that are not pages, which work on GitHub, become plain text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from ._reference import ROOT

__all__ = ["GUIDES", "PROJECT", "guide", "pages", "summary", "title"]

# In reading order.
GUIDES = {
    "Use": [
        "questions",
        "credentials",
        "calls",
        "lists-jobs-files",
        "models",
        "testing",
        "sandbox",
        "command-line",
        "command-line-exports",
        "mcp",
        "events",
        "webhooks",
        "observability",
        "editor",
    ],
    "Bulk work": ["scale", "engines", "files-anywhere"],
    "Generate": ["generator", "specs", "vendoring"],
    "Project": ["architecture", "contributing", "security", "changelog"],
}
PROJECT = {
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "specs/README.md": "specs.md",
    "README.md": "index.md",
    "docs/products.md": "products/index.md",
}
"""Pages outside of docs/ or with other names, and their names in the site."""
# Search ranks answers first. Pages about the project contain most words and would otherwise be first.
_SEARCH = {
    "questions.md": "boost: 6",
    "changelog.md": "exclude: true",
    "architecture.md": "boost: 0.5",
    "contributing.md": "boost: 0.5",
    "specs.md": "boost: 0.5",
}


def pages() -> dict[str, str]:
    """Return the paths of guides in the repository, by name in the site."""
    docs = {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    return {name: path for path, name in {**docs, **PROJECT}.items() if name != "index.md"}


def guide(path: str, name: str) -> str:
    """Return a page of the repository as a page of the site."""
    targets = {source: target for target, source in pages().items()} | {"README.md": "index.md"}
    text = (ROOT / path).read_text("utf-8")

    def replace_link(match: re.Match[str]) -> str:
        label, target, anchor = match["shown"], match["target"], match["anchor"] or ""
        if re.match(r"[a-z]+:", target) or not target:
            return match[0]
        source_path = posixpath.normpath(posixpath.join(PurePosixPath(path).parent.as_posix(), target))
        if source_path.startswith("docs/images/"):
            return f"{label}({_relative(source_path.removeprefix('docs/'), name)})"
        if source_path in targets:
            return f"{label}({_relative(targets[source_path], name)}{anchor})"
        return f"`{source_path}`"

    text = _sub_outside_code(text, r"(?P<shown>\[[^\]]*\])\((?P<target>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)", replace_link)
    if name == "products/index.md":
        text = re.sub(r"^\| `(\w+)` \| ([^|]+?) \|", r"| [`\1`](\1.md) | [\2](\1.md) |", text, flags=re.MULTILINE)
    # Hide the table of contents, of a single line, to make room for the table of products.
    hidden = "hide: [toc]\n" if name == "products/index.md" else ""
    return f"---\nsearch:\n  {_SEARCH.get(name, 'boost: 2')}\n{hidden}---\n\n{text}"


def title(text: str) -> str:
    """Return the heading of a page."""
    match = re.search(r"^# (.+)$", text, re.MULTILINE)
    assert match is not None
    return match[1]


def summary(text: str) -> str:
    """Return the first sentence after the heading."""
    body = text.partition("\n# ")[2].partition("\n")[2]
    for paragraph in body.split("\n\n"):
        line = " ".join(paragraph.split())
        if line and line[0] not in "`#|-=!<":
            line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
            return re.split(r"(?<=[.:]) ", line)[0].rstrip(":")
    return ""


def _relative(target: str, name: str) -> str:
    return posixpath.relpath(target, PurePosixPath(name).parent.as_posix())


def _sub_outside_code(text: str, pattern: str, replace: Callable[[re.Match[str]], str]) -> str:
    parts = re.split(r"(^```.*?^```)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else re.sub(pattern, replace, part) for part in parts)
