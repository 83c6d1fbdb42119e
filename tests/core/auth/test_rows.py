"""The rows of the table of credential behaviour: each has a test, which names its number."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.sample_client import Client
from xcaas_core import ClientCredentials
from xcaas_core.testing import FakeServer

ROWS = range(1, 40)


def test_every_row_has_a_test_that_names_its_number() -> None:
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py")]
    # A number counts only where a test follows, with its decorators in between.
    named = re.compile(r"^ *# CREDENTIALS (\d+)\n(?: *[@)\]\"'(\[#].*\n| {4,}.*\n)*? *def test_", re.MULTILINE)
    assert {int(number) for text in texts for number in named.findall(text)} == set(ROWS)


# CREDENTIALS 39
def test_a_fake_clock_and_a_fake_transport_are_public_helpers() -> None:
    server = FakeServer(check=False)
    with Client(http_client=server, credentials=ClientCredentials("id", "secret")) as client:
        client.sample.get()
        client.sample.get()
        assert len(server.token_requests) == 1
        server.clock.sleep(86400)
        client.sample.get()
        assert len(server.token_requests) == 2
