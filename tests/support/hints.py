"""Type hints of all models and methods in a generated package, resolved as libraries do."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from types import ModuleType

from xcaas_core.models import Model


def hinted_objects(package: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield the models, typed dictionaries and resource methods of a package, by name."""
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ != module.__name__:
                continue
            if issubclass(cls, Model) or typing.is_typeddict(cls):
                yield f"{module.__name__}.{name}", cls
            for method_name, method in vars(cls).items():
                if inspect.isfunction(method) and not method_name.startswith("_"):
                    yield f"{module.__name__}.{name}.{method_name}", method


def unresolved_hints(package: ModuleType) -> tuple[int, list[str]]:
    """Return the number of objects with hints, and the errors of those that do not resolve."""
    count, errors = 0, list[str]()
    for name, owner in hinted_objects(package):
        count += 1
        try:
            typing.get_type_hints(owner, include_extras=True)
        except Exception as error:
            errors.append(f"{name}: {error!r}")
    return count, errors
