"""The import lines of one generated module, and names that nothing in it hides.

A spec may call a field `str`, a method `list`, a model `Any` or a resource
`Resource`. A class body that defines `list` changes what `list[int]` means further
down, so a name that is taken comes in under another one.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from .names import Scope
from .quote import Code, code, identifier, module_path

_BUILTINS = frozenset(dir(builtins))


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
        """The local name of `module.name`. A use at run time wins over one in annotations."""
        key = (module, name)
        if key not in self._local:
            self._local[key] = self._scope.claim(name, f"_{name}")
            if typing_only:
                self._typing_only.add(key)
        elif not typing_only:
            self._typing_only.discard(key)
        return identifier(self._local[key])

    def use_module(self, module: str, alias: str, *, typing_only: bool = False) -> Code:
        """The local name of a whole module, as in `import datetime as _dt`."""
        key = (module, "")
        if key not in self._local:
            self._local[key] = self._scope.claim(alias)
            if typing_only:
                self._typing_only.add(key)
        elif not typing_only:
            self._typing_only.discard(key)
        return identifier(self._local[key])

    def builtin(self, name: str, *, typing_only: bool = True) -> Code:
        """`str`, `list` and so on, or a detour where the module defines that name itself."""
        if name in self._taken:
            return code("{}.{}", self.use_module("builtins", "_builtins", typing_only=typing_only), identifier(name))
        return identifier(name)

    def lines(self, *, typing_only: bool) -> tuple[Code, ...]:
        """Sorted import statements: those needed at run time, or those for type checkers."""
        by_module: dict[str, list[Code]] = {}
        whole: list[tuple[str, Code]] = []
        for key, local in self._local.items():
            module, name = key
            if (key in self._typing_only) is not typing_only:
                continue
            if name:
                line = code("{}", identifier(name)) if local == name else code("{} as {}", identifier(name), identifier(local))
                by_module.setdefault(module, []).append(line)
            else:
                whole.append((module, code("import {} as {}", module_path(module), identifier(local))))
        lines = [line for _, line in sorted(whole)]
        for module in sorted(by_module, key=_import_order):
            names = Code(", ".join(sorted(by_module[module])))
            lines.append(code("from {} import {}", module_path(module), names))
        return tuple(lines)


def _import_order(module: str) -> tuple[int, str]:
    if module.startswith("."):
        return (2 if module.startswith("..") else 3, module)
    return (1 if module.startswith("xcaas") else 0, module)
