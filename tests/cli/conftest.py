"""A sandbox for all tests, and the command that calls it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.running import Command
from tests.products.support import JANUARY
from xcaas_sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=50, until=JANUARY) as sandbox:
        yield sandbox


@pytest.fixture
def xcaas(sandbox: Sandbox) -> Command:
    return Command(sandbox.base_url)
