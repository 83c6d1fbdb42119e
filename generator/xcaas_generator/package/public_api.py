"""The public API of a generated module, from its source: calls with signatures, fields with types."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

PublicAPI = dict[str, str]


def public_api(path: str, source: str) -> PublicAPI:
    """Return public names, each with a description that changes if its usage changes.

    Calls are named as in the manifest (`storage.objects.search`), fields by their model (`storage.models.Tag.value`).
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
                    yield f"{node.name}.{item.target.id}", _source(item.annotation) + (" = ..." if optional else "")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, _source(node.value)


def _call_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    calls = dict(_constants(tree))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("Async"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and (name := _call_of(item, calls)):
                    resource = name.rpartition(".")[0]
                    yield f"{resource}.{item.name}", _signature(item)


def _signature(item: ast.FunctionDef) -> str:
    parameters = _source(item.args)
    decorators = "".join(f"@{_source(decorator).partition('(')[0]} " for decorator in item.decorator_list)
    returns = _source(item.returns) if item.returns else ""
    return f"{decorators}({parameters}) -> {returns}"


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the constants of operations, with the names of their calls."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            for word in _keywords(node.value):
                if word.arg == "call" and isinstance(word.value, ast.Constant):
                    yield node.target.id, str(word.value.value)


def _call_of(item: ast.FunctionDef, calls: dict[str, str]) -> str | None:
    """Return the name of the call that a method makes, from the constant that it passes."""
    for node in ast.walk(item):
        if isinstance(node, ast.Name) and node.id in calls:
            return calls[node.id]
    return None


def _source(node: ast.AST) -> str:
    """Return the source of a node, without details that do not matter to callers."""
    return ast.unparse(_PublicView().visit(copy.deepcopy(node)))


class _PublicView(ast.NodeTransformer):
    """Removes module prefixes and metadata: `_models.Tag` → `Tag`, `Annotated[int, …]` → `int`."""

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
