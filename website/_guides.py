"""The guides as pages of the site. Links to files that are not pages become plain text; on GitHub they work as they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from ._reference import ROOT

__all__ = ["GUIDES", "PROJECT", "guide", "pages", "summary", "title"]

# In the order in which they are read.
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
"""Pages that lie elsewhere in the repository, and their names in the site."""
# Pages about the project have every word, and would be the first hit for most. Answers come first.
_SEARCH = {
    "questions.md": "boost: 6",
    "changelog.md": "exclude: true",
    "architecture.md": "boost: 0.5",
    "contributing.md": "boost: 0.5",
    "specs.md": "boost: 0.5",
}


def pages() -> dict[str, str]:
    """Return the guides' paths in the repository by their names in the site."""
    docs = {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    return {name: path for path, name in {**docs, **PROJECT}.items() if name != "index.md"}


def guide(path: str, name: str) -> str:
    """Return the text of a page of the repository as a page of the site."""
    known = {source: target for target, source in pages().items()} | {"README.md": "index.md"}
    text = (ROOT / path).read_text("utf-8")

    def moved(found: re.Match[str]) -> str:
        shown, target, anchor = found["shown"], found["target"], found["anchor"] or ""
        if re.match(r"[a-z]+:", target) or not target:
            return found[0]
        lies = posixpath.normpath(posixpath.join(PurePosixPath(path).parent.as_posix(), target))
        if lies.startswith("docs/images/"):
            return f"{shown}({_relative(lies.removeprefix('docs/'), name)})"
        if lies in known:
            return f"{shown}({_relative(known[lies], name)}{anchor})"
        return f"`{lies}`"

    text = _outside_code(text, r"(?P<shown>\[[^\]]*\])\((?P<target>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)", moved)
    if name == "products/index.md":
        text = re.sub(r"^\| `(\w+)` \| ([^|]+?) \|", r"| [`\1`](\1.md) | [\2](\1.md) |", text, flags=re.MULTILINE)
    # The table of products needs the width of a table of contents, which would have one line.
    hidden = "hide: [toc]\n" if name == "products/index.md" else ""
    return f"---\nsearch:\n  {_SEARCH.get(name, 'boost: 2')}\n{hidden}---\n\n{text}"


def title(text: str) -> str:
    """Return the heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    assert found is not None
    return found[1]


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


def _outside_code(text: str, pattern: str, moved: Callable[[re.Match[str]], str]) -> str:
    parts = re.split(r"(^```.*?^```)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else re.sub(pattern, moved, part) for part in parts)
