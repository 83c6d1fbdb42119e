"""Building and installing take seconds, so the tests of this folder share what comes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from release.build import build
from tests.packaging.installing import Environment, environment

REPOSITORY = "https://git.example/acme/xcaas"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one that `make release` has built, or else one of this tree."""
    if built := os.environ.get("XCAAS_WHEEL"):
        return Path(built)
    return build(tmp_path_factory.mktemp("wheel"), "1767225600", REPOSITORY)[1]


@pytest.fixture(scope="session")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install xcaas`."""
    return environment(tmp_path_factory.mktemp("plain"), wheel)


@pytest.fixture(scope="session")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install 'xcaas[cli,generator,sandbox]'`."""
    return environment(tmp_path_factory.mktemp("complete"), wheel, "cli", "generator", "sandbox")
