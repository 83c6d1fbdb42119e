"""Building and installing take seconds, so the tests of this folder share what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.installing import Environment, build_wheel, environment


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install xcaas`."""
    return environment(tmp_path_factory.mktemp("plain"), wheel)


@pytest.fixture(scope="session")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install 'xcaas[generator,mcp,sandbox]'`."""
    return environment(tmp_path_factory.mktemp("complete"), wheel, "generator", "mcp", "sandbox")
