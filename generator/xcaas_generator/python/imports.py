"""Imports of a generated module, under names that nothing in it shadows.

A spec may have a field `str`, a method `list`, a model `Any` or a resource `Resource`. A class that defines `list`
changes the meaning of `list[int]` in its body, so names that are taken are imported under an alias.
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
    """The imports of a module: for run time, and for type checkers only."""

    run_time: tuple[Code, ...]
    typing_only: tuple[Code, ...]


class Imports:
    """Collects the imports of a module.

    Args:
        taken: Names that the module and its classes define themselves.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._scope = Scope(self._taken | _BUILTINS)
        self._local: dict[tuple[str, str], str] = {}
        self._typing_only: set[tuple[str, str]] = set()

    def use(self, module: str, name: str, *, typing_only: bool = False) -> Code:
        """Return the local name of `module.name`. It is imported at run time unless all uses are `typing_only`."""
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
        """Return the local name of a module, as in `import datetime as _dt`."""
        key = (module, "")
        if key not in self._local:
            self._local[key] = self._scope.claim(alias)
            if typing_only:
                self._typing_only.add(key)
        elif not typing_only:
            self._typing_only.discard(key)
        return identifier(self._local[key])

    def local_name(self, module: str, name: str) -> Code | None:
        """Return the local name of `module.name` if it is imported already."""
        local = self._local.get((module, name))
        return None if local is None else identifier(local)

    def builtin(self, name: str) -> Code:
        """Return a builtin such as `str`; by way of `builtins` if the module defines that name."""
        if name in self._taken:
            return self.use("builtins", name)
        return identifier(name)

    def header(self) -> Header:
        """Return the collected imports."""
        if self._typing_only:
            # The name is in templates, so it has no alias. No module-level name of a spec can be equal.
            self._local["typing", "TYPE_CHECKING"] = "TYPE_CHECKING"
        return Header(self._lines(typing_only=False), self._lines(typing_only=True))

    def _lines(self, *, typing_only: bool) -> tuple[Code, ...]:
        """Return sorted import lines in groups: standard library, core, own package."""
        entries: list[tuple[int, bool, str, Code]] = []
        by_module: dict[str, list[tuple[str, Code]]] = {}
        for (module, name), local in self._local.items():
            if ((module, name) in self._typing_only) is not typing_only:
                continue
            if name:
                part = identifier(name) if local == name else code("{} as {}", identifier(name), identifier(local))
                by_module.setdefault(module, []).append((name, part))
            else:
                entries.append(_module_import(module, identifier(local)))
        for module, parts in by_module.items():
            names = join(", ", [part for _, part in sorted(parts, key=_name_order)])
            entries.append((_group(module), True, module, code("from {} import {}", module_path(module), names)))
        lines: list[Code] = []
        previous = None
        for group, _, _, line in sorted(entries):
            if previous not in (None, group):
                lines.append(Code(""))
            lines.append(line)
            previous = group
        return tuple(lines)


def _module_import(module: str, local: Code) -> tuple[int, bool, str, Code]:
    """Return the import of a module under an alias, with its sort key."""
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
    """Return a sort key: constants, classes, then functions, as in isort."""
    name = item[0]
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
