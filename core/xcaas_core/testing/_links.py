"""Links between the operations of a product: which one has the state of a job, which one describes a file.

A spec states them at the operation that starts the job or returns the file; a fake response of
the other one needs them, too.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ..operations._operation import Operation

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from ..operations._extensions import DownloadSpec, StatusLink

__all__ = ["Links", "call_names", "links_of", "operations_of"]


class Links:
    """Operations that return the state of a job or the checksum of a file."""

    def __init__(self) -> None:
        self.states: dict[Operation[object], StatusLink] = {}
        self.files: dict[Operation[object], DownloadSpec] = {}


@cache
def links_of(package: str) -> Links:
    """Return the links within one product; none for operations outside a module."""
    links = Links()
    for operation in operations_of(package):
        polling, download = operation.poller, operation.download
        if polling is not None and (target := _find(package, polling.status.operation)) is not None:
            links.states[target] = polling.status
        if download is not None and download.checksum is not None:
            target = _find(package, download.checksum.operation)
            if target is not None:
                links.files[target] = download
    return links


@cache
def call_names(package: str) -> frozenset[str]:
    """Return the names of all calls of a product."""
    return frozenset(operation.call for operation in operations_of(package))


def operations_of(package: str) -> list[Operation[object]]:
    """Return the operations in the modules of a package."""
    try:
        root = import_module(package)
    except ImportError:
        return []
    operations: list[Operation[object]] = []
    for module in pkgutil.iter_modules(getattr(root, "__path__", ())):
        if module.name.startswith("_") and not module.ispkg:
            values = vars(import_module(f"{package}.{module.name}")).values()
            operations += filter(_is_operation, values)
    return operations


def _is_operation(value: object) -> TypeIs[Operation[object]]:
    return isinstance(value, Operation)


def _find(package: str, reference: str) -> Operation[object] | None:
    module, _, name = reference.partition(":")
    try:
        operation = getattr(import_module(f"{package}.{module}"), name, None)
    except ImportError:
        return None
    return operation if _is_operation(operation) else None
