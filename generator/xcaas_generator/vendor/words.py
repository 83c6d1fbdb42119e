"""Leaving out what only people read: comments, docstrings of private code, `__all__` of modules that nobody imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Set

from .modules import constants, is_all
from .splice import Edit, Text
from .units import Function, defined, is_prose

_ORDER = re.compile(r"#\s*(?:type|pyright|mypy):")
"""Comments that tools obey."""

_Keeps = Callable[[str], bool]


def without_words(source: str, public: Set[str], *, is_index: bool) -> str:
    """A module of core without what explains it.

    Args:
        source: The module.
        public: Its definitions that users of a copy see. They keep their docstrings, and those of what is
            public in them.
        is_index: Whether the module passes names on, so that its `__all__` counts.
    """
    tree, text = ast.parse(source), Text(source)
    edits: list[Edit] = []
    told = False
    for node in tree.body:
        if is_prose(node):
            edits += [] if told else [text.without(node)]
        elif is_all(node) and not is_index and _defines(tree, node):
            edits.append(text.without(node))
        else:
            told = not public.isdisjoint(defined(node))
            edits += _untold(text, [node], public.__contains__, told=told)
    return without_comments(text.edited(edits))


def without_comments(source: str) -> str:
    """Take comments out, but for those that tools obey, and the blank lines that only set them apart."""
    inside = _texts(source) if "#" in source else {}
    lines: list[str] = []
    after_comment = False
    for number, line in enumerate(source.split("\n"), 1):
        at = _comment(line, inside.get(number, ()))
        if at is not None and not line[:at].strip():
            after_comment = True
            continue
        code = line if at is None else line[:at].rstrip()
        if not (after_comment and not code and (not lines or not lines[-1] or lines[-1].endswith(":"))):
            lines.append(code)
        after_comment = after_comment and not code
    return "\n".join(lines).rstrip("\n") + "\n"


def _untold(text: Text, body: list[ast.stmt], keeps: _Keeps, *, told: bool) -> Iterator[Edit]:
    """Take the docstrings out of a block and of the definitions in it, of which some keep theirs."""
    for node in body:
        if is_prose(node) and not told:
            yield text.without(node) if len(body) > 1 else Edit(text.start(node), text.end(node), "...")
        elif isinstance(node, ast.ClassDef):
            public = keeps(node.name)
            yield from _untold(text, node.body, _is_public if public else _never, told=public)
        elif isinstance(node, Function):
            yield from _untold(text, node.body, _never, told=keeps(node.name))
        else:
            for block in ("body", "orelse", "finalbody"):
                yield from _untold(text, getattr(node, block, []), keeps, told=told)


def _is_public(name: str) -> bool:
    return name == "__init__" or not name.startswith("_")


def _never(name: str) -> bool:
    return False


def _defines(tree: ast.Module, node: ast.stmt) -> bool:
    """Whether all names of an `__all__` are the module's own."""
    own = {name for other in tree.body for name in defined(other)}
    return own.issuperset(constants(node))


def _texts(source: str) -> dict[int, list[tuple[int, int]]]:
    """Where texts stand, by line: columns in characters, from and to."""
    lines = source.split("\n")
    found: dict[int, list[tuple[int, int]]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            for number in range(node.lineno, node.end_lineno + 1):
                line = lines[number - 1].encode()
                first = len(line[: node.col_offset].decode()) if number == node.lineno else 0
                last = len(line[: node.end_col_offset].decode()) if number == node.end_lineno else len(line)
                found.setdefault(number, []).append((first, last))
    return found


def _comment(line: str, texts: list[tuple[int, int]] | tuple[()]) -> int | None:
    """Where a comment begins that nobody obeys."""
    at = line.find("#")
    while at >= 0 and any(first <= at < last for first, last in texts):
        at = line.find("#", at + 1)
    return None if at < 0 or _ORDER.match(line, at) else at
