"""Fakes for the tests of code that uses a client.

`FakeServer` stands in for the services behind any client, without a network and without waiting.
"""

from __future__ import annotations

from ._answer import FakeAnswer as FakeAnswer
from ._answer import FakeRequest as FakeRequest
from ._check import RequestMismatch as RequestMismatch
from ._clock import FakeClock as FakeClock
from ._server import FakeServer as FakeServer
from ._server import UnexpectedRequest as UnexpectedRequest

__all__ = ["FakeAnswer", "FakeClock", "FakeRequest", "FakeServer", "RequestMismatch", "UnexpectedRequest"]
