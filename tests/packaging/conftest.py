"""Built files and environments, shared by the tests of this folder because they take seconds."""

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
    """Build the source distribution and the wheel of this tree."""
    return build(tmp_path_factory.mktemp("dist"), EPOCH, REPOSITORY)


@pytest.fixture(scope="session")
def wheel(request: pytest.FixtureRequest) -> Path:
    """Return the wheel that `make release` built, or one of this tree."""
    if path := os.environ.get("XCAAS_WHEEL"):
        return Path(path)
    built_files: tuple[Path, Path] = request.getfixturevalue("files")
    return built_files[1]


@pytest.fixture(scope="session")
def minimal_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment as after `pip install xcaas`."""
    return environment(tmp_path_factory.mktemp("plain"), wheel)


@pytest.fixture(scope="session")
def full_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment as after `pip install 'xcaas[cli,generator,mcp,sandbox]'`."""
    return environment(tmp_path_factory.mktemp("complete"), wheel, "cli", "generator", "mcp", "sandbox")
