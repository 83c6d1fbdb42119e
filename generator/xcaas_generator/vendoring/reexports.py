"""The modules that are written for a copy: those that pass names on, without the names that are not in it, and the
client, without the products that are not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from .modules import Module, is_all, is_typing_block


def without_names(module: Module, names: Set[str]) -> str:
    """Return the text of a module that passes names on, without some of them: their imports, and their places in
    the table of the names that load on first use and in `__all__`."""
    lines = _Lines(module.source)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            kept = [alias for alias in node.names if (alias.asname or alias.name) not in names]
            if len(kept) < len(node.names):
                _keep(lines, node, kept)
        elif isinstance(node, ast.Dict):
            lines.replace(node, "{", [(key, value) for key, value in _pairs(node) if key not in names], "}")
        elif is_all(node) and isinstance(node, ast.Assign):
            public: list[str] = ast.literal_eval(node.value)
            lines.replace(node.value, "[", [(name, "") for name in public if name not in names], "]")
    return lines.text(module.tree)


def without_products(client: Module, products: Set[str]) -> str:
    """Return the text of the client without the properties of some products, and without their regions."""
    lines = _Lines(client.source)
    words = _without_regions(client, products, lines)
    for node in ast.walk(client.tree):
        if isinstance(node, ast.ImportFrom) and node.level and (node.module or "").partition(".")[0] in products:
            lines.remove(node)
        elif isinstance(node, ast.FunctionDef) and node.name in products:
            lines.remove(node, space=True)
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "Region":
            known = ", ".join(f'"{word}"' for word in sorted(words))
            lines.substitute(node, f"Region: TypeAlias = {f'Literal[{known}]' if known else 'str'}")
        elif isinstance(node, ast.ImportFrom) and node.module == "typing" and not words:
            kept = [alias.name for alias in node.names if alias.name != "Literal"]
            lines.substitute(node, f"from typing import {', '.join(kept)}")
    return lines.text(client.tree)


def _without_regions(client: Module, products: Set[str], lines: _Lines) -> set[str]:
    """Remove the regions of some products from the table, and return those of the others."""
    words: set[str] = set()
    for node in client.tree.body:
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "_REGIONS"
            and isinstance(node.value, ast.Tuple)
        ):
            for item in node.value.elts:
                product, known = ast.literal_eval(item)
                if product in products:
                    lines.remove(item)
                else:
                    words.update(known or ())
    return words


class _Lines:
    """A text whose lines are removed or replaced, under the numbers that they had at the beginning."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)
        self._gone: set[ast.AST] = set()

    def remove(self, node: ast.stmt | ast.expr, *, space: bool = False) -> None:
        """Remove a statement, with its decorators and the empty line before it if there is one to spare."""
        self._gone.add(node)
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        first = min([node.lineno, *(item.lineno for item in decorators)])
        self._blank(first - space, node.end_lineno or first)

    def replace(self, node: ast.expr, opening: str, items: list[tuple[str, str]], closing: str) -> None:
        """Write a literal anew, an item a line."""
        first, last = node.lineno - 1, (node.end_lineno or 0) - 1
        before, after = self._lines[first][: node.col_offset], self._lines[last][node.end_col_offset :]
        indent = " " * (len(before) - len(before.lstrip()))
        written = "".join(f'{indent}    "{key}"{value},\n' for key, value in items)
        self._blank(first + 1, last + 1)
        inner = f"\n{written}{indent}" if written else ""
        self._lines[first] = f"{before}{opening}{inner}{closing}{after}"

    def substitute(self, node: ast.stmt, text: str) -> None:
        """Put a text in the place of a statement."""
        indent = " " * node.col_offset
        self._blank(node.lineno, node.end_lineno or node.lineno)
        self._lines[node.lineno - 1] = f"{indent}{text}\n"

    def remove_names(self, aliases: Iterable[ast.alias]) -> None:
        """Take out names of an import that has a line for each."""
        for alias in aliases:
            self._blank(alias.lineno, alias.lineno)

    def text(self, tree: ast.Module) -> str:
        """Return the text; blocks of which nothing is left pass."""
        for node in tree.body:
            if isinstance(node, ast.If) and is_typing_block(node) and self._gone.issuperset(node.body):
                self.substitute(node.body[0], "pass")
        return "".join(self._lines)

    def _blank(self, first: int, last: int) -> None:
        self._lines[first - 1 : last] = [""] * (last - first + 1)


def _keep(lines: _Lines, node: ast.ImportFrom, kept: list[ast.alias]) -> None:
    if kept and node.end_lineno != node.lineno:
        lines.remove_names(alias for alias in node.names if alias not in kept)
    elif kept:
        lines.substitute(node, ast.unparse(ast.ImportFrom(node.module, kept, node.level)))
    else:
        lines.remove(node)


def _pairs(node: ast.Dict) -> Iterator[tuple[str, str]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield ast.literal_eval(key), f': "{ast.literal_eval(value)}"'
