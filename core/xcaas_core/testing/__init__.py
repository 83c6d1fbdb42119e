"""Fakes for the tests of code that uses a client.

`FakeServer` stands in for the services behind any client, without a network and without waiting.
`Cassette` records calls and replays them. `WebhookSigner` makes webhooks as the services send them.
"""

from __future__ import annotations

from ._cassette import Cassette as Cassette
from ._cassette import CassetteMismatch as CassetteMismatch
from ._check import RequestMismatch as RequestMismatch
from ._clock import FakeClock as FakeClock
from ._responses import FakeRequest as FakeRequest
from ._responses import FakeResponse as FakeResponse
from ._server import FakeServer as FakeServer
from ._server import UnexpectedRequest as UnexpectedRequest
from ._webhooks import SignedWebhook as SignedWebhook
from ._webhooks import WebhookSigner as WebhookSigner

__all__ = [
    "Cassette",
    "CassetteMismatch",
    "FakeClock",
    "FakeRequest",
    "FakeResponse",
    "FakeServer",
    "RequestMismatch",
    "SignedWebhook",
    "UnexpectedRequest",
    "WebhookSigner",
]
