"""Parsing docstrings of generated methods, which are in Google style."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

__all__ = ["Docs", "parse"]

_SECTION = re.compile(r"^(Args|Returns|Raises|Source):(?: (.*))?$")
_ARGUMENT = re.compile(r"^    (\w+): (.*)$")
_PYTHON_ONLY = re.compile(r" ?Text, or comparisons of `F`\.")


@dataclass
class Docs:
    """The parts of a docstring."""

    summary: str = ""
    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    source: str = ""


def parse(documented: object) -> Docs:
    """Parse an object's docstring, and join the lines of each part."""
    parts: dict[str, list[str]] = {"": []}
    section = ""
    for line in (inspect.getdoc(documented) or "").splitlines():
        if match := _SECTION.match(line):
            section = match[1]
            parts[section] = [match[2] or ""]
        else:
            parts[section].append(line)
    summary, *paragraphs = _paragraphs(parts[""])
    return Docs(
        summary=summary,
        description="\n\n".join(paragraphs),
        arguments=_arguments(parts.get("Args", [])),
        returns=_join(parts.get("Returns", [])),
        source=_join(parts.get("Source", [])),
    )


def _paragraphs(lines: list[str]) -> list[str]:
    return [_join(block.splitlines()) for block in "\n".join(lines).split("\n\n")]


def _arguments(lines: list[str]) -> dict[str, str]:
    arguments: dict[str, list[str]] = {}
    text: list[str] = []
    for line in lines:
        if match := _ARGUMENT.match(line):
            text = arguments[match[1]] = [match[2]]
        else:
            text.append(line)
    return {name: _PYTHON_ONLY.sub("", _join(text)) for name, text in arguments.items()}


def _join(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
