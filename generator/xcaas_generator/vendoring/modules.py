"""Python packages as text: which module imports which, and which modules only pass names on."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

MODELS = "xcaas_core.models"
"""Where the annotations of operations have their names from."""


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name as bound`, or `import module as bound` where `name` is None. `module` is absolute."""

    module: str
    name: str | None
    bound: str
    explicit: bool = False
    """Whether it says `as` the same name: how a module passes on a name that it does not use."""


@dataclass(frozen=True)
class Module:
    """A module and its file. `name` is absolute: `xcaas.storage._objects`; `path` is as seen from its root package."""

    name: str
    path: PurePosixPath
    file: Path
    text: str | None = None
    """In the place of what the file says."""

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
        """All imports: at the top, in functions, and for type checkers, which look at a copy as well."""
        return tuple(item for node in ast.walk(self.tree) for item in self._imports(node))

    @cached_property
    def marks(self) -> tuple[Import, ...]:
        """What the annotations of operations name, which are text, as if it were imported."""
        texts = [text for text in _constants(self.tree) if "Annotated[" in text]
        return tuple(Import(MODELS, name, name) for text in texts for name in _names(text))

    @cached_property
    def reexports(self) -> Mapping[str, Import]:
        """The names that a module passes on if it does nothing else. Other modules have none."""
        if not all(map(_passes_on, self.tree.body)):
            return {}
        public = {name for node in self.tree.body if is_all(node) for name in _constants(node)}
        return {item.bound: item for item in self.imports if item.explicit or item.bound in public}

    @cached_property
    def asked_of(self) -> Mapping[str, set[str]]:
        """The attributes that are asked of each name: `Pager` of `_sdk`, where `_sdk.Pager` stands."""
        found: dict[str, set[str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.setdefault(node.value.id, set()).add(node.attr)
        return found

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
    _passed: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False)
    """What modules that pass names on lead to: half of a package's modules may import another one whole."""

    def add_package(self, name: str, folder: Path) -> None:
        """Add all modules of a package."""
        for file in sorted(folder.rglob("*.py")):
            path = PurePosixPath(file.relative_to(folder).as_posix())
            parts = path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts
            module = Module(".".join([name, *parts]), path, file)
            self.modules[module.name] = module
        self._passed.clear()

    def replace(self, module: Module, text: str) -> None:
        """Put another text in a module's place."""
        self.modules[module.name] = Module(module.name, module.path, module.file, text)
        self._passed.clear()

    def targets(self, item: Import) -> list[str]:
        """Return the modules that an import leads to: through those that pass the name on, to the one that defines it.

        Libraries of others are none of them.
        """
        submodule = f"{item.module}.{item.name}"
        if submodule in self.modules:
            return [submodule]
        if item.module not in self.modules:
            return []
        passed = self.modules[item.module].reexports.get(item.name or "")
        return [item.module, *(self.targets(passed) if passed else ())]

    def all_targets(self, item: Import, used: Collection[str] = ()) -> list[str]:
        """Return the same, and what a module that passes names on leads to if it is itself what is imported.

        `used` are the names that are asked of it, as in `_sdk.Pager`; none of them where it is passed on whole. A
        package is taken whole, too, because the text of an annotation may name any of what it has.
        """
        found = self.targets(item)
        imports_module = item.name is None or found == [f"{item.module}.{item.name}"]
        if not found or not imports_module:
            return found
        passing = self.modules[found[0]]
        if not used or passing.path.name == "__init__.py":
            if passing.name not in self._passed:
                self._passed[passing.name] = self._leads_to(passing.reexports.values())
            return [*found, *self._passed[passing.name]]
        return [*found, *self._leads_to(one for name, one in passing.reexports.items() if name in used)]

    def _leads_to(self, passed: Iterable[Import]) -> list[str]:
        return list(dict.fromkeys(target for one in passed for target in self.all_targets(one)))

    def needed(self, roots: Iterable[str]) -> set[str]:
        """Return the modules that some modules need: those that their imports lead to, and so on.

        What a module only passes on is not needed for its sake.
        """
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += (one for one in self._next(self.modules[name]) if one not in found)
        return found

    def lacking(self, module: Module, present: set[str]) -> set[str]:
        """Return the names that a module can't pass on where only some modules are present."""
        return {name for name, item in module.reexports.items() if not present.issuperset(self.targets(item))}

    def _next(self, module: Module) -> Iterator[str]:
        parent = module.name.rpartition(".")[0]
        if parent:
            yield parent
        for mark in module.marks:
            yield from self.targets(mark)
        for item in module.imports:
            if not module.reexports:
                yield from self.all_targets(item, module.asked_of.get(item.bound, ()))
            elif item.bound not in module.reexports:
                yield from self.targets(item)


def is_all(node: ast.AST) -> bool:
    """Return whether a statement is `__all__ = …`."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def is_typing_block(node: ast.AST) -> bool:
    """Return whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _passes_on(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(body=body, orelse=orelse) if is_typing_block(node):
            return all(map(_passes_on, (*body, *orelse)))
        case ast.Assign(targets=[target]):
            return ast.unparse(target).strip("()") in ("__all__", "__getattr__, __dir__")
        case _:
            return False


def _constants(node: ast.AST) -> Iterator[str]:
    return (item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str))


def _names(annotation: str) -> Iterator[str]:
    """Yield the names in an annotation that is text. Other texts have none."""
    try:
        tree = ast.parse(annotation, mode="eval")
    except SyntaxError:
        return
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
