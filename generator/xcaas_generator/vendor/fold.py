"""Taking branches out of core that the documents behind a copy never take.

A condition on a word that no document uses, or on a class of which there are no instances, has a known
outcome; what stands on the other side of it goes. Everything else keeps its text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from .conditions import Conditions
from .facts import PLACES, TABLES, Facts, Words
from .modules import Module
from .originals import CORE
from .splice import Edit, Text
from .units import Function, defined, is_prose

_BLOCKS = ast.stmt | ast.match_case | ast.ExceptHandler
_ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break


def folded(module: Module, facts: Facts) -> str:
    """The text of a module of core without the branches that are never taken."""
    short = module.name.removeprefix(f"{CORE}.")
    places, tables = PLACES.get(short, {}), TABLES.get(short, {})
    if not (places or tables) and not any(name in module.source for name in facts.unused):
        return module.source
    own = {name for node in module.tree.body for name in defined(node)}
    unused = facts.unused & (own | module.passed_on.keys())
    source, tree = module.source, module.tree
    while True:
        fold = _Fold(Text(source), tree, Conditions(places, facts.words, unused, tree), tables, facts.words)
        edits = fold.edits() or fold.last_edits()
        if not edits:
            return source
        source = fold.text.edited(edits)
        tree = ast.parse(source)


class _Fold:
    """One pass over a module. A piece that changes is not looked into; that is for the next pass."""

    def __init__(
        self,
        text: Text,
        tree: ast.Module,
        conditions: Conditions,
        tables: Mapping[str, str],
        words: Mapping[str, Words],
    ) -> None:
        self.text = text
        self._tree = tree
        self._conditions = conditions
        self._tables = tables
        self._words = words

    def edits(self) -> list[Edit]:
        """What conditions make of a module."""
        return [*self._block(self._tree.body), *self._entries()]

    def last_edits(self) -> list[Edit]:
        """What is left over after that: what makes instances of unused classes, functions inside functions that
        nobody calls any more, variables of loops that do nothing."""
        unused = self._conditions.unused | {
            node.name for node in self._tree.body if isinstance(node, Function) and self._conditions.makes(node)
        }
        found: list[Edit] = []
        for node in ast.walk(self._tree):
            for block in _blocks(node):
                for item in block:
                    if isinstance(item, ast.If) and any(map(self._conditions.makes, filter(_is_simple, item.body))):
                        return [self._without_branch(item, alone=len(block) == 1)]
            if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
                gone = [at for at, item in enumerate(node.elts) if _called(item) in unused]
                if gone and len(gone) < len(node.elts):
                    kept = [self.text.of(item) for at, item in enumerate(node.elts) if at not in gone]
                    return [Edit(self.text.start(node.elts[0]), self.text.end(node.elts[-1]), _joined(kept))]
            if isinstance(node, ast.For) and isinstance(node.body[0], ast.Pass):
                target = ast.unparse(node.target)
                found += [] if target == "_" else [Edit(self.text.start(node.target), self.text.end(node.target), "_")]
            if isinstance(node, Function):
                inner = [item for item in node.body if isinstance(item, Function)]
                found += [self.text.without(item) for item in inner if _is_idle(item, node)]
        return found

    # --- statements --------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt]) -> Iterator[Edit]:
        for at, node in enumerate(body):
            edit = self._statement(node, alone=len(body) == 1)
            if edit is not None:
                yield edit
            elif isinstance(node, ast.AnnAssign) and self._conditions.is_always_none(node.target):
                following = body[at + 1] if at + 1 < len(body) else node
                yield self.text.without(node, following if is_prose(following) else node)
            elif isinstance(node, _ENDS) and at + 1 < len(body):
                yield from self._expressions(node)
                yield from (self.text.without(later) for later in body[at + 1 :])
                return
            else:
                yield from self._expressions(node)
                for block in _blocks(node):
                    yield from self._block(block)
                for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                    yield from self._block(inner.body)

    def _statement(self, node: ast.stmt, *, alone: bool) -> Edit | None:
        if isinstance(node, ast.If):
            outcome = self._conditions.of(node.test)
            if outcome is not None:
                return self._chosen(node) if outcome else self._without_branch(node, alone=alone)
        return self._matched(node) if isinstance(node, ast.Match) else None

    def _chosen(self, node: ast.If) -> Edit | None:
        """The body in place of the whole statement; `else` for an `elif` that always holds."""
        if self._is_elif(node):
            return self._elif_as_else(node)
        return self._in_place(node, node.body)

    def _without_branch(self, node: ast.If, *, alone: bool) -> Edit:
        """The statement without its first branch."""
        later = node.orelse[0] if node.orelse else None
        if later is None:
            return self._gone(node, alone=alone)
        if len(node.orelse) == 1 and isinstance(later, ast.If) and self._is_elif(later):
            start = self.text.start(later)
            return Edit(self.text.start(node), start if self._is_elif(node) else start + len("el"))
        if self._is_elif(node):
            last = node.body[-1].end_lineno or 0
            number = next(at for at in range(last + 1, later.lineno) if self.text.is_else(at))
            return Edit(self.text.start(node), self.text.line(number) + node.col_offset)
        return self._in_place(node, node.orelse) or self._gone(node, alone=alone)

    def _gone(self, node: ast.If, *, alone: bool) -> Edit:
        if self._is_elif(node):
            return Edit(self.text.line(node.lineno) - 1, self.text.end(node))
        return Edit(self.text.start(node), self.text.end(node), "pass") if alone else self.text.without(node)

    def _elif_as_else(self, node: ast.If) -> Edit:
        return Edit(self.text.start(node), self.text.end(node), f"else:\n{self._lines(node.body)}")

    def _in_place(self, node: ast.stmt, body: Sequence[ast.stmt]) -> Edit | None:
        """A block in place of the statement that it belongs to, moved to the left."""
        if any(_is_long_text(item) for one in body for item in ast.walk(one)):
            return None  # its words would change
        depth = body[0].col_offset - node.col_offset
        lines = [line[depth:] for line in self._lines(body).split("\n")]
        return Edit(self.text.start(node), self.text.end(node), "\n".join(lines).lstrip(" "))

    def _matched(self, node: ast.Match) -> Edit | None:
        """Cases that can come. The last of several covers the rest; a single one needs no `match`."""
        kept, covered = self._conditions.cases(node)
        if covered and len(kept) == 1:
            return self._in_place(node, kept[0][0].body)
        if not kept or len(kept) == len(node.cases):
            return None
        margin = " " * (node.col_offset + 4)
        parts: list[str] = []
        for case, patterns in kept:
            shown = "_" if covered and case is kept[-1][0] else " | ".join(self.text.of(item) for item in patterns)
            guard = f" if {self.text.of(case.guard)}" if case.guard is not None else ""
            parts.append(f"{margin}case {shown}{guard}:\n{self._lines(case.body)}")
        return Edit(self.text.line(node.cases[0].pattern.lineno), self.text.end(node), "\n".join(parts))

    def _lines(self, body: Sequence[ast.stmt]) -> str:
        """A block as it stands, from the beginning of its first line."""
        return self.text.slice(self.text.line(body[0].lineno), self.text.end(body[-1]))

    # --- expressions -------------------------------------------------------------

    def _expressions(self, node: ast.stmt) -> Iterator[Edit]:
        """Conditional expressions and conditions in a statement itself, not in the blocks inside it."""
        waiting = [child for child in ast.iter_child_nodes(node) if not isinstance(child, _BLOCKS)]
        while waiting:
            item = waiting.pop()
            edit = self._expression(item)
            if edit is not None:
                yield edit
            else:
                waiting.extend(ast.iter_child_nodes(item))

    def _expression(self, node: ast.AST) -> Edit | None:
        if isinstance(node, ast.IfExp) and (outcome := self._conditions.of(node.test)) is not None:
            return Edit(self.text.start(node), self.text.end(node), self.text.of(node.body if outcome else node.orelse))
        if isinstance(node, ast.BoolOp):
            left = self._conditions.open_operands(node)
            if 0 < len(left) < len(node.values):
                word = " and " if isinstance(node.op, ast.And) else " or "
                return Edit(self.text.start(node), self.text.end(node), word.join(self.text.of(item) for item in left))
        return None

    def _entries(self) -> Iterator[Edit]:
        """Entries of tables under words that occur nowhere."""
        for node in self._tree.body:
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Dict):
                words = self._words.get(self._tables.get(defined(node)[0], ""))
                keys = [key.value if isinstance(key, ast.Constant) else None for key in node.value.keys]
                gone = [at for at, key in enumerate(keys) if words is not None and key is not None and key not in words]
                # An empty table has no type of its own, as strict checkers see it.
                typed = isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Subscript)
                if gone and (typed or len(gone) < len(keys)):
                    yield from self.text.without_elements(node.value, gone)

    # --- places ------------------------------------------------------------------

    def _is_elif(self, node: ast.If) -> bool:
        return self.text.of(node).startswith("elif")


def _blocks(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of a statement, or of a module. Those of `except` and `case` are parts of these themselves."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _is_long_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.lineno != node.end_lineno


def _is_simple(node: ast.stmt) -> bool:
    return not hasattr(node, "body")


def _called(node: ast.expr) -> str:
    """The name that an element of a list is, or calls."""
    while isinstance(node, ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _joined(texts: Sequence[str]) -> str:
    return texts[0] + "," if len(texts) == 1 else ", ".join(texts)


def _is_idle(inner: ast.FunctionDef | ast.AsyncFunctionDef, outer: ast.AST) -> bool:
    return not any(isinstance(node, ast.Name) and node.id == inner.name for node in ast.walk(outer))
