"""One sandbox for all examples, and an environment that leads to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xcaas import XCaaS
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in environment(running.base_url).items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[XCaaS]:
    with XCaaS.from_env() as client:
        yield client
