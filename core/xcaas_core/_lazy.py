"""Public names: loaded on first use, and classes named after the package that users import."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from inspect import get_annotations
from types import ModuleType
from typing import Final, TypeVar

__all__ = ["lazy_attributes", "public"]

AnyClass = TypeVar("AnyClass", bound=type)

# `xcaas` for `xcaas_core`; in a vendored copy, the package that contains `_core`.
_PUBLIC: Final = (__package__ or "").removesuffix("_core").removesuffix(".")


def public(cls: AnyClass) -> AnyClass:
    """Name a class after the package that users import it from, for `repr`, tracebacks and pickles.

    A class of core is imported from `xcaas`; a generated one from the package that its module is in.
    """
    if "__annotations__" in vars(cls):
        # `typing.get_type_hints` would look them up in the public package.
        cls.__annotations__ = get_annotations(cls, eval_str=True)
    module = cls.__module__
    cls.__module__ = _PUBLIC if module.startswith(f"{__package__}.") else module.rpartition(".")[0]
    return cls


def lazy_attributes(
    module: str,
    homes: Mapping[str, str],
    behind: ModuleType | None = None,
    *,
    package: str | None = None,
    advice: str = "",
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package whose names live in submodules.

    Args:
        module: The package's `__name__`.
        homes: The submodule of each name: `{"Storage": "_client"}`. An empty home says that the
            name is a submodule itself.
        behind: A module whose public names the package offers as well.
        package: The package of the submodules, if not `module`.
        advice: What to do about a missing name.
    """
    public: frozenset[str] = frozenset(getattr(behind, "__all__", ()))

    def load(name: str) -> object:
        if name in homes:
            home = homes[name]
            submodule = importlib.import_module(f"{package or module}.{home or name}")
            value: object = getattr(submodule, name) if home else submodule
        elif name in public:
            value = getattr(behind, name)
        else:
            text = f"module {module!r} has no attribute {name!r}{advice}"
            raise AttributeError(text, name=name, obj=sys.modules[module])
        setattr(sys.modules[module], name, value)  # skips this function next time
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[module]), *homes, *public})

    return load, names
