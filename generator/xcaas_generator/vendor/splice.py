"""Changing the text of a module by the positions of its syntax tree, so that all the rest stays as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_Node = ast.expr | ast.stmt | ast.alias | ast.pattern


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes `start` to `end` of a UTF-8 text become `text`."""

    start: int
    end: int
    text: str = ""


class Text:
    """A module's source, addressed as the syntax tree addresses it: lines, and columns in UTF-8 bytes."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()
        self._lines = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def start(self, node: _Node) -> int:
        """Where a node begins."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: _Node) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: _Node) -> str:
        """A node's own text."""
        return self._bytes[self.start(node) : self.end(node)].decode()

    def line(self, number: int) -> int:
        """Where a line begins. The first has the number 1."""
        return self._lines[number - 1]

    def is_else(self, number: int) -> bool:
        """Whether a line is an `else:`."""
        return self._line(number).strip().startswith(b"else:")

    def slice(self, start: int, end: int) -> str:
        """What stands between two places."""
        return self._bytes[start:end].decode()

    def without(self, node: ast.stmt, until: ast.stmt | None = None) -> Edit:
        """Take a statement out, or all of them up to another one, with decorators and the comment right above. Of
        the blank lines around it the longer run stays."""
        last = (until or node).end_lineno
        assert last is not None
        first = min([node.lineno, *(mark.lineno for mark in _decorators(node))])
        while first > 1 and self._line(first - 1).lstrip().startswith(b"#"):
            first -= 1
        above, below = self._blank(first, -1), self._blank(last, +1)
        is_first = first - above > 1 and self._line(first - above - 1).rstrip().endswith(b":")
        is_last = last + below == len(self._lines) - 1
        if is_first or (above > below and not is_last):
            last += below
        if is_first or is_last or above <= below:
            first -= above
        return Edit(self._lines[first - 1], self._lines[last])

    def without_elements(self, holder: ast.Dict | ast.List, dropped: Iterable[int]) -> list[Edit]:
        """Take some elements out of a literal."""
        gone = set(dropped)
        spans = _elements(self, holder)
        if gone and len(gone) == len(spans):
            return [Edit(self.start(holder), self.end(holder), "{}" if isinstance(holder, ast.Dict) else "[]")]
        edits: list[Edit] = []
        last_kept = max((index for index in range(len(spans)) if index not in gone), default=0)
        for index in sorted(gone):
            if index < last_kept:
                edits.append(Edit(spans[index][0], spans[index + 1][0]))
        if last_kept + 1 < len(spans):
            edits.append(Edit(spans[last_kept][1], spans[-1][1]))
        return edits

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text after changes. They don't overlap, but for blank lines that two statements leave behind."""
        pieces: list[bytes] = []
        at = 0
        for edit in sorted(edits):
            pieces += [self._bytes[at : max(edit.start, at)], edit.text.encode()]
            at = max(edit.end, at)
        return b"".join([*pieces, self._bytes[at:]]).decode()

    def _blank(self, number: int, step: int) -> int:
        """How many blank lines follow a line, upwards or downwards."""
        count = 0
        while 1 <= (at := number + step * (count + 1)) < len(self._lines) and not self._line(at).strip():
            count += 1
        return count

    def _line(self, number: int) -> bytes:
        return self._bytes[self._lines[number - 1] : self._lines[number]]


def _decorators(node: ast.stmt) -> Sequence[ast.expr]:
    return node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ()


def _elements(text: Text, holder: ast.Dict | ast.List) -> list[tuple[int, int]]:
    if isinstance(holder, ast.Dict):
        pairs = [(key, value) for key, value in zip(holder.keys, holder.values, strict=True) if key is not None]
        return [(text.start(key), text.end(value)) for key, value in pairs]
    return [(text.start(item), text.end(item)) for item in holder.elts]
