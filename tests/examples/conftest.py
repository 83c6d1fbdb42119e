"""A sandbox for all examples, and the environment variables that configure clients for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xcaas import XCaaS
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as sandbox, pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in environment(sandbox.base_url).items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[XCaaS]:
    with XCaaS.from_env() as client:
        yield client
