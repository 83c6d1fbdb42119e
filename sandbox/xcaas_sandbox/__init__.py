"""A local server that imitates the 8x8 XCaaS APIs, driven by the same specs as the SDK."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._faults import Fault as Fault
    from ._faults import Faults as Faults
    from ._proxy import FaultProxy as FaultProxy
    from ._server import Sandbox as Sandbox
else:
    _HOMES = {"Fault": "_faults", "FaultProxy": "_proxy", "Faults": "_faults", "Sandbox": "_server"}

    def __getattr__(name: str) -> object:
        # Imported on first use, to raise an error with advice if a library is missing.
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        try:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        except ModuleNotFoundError as error:
            text = f"the sandbox needs {error.name}, which is not installed: pip install 'xcaas[sandbox]'"
            raise ModuleNotFoundError(text, name=error.name) from error


__all__ = ["Fault", "FaultProxy", "Faults", "Sandbox"]
