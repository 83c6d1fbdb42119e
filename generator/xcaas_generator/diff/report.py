"""A comparison as text for people, JSON for programs, Markdown for a changelog."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from xcaas_generator.diff.rules import Bump, Change
from xcaas_generator.problems import printable

_MARKUP = re.compile(r"(?P<code>`[^`]+`)|[\\`*<\[]|(?<!\w)_|_(?!\w)")


def as_text(changes: Sequence[Change], bump: Bump) -> str:
    """Return a line per change, the grade first, then what follows from it all."""
    lines = [
        printable(f"{change.grade}: {change.where}: {change.message} [{change.rule}: {change.reason}]")
        for change in changes
    ]
    return "\n".join([*lines, _verdict(changes, bump)])


def as_json(changes: Sequence[Change], bump: Bump) -> str:
    """Return one object: counts, the version bump, and each change with its rule and place."""
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
    """Return sections and bullets, ready for a changelog."""
    parts: list[str] = []
    for grade, title in (("breaking", "Breaking"), ("compatible", "Added and changed")):
        lines = [
            f"- {_code(change.where)}: {_plain(change.message)} ({change.rule})"
            for change in changes
            if change.grade == grade
        ]
        if lines:
            parts.append("\n".join([f"### {title}", "", *lines]))
    parts.append(_verdict(changes, bump))
    return "\n\n".join(parts)


def _verdict(changes: Sequence[Change], bump: Bump) -> str:
    if not changes:
        tail = "Nothing changed." if bump == "none" else "Only descriptions and examples changed."
    else:
        tail = f"{_count(changes, 'breaking')} breaking, {_count(changes, 'compatible')} compatible."
    return f"{tail} Version: {bump}."


def _count(changes: Sequence[Change], grade: str) -> int:
    return sum(change.grade == grade for change in changes)


def _code(text: str) -> str:
    return "`" + printable(text).replace("`", "'") + "`"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, with names in backticks as code.

    Only marks that mean something where they stand are escaped: others, such as the underscores inside names, would
    be shown with their backslashes in a terminal for nothing.
    """
    return _MARKUP.sub(lambda found: found["code"] or f"\\{found[0]}", printable(text))
