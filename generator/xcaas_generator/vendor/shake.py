"""Leaving out of a module of core what nothing in the copy reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from .modules import Import, Library, Module, constants, is_all, is_typing_block
from .reach import Reached
from .splice import Edit, Text
from .trim import thinned, thinned_block, without_names, without_unused_imports
from .units import Function, defined, is_prose, top_level


def unreached(library: Library, module: Module, found: Reached) -> frozenset[str]:
    """Names that a module only offers, and that the copy does not hold."""
    return frozenset(name for name, one in module.index.items() if not _is_held(library, one, found))


def shaken(library: Library, module: Module, found: Reached) -> str:
    """The text of a module with the definitions, methods and imports that are reached."""
    gone = unreached(library, module, found)
    source = without_names(module.source, gone) if gone else module.source
    tree, text = ast.parse(source) if gone else module.tree, Text(source)
    members = {(cls, name) for home, cls, name in found.members if home == module.name}
    kept = {name for home, name in found.names if home == module.name} | module.index.keys() | {"TYPE_CHECKING"}
    unused = frozenset(_imported(tree)) - kept
    edits = [*thinned(text, tree.body, unused), *_without_definitions(text, tree.body, kept)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            edits += _without_members(text, node, members)
        elif isinstance(node, ast.Assign) and is_all(node) and isinstance(node.value, ast.List):
            edits += _without_exports(text, node, node.value, kept)
        elif is_typing_block(node):
            assert isinstance(node, ast.If)
            edits += _thinned_block(text, node, unused, kept)
    shorter = text.edited(edits)
    return without_unused_imports(shorter, quoted=True) if shorter.count("TYPE_CHECKING") == 1 else shorter


def _is_held(library: Library, one: Import, found: Reached) -> bool:
    home, name = library.origin(one)
    if home not in library.modules:
        return True  # for the type checker, beside a definition that runs
    return home in found.modules and (not name or library.is_taken_whole(home) or (home, name) in found.names)


def _imported(tree: ast.Module) -> Iterator[str]:
    """Names that imports at the top of a module define, for type checkers too."""
    for node in top_level(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _without_definitions(text: Text, body: list[ast.stmt], kept: Set[str]) -> list[Edit]:
    """A block without definitions that nothing needs, and the words that follow them."""
    edits: list[Edit] = []
    first: ast.stmt | None = None
    for at, node in enumerate(body):
        names = defined(node)
        if (names and kept.isdisjoint(names)) or (first is not None and is_prose(node)):
            first = first or node
            following = body[at + 1] if at + 1 < len(body) else None
            if following is None or not is_prose(following):
                edits.append(text.without(first, node))
                first = None
    return edits


def _thinned_block(text: Text, block: ast.If, unused: Set[str], kept: Set[str]) -> list[Edit]:
    """A block for type checkers without what nobody uses; nothing, if all of it is unused."""
    left = any((names := defined(node)) and not kept.isdisjoint(names) for node in block.body)
    if not left:
        return thinned_block(text, block, unused)
    return [*thinned(text, block.body, unused), *_without_definitions(text, block.body, kept)]


def _without_members(text: Text, cls: ast.ClassDef, kept: Set[tuple[str, str]]) -> list[Edit]:
    gone = [node for node in cls.body if isinstance(node, Function) and (cls.name, node.name) not in kept]
    if gone and len(gone) == len(cls.body):
        return [Edit(text.start(gone[0]), text.end(gone[-1]), "pass")]
    return [text.without(node) for node in gone]


def _without_exports(text: Text, node: ast.stmt, names: ast.List, kept: Set[str]) -> list[Edit]:
    gone = [at for at, name in enumerate(constants(names)) if name not in kept]
    # An empty list has no type of its own, as strict checkers see it.
    return [text.without(node)] if len(gone) == len(names.elts) else text.without_elements(names, gone)
