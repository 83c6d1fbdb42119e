"""The environment variables of a sandbox, set in this process."""

from __future__ import annotations

import pytest

from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment


@pytest.fixture(autouse=True)
def sandbox_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(sandbox.base_url).items():
        monkeypatch.setenv(name, value)
