"""A module as its parts: definitions that may go each by itself, and statements that always run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .modules import Module, is_all, is_typing_block

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Decorators that only change what they stand on. Any other may note it down somewhere, so it must run.
_QUIET = frozenset(
    {
        "abstractmethod",
        "asynccontextmanager",
        "cache",
        "cached_property",
        "classmethod",
        "contextmanager",
        "dataclass",
        "dataclass_transform",
        "deprecated",
        "deleter",
        "final",
        "getter",
        "lru_cache",
        "model",
        "overload",
        "override",
        "property",
        "runtime_checkable",
        "setter",
        "staticmethod",
        "total_ordering",
    }
)


@dataclass
class Unit:
    """Top-level statements that define one name, or several at once."""

    names: tuple[str, ...]
    nodes: list[ast.stmt] = field(default_factory=list)

    @cached_property
    def classes(self) -> Sequence[ast.ClassDef]:
        """The classes among them."""
        return [node for node in self.nodes if isinstance(node, ast.ClassDef)]


@dataclass
class Parts:
    """`units` by name; `always` are statements that run for what they do."""

    units: Mapping[str, Unit]
    always: Sequence[ast.stmt]


def parts_of(module: Module) -> Parts:
    """Take a module apart."""
    units: dict[str, Unit] = {}
    always: list[ast.stmt] = []
    for node in top_level(module.tree):
        if is_typing_block(node):
            assert isinstance(node, ast.If)
            always += node.orelse
        elif names := defined(node):
            _add(units, names, node)
        elif not (is_prose(node) or is_all(node) or isinstance(node, ast.Import | ast.ImportFrom)):
            always.append(node)
    return Parts(units, always)


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module, with those for type checkers."""
    for node in tree.body:
        yield node
        if is_typing_block(node):
            assert isinstance(node, ast.If)
            yield from node.body


def defined(node: ast.stmt) -> tuple[str, ...]:
    """The names that a statement defines and does nothing else. None of them: it has to run in any case."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return (name,) if all(map(_is_quiet, node.decorator_list)) else ()
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return (name,)
        case ast.Assign(targets=targets) if not is_all(node):
            return tuple(name for target in targets for name in _targets(target))
        case ast.If(body=body, orelse=orelse) if not is_typing_block(node):
            found = [defined(inner) for inner in (*body, *orelse)]
            return tuple(name for names in found for name in names) if all(found) else ()
        case _:
            return ()


def members(cls: ast.ClassDef) -> dict[str, list[Function]]:
    """Methods and properties by name; a property and its setter are one."""
    found: dict[str, list[Function]] = {}
    for node in cls.body:
        if isinstance(node, Function):
            found.setdefault(node.name, []).append(node)
    return found


def is_dunder(name: str) -> bool:
    """Whether Python itself may call it."""
    return name.startswith("__") and name.endswith("__")


def base_name(node: ast.expr) -> str:
    """The class that a base names: `Rows` of `Rows[T]`, the module of `module.Class`."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _add(units: dict[str, Unit], names: tuple[str, ...], node: ast.stmt) -> None:
    unit = next((units[name] for name in names if name in units), None) or Unit(names)
    unit.nodes.append(node)
    unit.names = tuple(dict.fromkeys((*unit.names, *names)))
    for name in unit.names:
        units[name] = unit


def _targets(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Tuple | ast.List):
        for item in node.elts:
            yield from _targets(item)


def _is_quiet(mark: ast.expr) -> bool:
    while isinstance(mark, ast.Call):
        mark = mark.func
    return (mark.attr if isinstance(mark, ast.Attribute) else getattr(mark, "id", "")) in _QUIET


def is_prose(node: ast.stmt) -> bool:
    """Whether it is a text that stands alone: a docstring, or words about the line before."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
