"""Lines and columns, looked up only for what is shown.

Trees carry no positions: that would double the time and memory of reading. When
there are problems to show, each file is scanned once more and all of its pointers are
found in that one pass.
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
# JSON writes characters beyond U+FFFF as two escapes, which YAML refuses. Length is all that matters here.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Found:
    line: int
    column: int


@dataclass(slots=True)
class _Wanted:
    """A tree of the pointers that are looked for."""

    here: bool = False
    below: dict[str, _Wanted] = field(default_factory=lambda: dict[str, "_Wanted"]())


@dataclass(slots=True)
class _Frame:
    wanted: _Wanted | None
    pointer: str
    index: int = -1  # of a list's item; -1 in mappings
    key: str | None = None
    key_mark: Found | None = None


def locate(problems: Iterable[Problem], files: Mapping[str, SourceFile]) -> list[Problem]:
    """Return the same problems with line and column, as far as they can be known."""
    listed = list(problems)
    wanted: dict[str, set[str]] = {}
    for problem in listed:
        if problem.line is None:
            wanted.setdefault(problem.file, set()).add(problem.pointer)
    found = {label: find(files[label].data, pointers) for label, pointers in wanted.items() if label in files}
    return [_located(problem, found.get(problem.file, {})) for problem in listed]


def _located(problem: Problem, found: Mapping[str, Found]) -> Problem:
    if problem.line is not None:
        return problem
    pointer = problem.pointer
    while True:
        node = found.get(pointer)
        if node is not None:
            return problem.at(node.line, node.column)
        if not pointer:
            return problem.at(1, 1)
        pointer = pointer.rpartition("/")[0]


def find(data: bytes, pointers: Iterable[str]) -> dict[str, Found]:
    """Return where these JSON pointers, and the nodes on the way to them, stand in a JSON or YAML text."""
    root = _Wanted()
    for pointer in pointers:
        node = root
        for token in pointer.split("/")[1:]:
            node = node.below.setdefault(token, _Wanted())
        node.here = True
    found: dict[str, Found] = {}
    try:
        _scan(_SURROGATE.sub(r"\\u0041", decode(data)), root, found)
    except (yaml.YAMLError, ValueError):
        # A text that only the JSON reader takes: what was found before the odd character still counts.
        pass
    return found


@lru_cache(maxsize=16)
def spellings(file: SourceFile) -> Mapping[str, str]:
    """Return numbers and booleans that are written otherwise than Python would, such as 1.10 and 007, by pointer."""
    try:
        return dict(_odd_scalars(_SURROGATE.sub(r"\\u0041", decode(file.data))))
    except (yaml.YAMLError, ValueError):
        return {}


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def plainly(value: JSON) -> str:
    """Return a scalar as JSON would write it, if it had never been written otherwise."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _odd_scalars(text: str) -> Iterator[tuple[str, str]]:
    parser = CParser(text)
    path: list[str] = []  # tokens; "" where a mapping waits for its key
    indexes: list[int] = []  # of the list's next item; -1 in mappings
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
                if event.implicit[0] and event.value[:1] in _NUMERIC and plainly(scalar(event.value)) != event.value:
                    yield "".join(path), event.value
            elif isinstance(event, yaml.CollectionStartEvent):
                indexes.append(0 if isinstance(event, yaml.SequenceStartEvent) else -1)
                path.append("")
                continue
        if indexes and indexes[-1] < 0:
            path[-1] = ""  # the value is read; the next key follows


def _scan(text: str, root: _Wanted, found: dict[str, Found]) -> None:
    parser = CParser(text)
    stack: list[_Frame] = []
    depth_unwanted = 0
    while True:
        event = parser.get_event()
        if event is None or isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            return
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            if depth_unwanted:
                depth_unwanted -= 1
            else:
                stack.pop()
            continue
        opens = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        if depth_unwanted:
            depth_unwanted += opens
            continue
        if not opens and not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            continue
        start = event.start_mark
        mark = Found(start.line + 1, start.column + 1) if start else Found(1, 1)
        wanted: _Wanted | None = root
        pointer = ""
        if stack:
            top = stack[-1]
            if top.index < 0 and top.key is None:
                key = event.value if isinstance(event, yaml.ScalarEvent) else ""
                top.key, top.key_mark = _escape(key), mark
                if opens:
                    depth_unwanted = 1
                continue
            token, mark = _step(top, mark)
            wanted = top.wanted.below.get(token) if top.wanted else None
            pointer = f"{top.pointer}/{token}"
        if wanted is None:
            depth_unwanted = 1 if opens else 0
            continue
        found[pointer] = mark
        if opens:
            stack.append(_Frame(wanted, pointer, 0 if isinstance(event, yaml.SequenceStartEvent) else -1))


def _step(frame: _Frame, mark: Found) -> tuple[str, Found]:
    """Return the token that leads from `frame` to what comes next, and where it stands: at its key, if it has one."""
    if frame.index >= 0:
        token = str(frame.index)
        frame.index += 1
        return token, mark
    token = frame.key or ""
    at_key = frame.key_mark
    frame.key = frame.key_mark = None
    return token, at_key or mark
