"""A sandbox for the tests of bulk work, and a client with credentials for all of its products."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.products.support import JANUARY, client_of
from xcaas import XCaaS
from xcaas_sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100, until=JANUARY) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def client(sandbox: Sandbox) -> Iterator[XCaaS]:
    with client_of(sandbox.base_url) as client:
        yield client
