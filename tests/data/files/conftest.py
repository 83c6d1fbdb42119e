"""Credentials in the environment, and nothing left open afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xcaas_data.files import XCaaSFileSystem, close_clients


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XCAAS_CLIENT_ID", "eght_demo")
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "demo-secret")
    yield
    XCaaSFileSystem.clear_instance_cache()
    close_clients()
