"""Building and installing take seconds, so the tests of this folder share what comes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from release.build import build
from tests.packaging.installing import Environment, environment

__all__ = ["EPOCH", "REPOSITORY"]

REPOSITORY = "https://git.example/acme/xcaas"
EPOCH = "1767225600"


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution and the wheel of this tree."""
    return build(tmp_path_factory.mktemp("dist"), EPOCH, REPOSITORY)


@pytest.fixture(scope="session")
def wheel(request: pytest.FixtureRequest) -> Path:
    """The one that `make release` has built, or else one of this tree."""
    if built := os.environ.get("XCAAS_WHEEL"):
        return Path(built)
    made: tuple[Path, Path] = request.getfixturevalue("files")
    return made[1]


@pytest.fixture(scope="session")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install xcaas`."""
    return environment(tmp_path_factory.mktemp("plain"), wheel)


@pytest.fixture(scope="session")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install 'xcaas[cli,generator,mcp,sandbox]'`."""
    return environment(tmp_path_factory.mktemp("complete"), wheel, "cli", "generator", "mcp", "sandbox")
