"""What a piece of code refers to: names of its module, attributes of anything, imports of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W\d]\w*")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Uses:
    """`names` of the module, those in quoted types too; `attributes` of whatever, with every text that could name
    one (`getattr`); `pairs` are attributes of a plain name, as of a module; `imports` stand inside functions."""

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)


def uses_of(nodes: Iterable[ast.AST]) -> Uses:
    """What some statements or expressions of one module refer to."""
    found = Uses()
    for node in nodes:
        _visit(node, frozenset(), found)
    return found


def _visit(node: ast.AST, local: frozenset[str], found: Uses) -> None:
    match node:
        case ast.Name(id=name):
            if name not in local:
                found.names.add(name)
                found.bare.add(name)
            return
        case ast.Attribute(value=value, attr=attribute):
            found.attributes.add(attribute)
            if isinstance(value, ast.Name):
                found.pairs.add((value.id, attribute))
                if value.id not in local:
                    found.names.add(value.id)
                return
        case ast.Constant(value=str() as text):
            if text.isidentifier():
                found.attributes.add(text)
            return
        case ast.keyword(arg=str() as name):
            found.attributes.add(name)
        case ast.Import() | ast.ImportFrom():
            found.imports.append(node)
            return
        case ast.MatchClass(kwd_attrs=names):
            found.attributes.update(names)
        case _:
            pass
    _quoted(node, found)
    if isinstance(node, _SCOPES):
        _visit_scope(node, local, found)
        return
    for child in _children(node):
        _visit(child, local, found)


def _visit_scope(node: ast.AST, local: frozenset[str], found: Uses) -> None:
    """Code with names of its own. Decorators, defaults and annotations stand outside of it."""
    inner = local | _bound(node)
    if isinstance(node, _Function | ast.Lambda):
        inner |= frozenset(item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg))
        inside = node.body if isinstance(node.body, list) else [node.body]
        for child in _children(node):
            _visit(child, inner if any(child is item for item in inside) else local, found)
    else:
        for child in _children(node):
            _visit(child, inner, found)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node, without docstrings and other texts that stand alone."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield child


def _bound(scope: ast.AST) -> frozenset[str]:
    """Names that a scope gives a meaning of its own."""
    names: set[str] = set()
    shared: set[str] = set()
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                names.add(name)
            case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
                names.add(name)
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                shared.update(several)
            case _:
                pass
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(names - shared)


def _quoted(node: ast.AST, found: Uses) -> None:
    """Types in quotes, where a type may stand: annotations, `cast`, bounds, aliases, parameters of types."""
    places: list[ast.AST | None] = []
    match node:
        case ast.arg(annotation=annotation):
            places = [annotation]
        case ast.AnnAssign(annotation=annotation, value=value):
            is_alias = isinstance(annotation, ast.Name) and annotation.id == "TypeAlias"
            places = [annotation, value if is_alias else None]
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            places = [returns]
        case ast.Call(func=ast.Name(id="cast"), args=[first, *_]):
            places = [first]
        case ast.Call(func=ast.Name(id="TypeVar" | "NewType"), args=arguments, keywords=keywords):
            places = [*arguments[1:], *(item.value for item in keywords)]
        case ast.Subscript(value=ast.Name(id=name), slice=inside) if name != "Literal" and _is_type(inside):
            places = [inside]
        case _:
            pass
    for place in places:
        for text in _texts(place):
            found.names.update(_WORD.findall(text))


def _is_type(inside: ast.expr) -> bool:
    """Whether brackets hold several texts or types, not one key of a mapping."""
    return isinstance(inside, ast.Tuple | ast.BinOp)


def _texts(place: ast.AST | None) -> Iterator[str]:
    if isinstance(place, ast.Subscript) and isinstance(place.value, ast.Name) and place.value.id == "Literal":
        return
    if isinstance(place, ast.Constant) and isinstance(place.value, str):
        yield place.value
    elif place is not None:
        for child in ast.iter_child_nodes(place):
            yield from _texts(child)
