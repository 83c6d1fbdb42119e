"""Limiting a product to some of its calls: their methods, the operations behind them, nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..failure import Failure
from .modules import Library, Module
from .needs import strings
from .trim import definition, without_definitions, without_members, without_unused_imports

_OPERATION = re.compile(r"(\w+):(_\w+)")
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class _Class:
    module: str
    name: str


@dataclass
class Choice:
    """What is kept of a product: members by class, constants by module."""

    members: dict[_Class, set[str]] = field(default_factory=dict)
    constants: dict[str, set[str]] = field(default_factory=dict)

    @property
    def modules(self) -> frozenset[str]:
        """Modules of which something is kept."""
        return frozenset({cls.module for cls in self.members} | self.constants.keys())


def pick(library: Library, package: str, calls: Iterable[Sequence[str]]) -> frozenset[str]:
    """Cut a product down to some calls, each a path such as `("objects", "search")`.

    A path that ends at a resource keeps all of it. Returns the modules that are left,
    models aside.

    Raises:
        Failure: A call does not exist.
    """
    finder = _Finder(library, package)
    for call in calls:
        finder.keep(call)
    choice = finder.choice
    for name in sorted(choice.modules):
        module = library.modules[name]
        library.replace(module, _cut(module, choice))
    return choice.modules


def _cut(module: Module, choice: Choice) -> str:
    members = {cls.name: names for cls, names in choice.members.items() if cls.module == module.name}
    kept = members.keys() | choice.constants.get(module.name, set())
    text = without_definitions(module.source, kept)
    text = without_members(text, lambda cls, name: name not in members[cls])
    return without_unused_imports(text)


class _Finder:
    """Walks from a product's client classes, blocking and async, along the paths of calls."""

    def __init__(self, library: Library, package: str) -> None:
        self._library = library
        self._package = package
        self._client = library.modules[f"{package}._client"]
        self.choice = Choice()

    def keep(self, call: Sequence[str]) -> None:
        for node in self._client.tree.body:
            if isinstance(node, ast.ClassDef):
                self._walk(_Class(self._client.name, node.name), call, call)

    def _walk(self, cls: _Class, path: Sequence[str], call: Sequence[str]) -> None:
        """Keep what `path` leads to, from a class on. An empty path means all of it."""
        members = self._members(cls)
        names = path[:1] or list(members)
        for name in names:
            member = members.get(name)
            child = self._child(cls, member) if member is not None else None
            if member is None or (child is None and len(path) > 1):
                raise Failure(self._unknown(call), code=2)
            self.choice.members.setdefault(cls, set()).add(name)
            if child is not None:
                self._walk(child, path[1:], call)
            else:
                self._keep_constants(cls.module, member)

    def _members(self, cls: _Class) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in self._library.modules[cls.module].tree.body:
            if isinstance(node, ast.ClassDef) and node.name == cls.name:
                items = (item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef))
                return {item.name: item for item in items}
        return {}

    def _child(self, cls: _Class, member: ast.FunctionDef | ast.AsyncFunctionDef) -> _Class | None:
        """The resource behind a property: its body imports the class. None for a method."""
        if not any(isinstance(mark, ast.Name) and mark.id == "property" for mark in member.decorator_list):
            return None
        module = self._library.modules[cls.module]
        for node in member.body:
            if isinstance(node, ast.ImportFrom):
                return _Class(module.absolute(node), node.names[0].name)
        return None

    def _keep_constants(self, module: str, node: ast.AST) -> None:
        """Constants that a piece of code uses, and other operations that these lead to."""
        definitions = {definition(item): item for item in self._library.modules[module].tree.body}
        for name in (item.id for item in ast.walk(node) if isinstance(item, ast.Name)):
            if name in definitions and not isinstance(definitions[name], ast.ClassDef):
                self._keep_constant(module, name, definitions[name])
        for text in strings(list(ast.walk(node))):
            found = _OPERATION.fullmatch(text)
            other = f"{self._package}.{found[1]}" if found else ""
            if found and other in self._library.modules:
                imported = _named(self._library.modules[other], found[2])
                if imported is not None:
                    self._keep_constant(other, found[2], imported)

    def _keep_constant(self, module: str, name: str, node: ast.stmt) -> None:
        kept = self.choice.constants.setdefault(module, set())
        if name not in kept:
            kept.add(name)
            self._keep_constants(module, node)

    def _unknown(self, call: Sequence[str]) -> str:
        root = next(node.name for node in self._client.tree.body if isinstance(node, ast.ClassDef))
        known = sorted(self._paths(_Class(self._client.name, root)))
        shown = "\n".join(f"  {path}" for path in known[:_SHOWN])
        more = f"\n  … and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        return f"{self._package} has no call {'.'.join(call)!r}; it has\n{shown}{more}"

    def _paths(self, cls: _Class) -> Iterator[str]:
        for name, member in self._members(cls).items():
            child = self._child(cls, member)
            if child is None:
                yield name
            else:
                yield from (f"{name}.{rest}" for rest in self._paths(child))


def _named(module: Module, name: str) -> ast.stmt | None:
    return next((node for node in module.tree.body if definition(node) == name), None)
