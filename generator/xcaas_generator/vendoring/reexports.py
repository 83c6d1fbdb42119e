"""Modules that are changed in a copy: re-exports without missing names, and the client without missing products."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from .modules import Module, is_all, is_typing_block


def without_names(module: Module, names: Set[str]) -> str:
    """Return the source of a module without re-exports of `names`: without their imports, and without their entries in
    the table of lazy attributes and in `__all__`."""
    lines = _Lines(module.source)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            remaining = [alias for alias in node.names if (alias.asname or alias.name) not in names]
            if len(remaining) < len(node.names):
                _keep_names(lines, node, remaining)
        elif isinstance(node, ast.Dict):
            lines.replace(node, "{", [(key, value) for key, value in _pairs(node) if key not in names], "}")
        elif is_all(node):
            public: list[str] = ast.literal_eval(node.value)
            lines.replace(node.value, "[", [(name, "") for name in public if name not in names], "]")
    return lines.text(module.tree)


def without_products(client: Module, products: Set[str]) -> str:
    """Return the source of the client without the properties and regions of `products`."""
    lines = _Lines(client.source)
    regions = _without_regions(client, products, lines)
    for node in ast.walk(client.tree):
        if isinstance(node, ast.ImportFrom) and node.level and (node.module or "").partition(".")[0] in products:
            lines.remove(node)
        elif isinstance(node, ast.FunctionDef) and node.name in products:
            lines.remove(node, space=True)
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "Region":
            literals = ", ".join(f'"{region}"' for region in sorted(regions))
            lines.substitute(node, f"Region: TypeAlias = {f'Literal[{literals}]' if literals else 'str'}")
        elif isinstance(node, ast.ImportFrom) and node.module == "typing" and not regions:
            remaining = [alias.name for alias in node.names if alias.name != "Literal"]
            lines.substitute(node, f"from typing import {', '.join(remaining)}")
    return lines.text(client.tree)


def _without_regions(client: Module, products: Set[str], lines: _Lines) -> set[str]:
    """Remove the regions of `products` from the table, and return the remaining regions."""
    remaining: set[str] = set()
    for node in client.tree.body:
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "_REGIONS"
            and isinstance(node.value, ast.Tuple)
        ):
            for item in node.value.elts:
                product, regions = ast.literal_eval(item)
                if product in products:
                    lines.remove(item)
                else:
                    remaining.update(regions or ())
    return remaining


class _Lines:
    """Source code whose lines are removed or replaced, by their original line numbers."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)
        self._removed: set[ast.AST] = set()

    def remove(self, node: ast.stmt | ast.expr, *, space: bool = False) -> None:
        """Remove a statement with its decorators; with `space`, also the empty line before it."""
        self._removed.add(node)
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        first = min([node.lineno, *(item.lineno for item in decorators)])
        self._blank(first - space, node.end_lineno or first)

    def replace(self, node: ast.expr, opening: str, items: list[tuple[str, str]], closing: str) -> None:
        """Rewrite a literal, with one item per line."""
        first, last = node.lineno - 1, (node.end_lineno or 0) - 1
        before, after = self._lines[first][: node.col_offset], self._lines[last][node.end_col_offset :]
        indent = " " * (len(before) - len(before.lstrip()))
        content = "".join(f'{indent}    "{key}"{value},\n' for key, value in items)
        self._blank(first + 1, last + 1)
        inner = f"\n{content}{indent}" if content else ""
        self._lines[first] = f"{before}{opening}{inner}{closing}{after}"

    def substitute(self, node: ast.stmt, text: str) -> None:
        """Replace a statement."""
        indent = " " * node.col_offset
        self._blank(node.lineno, node.end_lineno or node.lineno)
        self._lines[node.lineno - 1] = f"{indent}{text}\n"

    def remove_names(self, aliases: Iterable[ast.alias]) -> None:
        """Remove names of an import with one name per line."""
        for alias in aliases:
            self._blank(alias.lineno, alias.lineno)

    def text(self, tree: ast.Module) -> str:
        """Return the source, with `pass` in blocks that became empty."""
        for node in tree.body:
            if isinstance(node, ast.If) and is_typing_block(node) and self._removed.issuperset(node.body):
                self.substitute(node.body[0], "pass")
        return "".join(self._lines)

    def _blank(self, first: int, last: int) -> None:
        self._lines[first - 1 : last] = [""] * (last - first + 1)


def _keep_names(lines: _Lines, node: ast.ImportFrom, remaining: list[ast.alias]) -> None:
    if remaining and node.end_lineno != node.lineno:
        lines.remove_names(alias for alias in node.names if alias not in remaining)
    elif remaining:
        lines.substitute(node, ast.unparse(ast.ImportFrom(node.module, remaining, node.level)))
    else:
        lines.remove(node)


def _pairs(node: ast.Dict) -> Iterator[tuple[str, str]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield ast.literal_eval(key), f': "{ast.literal_eval(value)}"'
