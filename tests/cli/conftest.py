"""One sandbox for all tests of a module, and the command that calls it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.cli.running import Command, Inside, Outcome
from xcaas_cli import main
from xcaas_sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=50) as sandbox:
        yield sandbox


@pytest.fixture
def xcaas(sandbox: Sandbox) -> Command:
    return Command(sandbox.base_url)


@pytest.fixture
def inside(xcaas: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """Run the command in this process, which is quicker."""
    monkeypatch.setattr(os, "environ", xcaas.environment())

    def run(*arguments: str) -> Outcome:
        code = main(arguments)
        written = capsys.readouterr()
        return Outcome(code, written.out, written.err)

    return run
