"""What callers see of a generated module, read from its text: calls with their signatures, fields with their types."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

PublicAPI = dict[str, str]


def public_api(path: str, source: str) -> PublicAPI:
    """Return names that callers use, and a text for each that changes when its use changes.

    Calls are named as in the manifest (`storage.objects.search`), fields by where
    they are (`storage.models.Tag.value`).
    """
    tree = ast.parse(source)
    if "models" in path.split("/")[:-1]:
        owner = ".".join(path.split("/")[:-1])
        return {f"{owner}.{name}": text for name, text in _model_names(tree)}
    return dict(_call_names(tree))


def _model_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name, "class"
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value:
                    optional = any(word.arg in ("default", "factory") for word in _keywords(item.value))
                    yield f"{node.name}.{item.target.id}", _shown(item.annotation) + (" = ..." if optional else "")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, _shown(node.value)


def _call_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    calls = dict(_constants(tree))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("Async"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and (name := _called(item, calls)):
                    resource = name.rpartition(".")[0]
                    yield f"{resource}.{item.name}", _signature(item)


def _signature(item: ast.FunctionDef) -> str:
    given = _shown(item.args)
    marks = "".join(f"@{_shown(mark).partition('(')[0]} " for mark in item.decorator_list)
    returns = _shown(item.returns) if item.returns else ""
    return f"{marks}({given}) -> {returns}"


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield operation constants and the calls that they are for."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            for word in _keywords(node.value):
                if word.arg == "call" and isinstance(word.value, ast.Constant):
                    yield node.target.id, str(word.value.value)


def _called(item: ast.FunctionDef, calls: dict[str, str]) -> str | None:
    """Return the call that a method makes: the constant that it hands over."""
    for node in ast.walk(item):
        if isinstance(node, ast.Name) and node.id in calls:
            return calls[node.id]
    return None


def _shown(node: ast.AST) -> str:
    """Return the text of a piece of code, without what is nothing to callers."""
    return ast.unparse(_ForCallers().visit(copy.deepcopy(node)))


class _ForCallers(ast.NodeTransformer):
    """Leaves out the modules that names come from, and how values travel: `_models.Tag`, `Annotated[int, …]`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in ("_models", "_sdk"):
            return ast.Name(node.attr)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if ast.unparse(node.value).endswith("Annotated") and isinstance(node.slice, ast.Tuple):
            plain: ast.AST = self.visit(node.slice.elts[0])
            return plain
        return self.generic_visit(node)


def _keywords(value: ast.expr) -> list[ast.keyword]:
    return value.keywords if isinstance(value, ast.Call) else []
