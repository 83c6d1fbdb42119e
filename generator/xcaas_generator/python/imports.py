"""The import lines of one generated module, and names that nothing in it hides.

A spec may call a field `str`, a method `list`, a model `Any` or a resource
`Resource`. A class body that defines `list` changes what `list[int]` means further
down, so a name that is taken comes in under another one.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import NamedTuple

from xcaas_generator.python.code import Code, code, identifier, join, module_path
from xcaas_generator.python.names import Scope

_BUILTINS = frozenset(dir(builtins))
SDK = "xcaas_core.sdk"


class Header(NamedTuple):
    """The top of a module: imports for run time and for type checkers."""

    run_time: tuple[Code, ...]
    typing_only: tuple[Code, ...]


class Imports:
    """Collects what a module uses.

    Args:
        taken: Names that the module and its classes define themselves.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._scope = Scope(self._taken | _BUILTINS)
        self._local: dict[tuple[str, str], str] = {}
        self._typing_only: set[tuple[str, str]] = set()

    def use(self, module: str, name: str, *, typing_only: bool = False) -> Code:
        """Return the local name of `module.name`. A use at run time wins over one in annotations."""
        if module == SDK:
            return code("{}.{}", self.use_module(SDK, "_sdk"), identifier(name))
        key = (module, name)
        if key not in self._local:
            self._local[key] = self._scope.claim(name, f"_{name}")
            if typing_only:
                self._typing_only.add(key)
        elif not typing_only:
            self._typing_only.discard(key)
        return identifier(self._local[key])

    def use_module(self, module: str, alias: str, *, typing_only: bool = False) -> Code:
        """Return the local name of a whole module, as in `import datetime as _dt`."""
        key = (module, "")
        if key not in self._local:
            self._local[key] = self._scope.claim(alias)
            if typing_only:
                self._typing_only.add(key)
        elif not typing_only:
            self._typing_only.discard(key)
        return identifier(self._local[key])

    def known(self, module: str, name: str) -> Code | None:
        """Return the local name of something that is in use already."""
        local = self._local.get((module, name))
        return None if local is None else identifier(local)

    def builtin(self, name: str) -> Code:
        """Return `str`, `list` and so on, or a detour where the module defines that name itself."""
        if name in self._taken:
            return self.use("builtins", name)
        return identifier(name)

    def header(self) -> Header:
        """Return the import statements that came together."""
        if self._typing_only:
            # Templates write this name, and nothing at the level of a module can have it.
            self._local["typing", "TYPE_CHECKING"] = "TYPE_CHECKING"
        return Header(self._lines(typing_only=False), self._lines(typing_only=True))

    def _lines(self, *, typing_only: bool) -> tuple[Code, ...]:
        """Return import lines sorted as linters want them: standard library, core, siblings, a blank line between."""
        found: list[tuple[int, bool, str, Code]] = []
        by_module: dict[str, list[tuple[str, Code]]] = {}
        for (module, name), local in self._local.items():
            if ((module, name) in self._typing_only) is not typing_only:
                continue
            if name:
                part = identifier(name) if local == name else code("{} as {}", identifier(name), identifier(local))
                by_module.setdefault(module, []).append((name, part))
            else:
                found.append(_whole_module(module, identifier(local)))
        for module, parts in by_module.items():
            names = join(", ", [part for _, part in sorted(parts, key=_name_order)])
            found.append((_group(module), True, module, code("from {} import {}", module_path(module), names)))
        lines: list[Code] = []
        before = None
        for group, _, _, line in sorted(found):
            if before not in (None, group):
                lines.append(Code(""))
            lines.append(line)
            before = group
        return tuple(lines)


def _whole_module(module: str, local: Code) -> tuple[int, bool, str, Code]:
    """Return the line for a module under another name, and where it stands among the others."""
    leaf = module.rpartition(".")[2]
    parent = module.removesuffix(leaf)
    if not parent:
        return _group(module), False, module, code("import {} as {}", module_path(module), local)
    parent = parent if parent.strip(".") == "" else parent.removesuffix(".")
    return _group(module), True, parent, code("from {} import {} as {}", module_path(parent), identifier(leaf), local)


def _group(module: str) -> int:
    if module.startswith("."):
        return 2
    return 1 if module.startswith("xcaas") else 0


def _name_order(item: tuple[str, Code]) -> tuple[int, str]:
    """Return constants, classes, functions, as isort has it."""
    name = item[0]
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
