"""Reports of a comparison: text for the terminal, JSON for programs, Markdown for changelogs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from xcaas_generator.diff.rules import Bump, Change
from xcaas_generator.problems import printable

_MARKUP = re.compile(r"(?P<code>`[^`]+`)|[\\`*<\[]|(?<!\w)_|_(?!\w)")


def as_text(changes: Sequence[Change], bump: Bump) -> str:
    """Return a line per change, beginning with the grade, and a summary."""
    lines = [
        printable(f"{change.grade}: {change.where}: {change.message} [{change.rule}: {change.reason}]")
        for change in changes
    ]
    return "\n".join([*lines, _summary(changes, bump)])


def as_json(changes: Sequence[Change], bump: Bump) -> str:
    """Return a JSON object: counts, the version bump, and each change with its rule and location."""
    content = {
        "breaking": _count(changes, "breaking"),
        "compatible": _count(changes, "compatible"),
        "bump": bump,
        "changes": [
            {
                "grade": change.grade,
                "rule": change.rule,
                "reason": change.reason,
                "where": change.where,
                "message": change.message,
                "file": change.place.file,
                "pointer": change.place.pointer,
            }
            for change in changes
        ],
    }
    return json.dumps(content, indent=2)


def as_markdown(changes: Sequence[Change], bump: Bump) -> str:
    """Return sections with bullets, for a changelog."""
    parts: list[str] = []
    for grade, title in (("breaking", "Breaking"), ("compatible", "Added and changed")):
        lines = [
            f"- {_code(change.where)}: {_escaped(change.message)} ({change.rule})"
            for change in changes
            if change.grade == grade
        ]
        if lines:
            parts.append("\n".join([f"### {title}", "", *lines]))
    parts.append(_summary(changes, bump))
    return "\n\n".join(parts)


def _summary(changes: Sequence[Change], bump: Bump) -> str:
    if not changes:
        tail = "Nothing changed." if bump == "none" else "Only descriptions and examples changed."
    else:
        tail = f"{_count(changes, 'breaking')} breaking, {_count(changes, 'compatible')} compatible."
    return f"{tail} Version: {bump}."


def _count(changes: Sequence[Change], grade: str) -> int:
    return sum(change.grade == grade for change in changes)


def _code(text: str) -> str:
    return "`" + printable(text).replace("`", "'") + "`"


def _escaped(text: str) -> str:
    """Escape text for Markdown, except for code in backticks.

    Only characters with a meaning in their position are escaped, to keep the result readable in a terminal. Underscores
    inside names, for example, are not.
    """
    return _MARKUP.sub(lambda match: match["code"] or f"\\{match[0]}", printable(text))
