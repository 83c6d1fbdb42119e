"""Which modules a choice needs: computed from what they import, at run time, on first use or for type checkers."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from .modules import Import, Library, Module

_WORD = re.compile(r"[^\W\d]\w*")


def needed(library: Library, roots: Iterable[str], wanted: Iterable[Import]) -> frozenset[str]:
    """The modules behind some modules and some names.

    Names that an index offers count only where somebody imports them.
    """
    return _Search(library).run(roots, wanted)


class _Search:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._found: set[str] = set()
        self._open: list[str] = []

    def run(self, roots: Iterable[str], wanted: Iterable[Import]) -> frozenset[str]:
        for name in roots:
            self._add(name)
        for imported in wanted:
            self._follow(imported)
        while self._open:
            module = self._library.modules[self._open.pop()]
            for imported in (*module.imports(), *_models_named(self._library, module)):
                self._follow(imported)
        return frozenset(self._found)

    def _add(self, name: str) -> None:
        """A module, and the packages that it lies in."""
        while name and name not in self._found:
            if name in self._library.modules:
                self._found.add(name)
                self._open.append(name)
            name = name.rpartition(".")[0]

    def _follow(self, imported: Import) -> None:
        target, home = self._library.target(imported), self._library.home(imported)
        for name in (target, home):
            if name is not None:
                self._add(name)


def _models_named(library: Library, module: Module) -> Iterator[Import]:
    """Models that operations name in type expressions (`"[StorageObject]?"`), loaded when an answer comes."""
    models = library.modules.get(f"{module.package}.models")
    if models is None:
        return
    for text in strings(module.nodes):
        for word in _WORD.findall(text):
            if word in models.index:
                yield Import(models.name, word)


def strings(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Texts among all the nodes of some code, docstrings left out."""
    prose = {id(item.value) for item in nodes if isinstance(item, ast.Expr)}
    for item in nodes:
        if isinstance(item, ast.Constant) and isinstance(item.value, str) and id(item) not in prose:
            yield item.value
