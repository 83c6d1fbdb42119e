"""Conditions of core whose outcome is known, because a word or a class does not occur in a copy."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Set

from .facts import Words
from .units import defined


class Conditions:
    """What is known in one module.

    Args:
        places: Expressions of the module that hold a word, and the kind of word.
        words: The words that occur, by kind.
        unused: Classes of which there are no instances.
        tree: The module.
    """

    def __init__(
        self, places: Mapping[str, str], words: Mapping[str, Words], unused: Set[str], tree: ast.Module
    ) -> None:
        self.unused = unused
        self._places = places
        self._words = words
        self._constants = {
            name: node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None
            for name in defined(node)
        }

    def of(self, test: ast.expr) -> bool | None:
        """Whether a condition holds; None if that is open."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.of(operand)
                return None if inner is None else not inner
            case ast.BoolOp(op=op, values=values):
                found = [self.of(value) for value in values]
                decides = isinstance(op, ast.Or)
                if decides in found:
                    return decides
                return None if None in found else not decides
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._compared(left, op, right)
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, kinds]):
                return False if all(name in self.unused for name in _names(kinds)) else None
            case ast.Call(func=function, args=[ast.Constant(value=word)]):
                words = self._words_at(function)
                return False if words is not None and word not in words else None
            case _:
                return None

    def open_operands(self, node: ast.BoolOp) -> list[ast.expr]:
        """Those of which something depends."""
        neutral = isinstance(node.op, ast.And)
        return [value for value in node.values if self.of(value) is not neutral]

    def cases(self, node: ast.Match) -> tuple[list[tuple[ast.match_case, list[ast.pattern]]], bool]:
        """The cases of a `match` that can come, with the patterns of each, and whether no other value can come."""
        words = self._words_at(node.subject)
        left = None if words is None else set(words)
        kept: list[tuple[ast.match_case, list[ast.pattern]]] = []
        for case in node.cases:
            mine = None if left is None else _literals(case.pattern)
            gone = isinstance(case.pattern, ast.MatchClass) and _names(case.pattern.cls) <= self.unused
            if gone or (left is not None and not left & (left if mine is None else mine)):
                continue
            kept.append((case, _narrowed(case.pattern, left or set())))
            if left is not None and case.guard is None:
                left -= left if mine is None else mine
        return kept, left is not None and not left

    def is_always_none(self, node: ast.expr) -> bool:
        """Whether a place never holds anything."""
        return self._words_at(node) == frozenset({None})

    def makes(self, node: ast.AST) -> bool:
        """Whether some code makes an instance of an unused class."""
        return any(isinstance(item, ast.Call) and _names(item.func) & self.unused for item in ast.walk(node))

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
        words = self._words_at(left)
        wanted = self._wanted(right)
        if words is None or wanted is None:
            return None
        negative = isinstance(op, ast.NotEq | ast.NotIn | ast.IsNot)
        if not words & wanted:
            return negative
        return not negative if words <= wanted else None

    def _words_at(self, node: ast.expr) -> Words | None:
        return self._words.get(self._places.get(ast.unparse(node), ""))

    def _wanted(self, node: ast.expr) -> Words | None:
        match node:
            case ast.Constant(value=None | str() as word):
                return frozenset({word})
            case ast.Tuple(elts=items) if all(isinstance(item, ast.Constant) for item in items):
                return frozenset(item.value for item in items if isinstance(item, ast.Constant))  # type: ignore[misc]
            case ast.Name(id=name) if name in self._constants:
                value = self._constants[name]
                return self._wanted(value) if isinstance(value, ast.Tuple) else None
            case _:
                return None


def _names(node: ast.expr) -> set[str]:
    """Classes that stand in the second place of `isinstance`."""
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.BinOp(left=left, right=right):
            return _names(left) | _names(right)
        case ast.Tuple(elts=items):
            return {name for item in items for name in _names(item)}
        case _:
            return {""}


def _literals(pattern: ast.pattern) -> set[str | None] | None:
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=str() as word)):
            return {word}
        case ast.MatchOr(patterns=patterns):
            found = [_literals(item) for item in patterns]
            return {word for words in found if words is not None for word in words} if None not in found else None
        case _:
            return None


def _narrowed(pattern: ast.pattern, left: Set[str | None]) -> list[ast.pattern]:
    """The alternatives of a pattern that can come."""
    if not isinstance(pattern, ast.MatchOr) or not left:
        return [pattern]
    return [item for item in pattern.patterns if (_literals(item) or set()) & left]
