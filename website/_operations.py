"""The operations of a product in the generated package, for their error bodies."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from xcaas_core.sdk import Operation

__all__ = ["error_bodies", "operations"]


def operations(product: str) -> dict[str, Operation[object]]:
    """Return the operations of a product, by operation id."""
    package = import_module(f"xcaas.{product}")
    modules = [import_module(f"{package.__name__}.{values.name}") for values in iter_modules(package.__path__)]
    values: list[object] = [value for module in modules for value in vars(module).values()]
    return {value.id: value for value in values if isinstance(value, Operation)}


def error_bodies(operation: Operation[object]) -> dict[str, list[str]]:
    """Return the models of error bodies, with the statuses of each."""
    statuses: dict[str, list[str]] = {}
    for status, specs in operation.errors.items():
        for spec in specs if isinstance(specs, tuple) else (specs,):
            if spec.annotation is not None:
                statuses.setdefault(spec.annotation.replace("_models.", ""), []).append(status)
    return statuses
