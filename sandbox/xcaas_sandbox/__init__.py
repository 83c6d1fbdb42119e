"""A local server that plays the 8x8 XCaaS APIs, driven by the same specs as the SDK."""

from ._faults import Fault, Faults
from ._proxy import FaultProxy
from ._server import Sandbox

__all__ = ["Fault", "FaultProxy", "Faults", "Sandbox"]
