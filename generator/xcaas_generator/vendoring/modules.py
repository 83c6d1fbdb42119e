"""Static analysis of Python packages: imports, and modules that only re-export names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeGuard

MODELS = "xcaas_core.models"
"""The module with the names in annotations of operations."""


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name as bound`, or `import module as bound` where `name` is None. `module` is absolute."""

    module: str
    name: str | None
    bound: str
    explicit: bool = False
    """Whether it is `import name as name`, which marks a re-export."""


@dataclass(frozen=True)
class Module:
    """A module and its file. `name` is absolute (`xcaas.storage._objects`), `path` relative to its root package."""

    name: str
    path: PurePosixPath
    file: Path
    text: str | None = None
    """Replaces the content of the file."""

    @cached_property
    def source(self) -> str:
        return self.file.read_text("utf-8") if self.text is None else self.text

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports, including those in functions and for type checkers."""
        return tuple(item for node in ast.walk(self.tree) for item in self._imports(node))

    @cached_property
    def annotation_imports(self) -> tuple[Import, ...]:
        """The names in string annotations of operations, as if they were imported."""
        texts = [text for text in _constants(self.tree) if "Annotated[" in text]
        return tuple(Import(MODELS, name, name) for text in texts for name in _annotation_names(text))

    @cached_property
    def reexports(self) -> Mapping[str, Import]:
        """The re-exports of a module that does nothing else. Other modules have none."""
        if not all(map(_only_reexports, self.tree.body)):
            return {}
        public = {name for node in self.tree.body if is_all(node) for name in _constants(node)}
        return {item.bound: item for item in self.imports if item.explicit or item.bound in public}

    @cached_property
    def used_attributes(self) -> Mapping[str, set[str]]:
        """The attributes used of each name: `Pager` of `_sdk`, for `_sdk.Pager`."""
        attributes: dict[str, set[str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                attributes.setdefault(node.value.id, set()).add(node.attr)
        return attributes

    def _imports(self, node: ast.AST) -> Iterator[Import]:
        if isinstance(node, ast.ImportFrom):
            package = self.package.split(".")
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                yield Import(module, alias.name, alias.asname or alias.name, alias.asname == alias.name)
        elif isinstance(node, ast.Import):
            yield from (Import(alias.name, None, alias.asname or alias.name) for alias in node.names)


@dataclass
class Library:
    """Modules by absolute name."""

    modules: dict[str, Module] = field(default_factory=dict)
    _reexport_targets: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False)
    """A cache of the targets of modules that only re-export, which many modules import."""

    def add_package(self, name: str, folder: Path) -> None:
        """Add all modules of a package."""
        for file in sorted(folder.rglob("*.py")):
            path = PurePosixPath(file.relative_to(folder).as_posix())
            parts = path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts
            module = Module(".".join([name, *parts]), path, file)
            self.modules[module.name] = module
        self._reexport_targets.clear()

    def replace(self, module: Module, text: str) -> None:
        """Replace the source of a module."""
        self.modules[module.name] = Module(module.name, module.path, module.file, text)
        self._reexport_targets.clear()

    def targets(self, item: Import) -> list[str]:
        """Return the modules that an import needs: those that re-export the name, and the one that defines it.

        Third-party modules are not included.
        """
        submodule = f"{item.module}.{item.name}"
        if submodule in self.modules:
            return [submodule]
        if item.module not in self.modules:
            return []
        reexport = self.modules[item.module].reexports.get(item.name or "")
        return [item.module, *(self.targets(reexport) if reexport else ())]

    def all_targets(self, item: Import, used: Collection[str] = ()) -> list[str]:
        """Return the targets and, if the import is a module that re-exports names, the targets of these names.

        `used` are the attributes that are used of the module, as in `_sdk.Pager`; if it is empty, all are included. Of a
        package all are included, too, because string annotations may refer to any of them.
        """
        targets = self.targets(item)
        imports_module = item.name is None or targets == [f"{item.module}.{item.name}"]
        if not targets or not imports_module:
            return targets
        module = self.modules[targets[0]]
        if not used or module.path.name == "__init__.py":
            if module.name not in self._reexport_targets:
                self._reexport_targets[module.name] = self._targets_of_all(module.reexports.values())
            return [*targets, *self._reexport_targets[module.name]]
        return [
            *targets,
            *self._targets_of_all(reexport for name, reexport in module.reexports.items() if name in used),
        ]

    def _targets_of_all(self, imports: Iterable[Import]) -> list[str]:
        return list(dict.fromkeys(target for item in imports for target in self.all_targets(item)))

    def needed(self, roots: Iterable[str]) -> set[str]:
        """Return the modules that `roots` need, directly or indirectly, including themselves.

        The re-exports of a module are not needed for the module itself.
        """
        needed: set[str] = set()
        pending = list(roots)
        while pending:
            name = pending.pop()
            if name not in needed:
                needed.add(name)
                pending += (
                    dependency for dependency in self._dependencies(self.modules[name]) if dependency not in needed
                )
        return needed

    def missing_reexports(self, module: Module, present: set[str]) -> set[str]:
        """Return the names that a module can't re-export if only the modules `present` exist."""
        return {name for name, item in module.reexports.items() if not present.issuperset(self.targets(item))}

    def _dependencies(self, module: Module) -> Iterator[str]:
        parent = module.name.rpartition(".")[0]
        if parent:
            yield parent
        for annotation_import in module.annotation_imports:
            yield from self.targets(annotation_import)
        for item in module.imports:
            if not module.reexports:
                yield from self.all_targets(item, module.used_attributes.get(item.bound, ()))
            elif item.bound not in module.reexports:
                yield from self.targets(item)


def is_all(node: ast.AST) -> TypeGuard[ast.Assign]:
    """Return whether a statement is `__all__ = …`."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def is_typing_block(node: ast.AST) -> bool:
    """Return whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _only_reexports(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(body=body, orelse=orelse) if is_typing_block(node):
            return all(map(_only_reexports, (*body, *orelse)))
        case ast.Assign(targets=[target]):
            return ast.unparse(target).strip("()") in ("__all__", "__getattr__, __dir__")
        case _:
            return False


def _constants(node: ast.AST) -> Iterator[str]:
    return (item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str))


def _annotation_names(annotation: str) -> Iterator[str]:
    """Yield the names in a string annotation; none for other strings."""
    try:
        tree = ast.parse(annotation, mode="eval")
    except SyntaxError:
        return
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
