"""The operations of a product, as the generated package has them: what only they know."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from xcaas_core.sdk import Operation

__all__ = ["error_bodies", "operations"]


def operations(product: str) -> dict[str, Operation[object]]:
    """Return the operations of a product, by their id in the spec."""
    package = import_module(f"xcaas.{product}")
    modules = [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
    found: list[object] = [value for module in modules for value in vars(module).values()]
    return {value.id: value for value in found if isinstance(value, Operation)}


def error_bodies(operation: Operation[object]) -> dict[str, list[str]]:
    """Return the statuses for which the body of an error is a model, by the type of that body."""
    statuses: dict[str, list[str]] = {}
    for status, specs in operation.errors.items():
        for spec in specs if isinstance(specs, tuple) else (specs,):
            if spec.annotation is not None:
                statuses.setdefault(spec.annotation.replace("_models.", ""), []).append(status)
    return statuses
