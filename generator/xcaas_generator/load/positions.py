"""Lines and columns of problems, looked up on demand.

Trees carry no positions, which would double the time and memory of parsing. Instead, a file with problems is scanned
once more, and all pointers are located in that pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import yaml
from yaml._yaml import CParser

from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import SourceFile, decode
from xcaas_generator.load.yaml import scalar
from xcaas_generator.problems import Problem

_NUMERIC = frozenset("-+.0123456789TtFf")
# JSON writes characters beyond U+FFFF as two escapes, which YAML rejects. Only their length matters here.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Position:
    line: int
    column: int


@dataclass(slots=True)
class _PointerTree:
    """The requested pointers as a tree, by token."""

    children: dict[str, _PointerTree] = field(default_factory=lambda: dict[str, "_PointerTree"]())


@dataclass(slots=True)
class _Frame:
    pointers: _PointerTree | None
    pointer: str
    index: int = -1  # of the next item in a list; -1 in mappings
    key: str | None = None
    key_mark: Position | None = None


def locate(problems: Iterable[Problem], files: Mapping[str, SourceFile]) -> list[Problem]:
    """Return the problems with line and column, as far as these are known."""
    all_problems = list(problems)
    requested: dict[str, set[str]] = {}
    for problem in all_problems:
        if problem.line is None:
            requested.setdefault(problem.file, set()).add(problem.pointer)
    positions = {
        label: find_positions(files[label].data, pointers) for label, pointers in requested.items() if label in files
    }
    return [_with_position(problem, positions.get(problem.file, {})) for problem in all_problems]


def _with_position(problem: Problem, positions: Mapping[str, Position]) -> Problem:
    if problem.line is not None:
        return problem
    pointer = problem.pointer
    while True:
        position = positions.get(pointer)
        if position is not None:
            return problem.at(position.line, position.column)
        if not pointer:
            return problem.at(1, 1)
        pointer = pointer.rpartition("/")[0]


def find_positions(data: bytes, pointers: Iterable[str]) -> dict[str, Position]:
    """Return the positions of JSON pointers, and of the nodes above them, in JSON or YAML."""
    root = _PointerTree()
    for pointer in pointers:
        node = root
        for token in pointer.split("/")[1:]:
            node = node.children.setdefault(token, _PointerTree())
    positions: dict[str, Position] = {}
    try:
        _scan(_SURROGATE.sub(r"\\u0041", decode(data)), root, positions)
    except (yaml.YAMLError, ValueError):
        # Only the JSON reader accepts this text; keep the positions found so far.
        pass
    return positions


@lru_cache(maxsize=16)
def spellings(file: SourceFile) -> Mapping[str, str]:
    """Return the source text, by pointer, of numbers and booleans not spelled as in JSON, such as 1.10 and 007."""
    try:
        return dict(_unusual_scalars(_SURROGATE.sub(r"\\u0041", decode(file.data))))
    except (yaml.YAMLError, ValueError):
        return {}


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def json_spelling(value: JSON) -> str:
    """Return a number or boolean as JSON spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unusual_scalars(text: str) -> Iterator[tuple[str, str]]:
    parser = CParser(text)
    path: list[str] = []  # tokens; "" in a mapping whose next key is not read yet
    indexes: list[int] = []  # of the next item in a list; -1 in mappings
    while True:
        event = parser.get_event()
        if event is None or isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            return
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            indexes.pop()
            path.pop()
        elif not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionStartEvent):
            continue
        else:
            if indexes and indexes[-1] < 0 and not path[-1]:
                key = event.value if isinstance(event, yaml.ScalarEvent) else ""
                path[-1] = "/" + _escape(key)
                continue
            if indexes and indexes[-1] >= 0:
                path[-1] = f"/{indexes[-1]}"
                indexes[-1] += 1
            if isinstance(event, yaml.ScalarEvent):
                if (
                    event.implicit[0]
                    and event.value[:1] in _NUMERIC
                    and json_spelling(scalar(event.value)) != event.value
                ):
                    yield "".join(path), event.value
            elif isinstance(event, yaml.CollectionStartEvent):
                indexes.append(0 if isinstance(event, yaml.SequenceStartEvent) else -1)
                path.append("")
                continue
        if indexes and indexes[-1] < 0:
            path[-1] = ""  # the value is read; the next key follows


def _scan(text: str, root: _PointerTree, positions: dict[str, Position]) -> None:
    parser = CParser(text)
    stack: list[_Frame] = []
    skipped_depth = 0
    while True:
        event = parser.get_event()
        if event is None or isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            return
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            if skipped_depth:
                skipped_depth -= 1
            else:
                stack.pop()
            continue
        opens = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        if skipped_depth:
            skipped_depth += opens
            continue
        if not opens and not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            continue
        start = event.start_mark
        mark = Position(start.line + 1, start.column + 1) if start else Position(1, 1)
        subtree: _PointerTree | None = root
        pointer = ""
        if stack:
            top = stack[-1]
            if top.index < 0 and top.key is None:
                key = event.value if isinstance(event, yaml.ScalarEvent) else ""
                top.key, top.key_mark = _escape(key), mark
                if opens:
                    skipped_depth = 1
                continue
            token, mark = _next_token(top, mark)
            subtree = top.pointers.children.get(token) if top.pointers else None
            pointer = f"{top.pointer}/{token}"
        if subtree is None:
            skipped_depth = 1 if opens else 0
            continue
        positions[pointer] = mark
        if opens:
            stack.append(_Frame(subtree, pointer, 0 if isinstance(event, yaml.SequenceStartEvent) else -1))


def _next_token(frame: _Frame, mark: Position) -> tuple[str, Position]:
    """Return the token of the next node in `frame`, and its position: that of its key, if it has one."""
    if frame.index >= 0:
        token = str(frame.index)
        frame.index += 1
        return token, mark
    token = frame.key or ""
    key_mark = frame.key_mark
    frame.key = frame.key_mark = None
    return token, key_mark or mark
