"""Taking definitions out of generated modules, and the imports that nobody uses after that."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator

from .modules import constants, is_all, is_typing_block
from .needs import strings
from .splice import Edit, Text

_LINE_LENGTH = 120
_WORD = re.compile(r"[^\W\d]\w*")


def without_members(source: str, dropped: Callable[[str, str], bool]) -> str:
    """Take methods and properties out of the classes of a module: those of a class and a name."""
    text = Text(source)
    edits = [
        text.without(item)
        for cls in ast.parse(source).body
        if isinstance(cls, ast.ClassDef)
        for item in cls.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and dropped(cls.name, item.name)
    ]
    return text.edited(edits)


def without_definitions(source: str, kept: Collection[str], *, of: type[ast.stmt] = ast.stmt) -> str:
    """Take definitions of a kind out of a module, all but some, and their names out of `__all__`."""
    tree, text = ast.parse(source), Text(source)
    doomed = {definition(node) for node in tree.body if isinstance(node, of)} - {None, *kept}
    edits: list[Edit] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and is_all(node) and isinstance(node.value, ast.List):
            names = list(constants(node.value))
            gone = [position for position, name in enumerate(names) if name in doomed]
            # An empty list has no type of its own, as strict checkers see it.
            whole = len(gone) == len(names)
            edits += [text.without(node)] if whole else text.without_elements(node.value, gone)
        elif isinstance(node, of) and definition(node) in doomed:
            edits.append(text.without(node))
    return text.edited(edits)


def without_names(source: str, dropped: Collection[str]) -> str:
    """Take names out of an index: its imports for type checkers, its table of homes, its `__all__`."""
    tree, text = ast.parse(source), Text(source)
    edits: list[Edit] = []
    for node in tree.body:
        if is_typing_block(node):
            assert isinstance(node, ast.If)
            edits += thinned(text, node.body, dropped)
    for holder in ast.walk(tree):
        if isinstance(holder, ast.Dict | ast.List):
            items = holder.keys if isinstance(holder, ast.Dict) else holder.elts
            gone = [at for at, item in enumerate(items) if isinstance(item, ast.Constant) and item.value in dropped]
            edits += text.without_elements(holder, gone)
    return text.edited(edits)


def without_unused_imports(source: str, *, quoted: bool = False) -> str:
    """Take imports out that nothing in the module uses or offers, and blocks that are empty then.

    With `quoted`, a name in a text counts as used: types may stand in quotes.
    """
    while True:
        shorter = _without_unused(source, quoted)
        if shorter == source:
            return source
        source = shorter


def definition(node: ast.stmt) -> str | None:
    """The name that a top-level statement defines."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


def _without_unused(source: str, quoted: bool) -> str:
    tree, text = ast.parse(source), Text(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if quoted:
        used.update(word for value in strings(list(ast.walk(tree))) for word in _WORD.findall(value))
    for node in tree.body:
        if isinstance(node, ast.Assign) and is_all(node):
            used.update(constants(node.value))
    unused = {name for name in _imported(tree) if name not in used}
    edits = thinned(text, tree.body, unused)
    for node in tree.body:
        if is_typing_block(node):
            assert isinstance(node, ast.If)
            edits += thinned_block(text, node, unused)
    return text.edited(edits)


def _imported(tree: ast.Module) -> Iterator[str]:
    """Names that imports at the top of a module define. Those inside functions are each used where they stand."""
    blocks = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.If) and is_typing_block(node))]
    for block in blocks:
        for node in block:
            if isinstance(node, ast.ImportFrom) and node.module != "__future__":
                yield from (alias.asname or alias.name for alias in node.names if alias.asname != alias.name)
            elif isinstance(node, ast.Import):
                yield from (alias.asname or alias.name for alias in node.names)


def thinned_block(text: Text, block: ast.If, dropped: Collection[str]) -> list[Edit]:
    """The same for a block, and if nothing is left of it, without the block."""
    kept = [node for node in block.body if not _dies(node, dropped)]
    return thinned(text, block.body, dropped) if kept or block.orelse else [text.without(block)]


def thinned(text: Text, body: list[ast.stmt], dropped: Collection[str]) -> list[Edit]:
    edits: list[Edit] = []
    survivors = [node for node in body if not _dies(node, dropped)]
    for node in body:
        if _dies(node, dropped):
            edits.append(text.without(node))
        elif isinstance(node, ast.ImportFrom) and any(_goes(alias, dropped) for alias in node.names):
            edits.append(Edit(text.start(node), text.end(node), _shorter(node, dropped)))
    if body and not survivors:
        first, last = body[0], body[-1]
        return [Edit(text.start(first), text.end(last), "pass")]
    return edits


def _dies(node: ast.stmt, dropped: Collection[str]) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and all(_goes(alias, dropped) for alias in node.names)


def _goes(alias: ast.alias, dropped: Collection[str]) -> bool:
    return (alias.asname or alias.name) in dropped


def _shorter(node: ast.ImportFrom, dropped: Collection[str]) -> str:
    names = [ast.unparse(alias) for alias in node.names if not _goes(alias, dropped)]
    start = f"from {'.' * node.level}{node.module or ''} import "
    line = start + ", ".join(names)
    margin = " " * node.col_offset
    if len(margin + line) <= _LINE_LENGTH:
        return line
    inner = "".join(f"{margin}    {name},\n" for name in names)
    return f"{start}(\n{inner}{margin})"
