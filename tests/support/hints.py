"""Every hint of models and calls in a generated package, resolved as libraries do that read hints."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from types import ModuleType

from xcaas_core.models import Model


def hinted(package: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """The models of a package, their typed dictionaries, and the methods of its resources."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ != module.__name__:
                continue
            if issubclass(cls, Model) or typing.is_typeddict(cls):
                yield f"{module.__name__}.{name}", cls
            for called, method in vars(cls).items():
                if inspect.isfunction(method) and not called.startswith("_"):
                    yield f"{module.__name__}.{name}.{called}", method


def unresolved(package: ModuleType) -> tuple[int, list[str]]:
    """How many things have hints, and what is wrong with those that do not resolve."""
    count, wrong = 0, list[str]()
    for where, owner in hinted(package):
        count += 1
        try:
            typing.get_type_hints(owner, include_extras=True)
        except Exception as error:
            wrong.append(f"{where}: {error!r}")
    return count, wrong
