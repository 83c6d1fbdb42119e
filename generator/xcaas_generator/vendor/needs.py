"""What code names without importing it: models in type expressions, and other texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from .modules import Import, Library, Module

_WORD = re.compile(r"[^\W\d]\w*")


def models_named(library: Library, module: Module) -> Iterator[Import]:
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
