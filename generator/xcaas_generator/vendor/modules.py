"""Python packages as text and syntax trees: which module imports what, and which names an index only passes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name`, or `import module` when there is no name. Absolute."""

    module: str
    name: str | None = None


@dataclass(frozen=True)
class Module:
    """One module. `name` is absolute: `xcaas.storage._objects`; `path` is as seen from its root package."""

    name: str
    path: PurePosixPath
    origin: Path | str
    """The file, read when it is needed, or the text itself."""

    @cached_property
    def source(self) -> str:
        return self.origin if isinstance(self.origin, str) else self.origin.read_text("utf-8")

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All nodes of the tree: walking it is what takes time."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def index(self) -> Mapping[str, Import]:
        """Names that the module only offers: imported for type checkers, and loaded when somebody asks for one."""
        found: dict[str, Import] = {}
        for node in self.tree.body:
            if is_typing_block(node):
                for item in ast.walk(node):
                    if isinstance(item, ast.ImportFrom):
                        for alias in item.names:
                            if alias.asname == alias.name or alias.name in self.public:
                                found[alias.name] = Import(self.absolute(item), alias.name)
        used = {node.id for node in self.nodes if isinstance(node, ast.Name)} if found else set[str]()
        return {name: one for name, one in found.items() if name not in used}

    @cached_property
    def passed_on(self) -> Mapping[str, Import]:
        """Names that imports at the top of the module, for type checkers too, give a meaning."""
        found: dict[str, Import] = {}
        for node in self.tree.body:
            for item in node.body if is_typing_block(node) and isinstance(node, ast.If) else [node]:
                found.update(self.imported(item))
        return found

    def imported(self, node: ast.stmt) -> Iterator[tuple[str, Import]]:
        """Local names that an import gives a meaning."""
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for alias in node.names:
                yield alias.asname or alias.name, Import(self.absolute(node), alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, Import(alias.name if alias.asname else top)

    @cached_property
    def public(self) -> frozenset[str]:
        """`__all__`."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and is_all(node) and isinstance(node.value, ast.List):
                return frozenset(constants(node.value))
        return frozenset()

    def imports(self) -> Iterator[Import]:
        """Everything that the module imports, wherever, except what it only offers."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                module = self.absolute(node)
                for alias in node.names:
                    imported = Import(module, alias.name)
                    if self.index.get(alias.name) != imported:
                        yield imported
            elif isinstance(node, ast.Import):
                yield from (Import(alias.name) for alias in node.names)

    def absolute(self, node: ast.ImportFrom) -> str:
        """The module that a statement imports from."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)


@dataclass
class Library:
    """Modules by absolute name."""

    modules: dict[str, Module] = field(default_factory=dict)
    whole: str = ""
    """The package whose modules are copied as they are; those of others are taken apart."""

    def is_taken_whole(self, name: str) -> bool:
        """Whether a module is copied as it is."""
        return name == self.whole or name.startswith(f"{self.whole}.")

    def add_package(self, name: str, folder: Path) -> None:
        """Note all modules of a package."""
        for path in sorted(folder.rglob("*.py")):
            relative = PurePosixPath(path.relative_to(folder).as_posix())
            parts = relative.parent.parts if relative.name == "__init__.py" else relative.with_suffix("").parts
            module = Module(".".join([name, *parts]), relative, path)
            self.modules[module.name] = module

    def replace(self, module: Module, source: str) -> None:
        """Put another text in a module's place."""
        self.modules[module.name] = Module(module.name, module.path, source)

    def target(self, imported: Import) -> str | None:
        """The module that an import loads: a submodule of that name, or the module that it imports from."""
        if imported.name is not None and f"{imported.module}.{imported.name}" in self.modules:
            return f"{imported.module}.{imported.name}"
        return imported.module if imported.module in self.modules else None

    def origin(self, imported: Import) -> tuple[str, str]:
        """Module and name where an imported name is defined, behind all modules that pass it on. The name is
        empty where a module is what is imported."""
        target = self.target(imported)
        if target is None or imported.name is None or target != imported.module:
            return target or imported.module, ""
        behind = self.modules[target].passed_on.get(imported.name)
        return (target, imported.name) if behind is None or behind == imported else self.origin(behind)


def constants(node: ast.AST) -> Iterator[str]:
    """The texts in a literal."""
    for item in ast.walk(node):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item.value


def is_typing_block(node: ast.stmt) -> bool:
    """`if TYPE_CHECKING:`"""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_all(node: ast.stmt) -> bool:
    """`__all__ = …`"""
    if not isinstance(node, ast.Assign):
        return False
    target = node.targets[0]
    return isinstance(target, ast.Name) and target.id == "__all__"
