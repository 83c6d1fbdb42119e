"""Docstrings of generated methods, taken apart: they have one layout, Google's."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

__all__ = ["Docs", "parse"]

_SECTION = re.compile(r"^(Args|Returns|Raises|Source):(?: (.*))?$")
_ARGUMENT = re.compile(r"^    (\w+): (.*)$")
_UNITS_ASIDE = re.compile(r" ?Text, or comparisons of `F`\.")


@dataclass
class Docs:
    """What a docstring says."""

    summary: str = ""
    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    source: str = ""


def parse(documented: object) -> Docs:
    """Return the parts of an object's docstring, with its lines joined."""
    parts: dict[str, list[str]] = {"": []}
    section = ""
    for line in (inspect.getdoc(documented) or "").splitlines():
        if found := _SECTION.match(line):
            section = found[1]
            parts[section] = [found[2] or ""]
        else:
            parts[section].append(line)
    summary, *rest = _paragraphs(parts[""])
    return Docs(
        summary=summary,
        description="\n\n".join(rest),
        arguments=_arguments(parts.get("Args", [])),
        returns=_joined(parts.get("Returns", [])),
        source=_joined(parts.get("Source", [])),
    )


def _paragraphs(lines: list[str]) -> list[str]:
    return [_joined(block.splitlines()) for block in "\n".join(lines).split("\n\n")]


def _arguments(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    text: list[str] = []
    for line in lines:
        if begin := _ARGUMENT.match(line):
            text = found[begin[1]] = [begin[2]]
        else:
            text.append(line)
    return {name: _UNITS_ASIDE.sub("", _joined(text)) for name, text in found.items()}


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
