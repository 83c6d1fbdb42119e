"""Definitions whose types come from libraries that a copy does not depend on, such as data frames.

They would be holes in the eyes of the host's type checker, so a copy goes without them.
Libraries that are only imported inside functions stay: those functions say what is missing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from .modules import Module, is_typing_block
from .needs import strings
from .trim import without_definitions, without_members, without_unused_imports

# The last two: what httpx itself runs on, and a module that every type checker knows.
DEPENDENCIES = frozenset({"httpx", "attrs", "attr", "dateutil", "anyio", "typing_extensions"})
_WORD = re.compile(r"[^\W\d]\w*")


def without_foreign(module: Module) -> str:
    """The text of a module of core without what names a foreign library, and without what only that used."""
    names = set(_foreign_names(module.tree))
    if not names:
        return module.source
    members = {(cls, item.name) for cls, item in _methods(module.tree) if names & _used(item)}
    text = without_members(module.source, lambda cls, name: (cls, name) in members)
    gone = {node.name for node in _functions(module.tree) if names & _used(node)}
    while gone:
        tree = ast.parse(text)
        kept = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)} - gone
        text = without_definitions(text, kept, of=ast.FunctionDef)
        gone = _idle(ast.parse(text))
    return without_unused_imports(text, quoted=True)


def _foreign_names(tree: ast.Module) -> Iterator[str]:
    """Names that a module imports for its annotations, from libraries that need not be there."""
    for block in (tree, *(node for node in tree.body if is_typing_block(node))):
        for node in ast.iter_child_nodes(block):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if _is_foreign(alias.name):
                        yield alias.asname or alias.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom) and not node.level and _is_foreign(node.module or ""):
                yield from (alias.asname or alias.name for alias in node.names)


def _is_foreign(module: str) -> bool:
    top = module.partition(".")[0]
    return top not in DEPENDENCIES and top not in sys.stdlib_module_names


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _methods(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node.name, item


def _used(node: ast.AST) -> set[str]:
    nodes = list(ast.walk(node))
    found = {item.id for item in nodes if isinstance(item, ast.Name)}
    for text in strings(nodes):
        found.update(_WORD.findall(text))
    return found


def _idle(tree: ast.Module) -> set[str]:
    """Private functions that nothing else in their module uses."""
    private = {node.name: node for node in _functions(tree) if node.name.startswith("_")}
    elsewhere: set[str] = set()
    for node in tree.body:
        own = node.name if isinstance(node, ast.FunctionDef) else ""
        elsewhere |= _used(node) - {own}
    return private.keys() - elsewhere
