"""Credentials in the environment, and closed clients after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xcaas_data.files import XCaaSFileSystem, close_clients


@pytest.fixture(autouse=True)
def credentials_in_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XCAAS_CLIENT_ID", "eght_demo")
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "demo-secret")
    yield
    XCaaSFileSystem.clear_instance_cache()
    close_clients()
