"""Fixtures of the vendoring tests: a sandbox, copies, and a Python without `xcaas`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import RUN_TIME, SMALL, make_python, newer_originals, run_vendor
from xcaas_generator.vendoring.originals import Originals
from xcaas_sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=50) as running:
        yield running


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the three run-time dependencies of a copy, and nothing else."""
    return make_python(tmp_path_factory.mktemp("bare") / "python", *RUN_TIME)


@pytest.fixture(scope="session")
def next_version(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    """The small suite in a newer version."""
    return newer_originals(SMALL, tmp_path_factory.mktemp("next"))


@pytest.fixture(scope="session")
def storage_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small suite's `storage`, which tests must not change."""
    target = tmp_path_factory.mktemp("copy") / "xcaas"
    assert run_vendor(target, "storage", originals=SMALL).code == 0
    return target


@pytest.fixture
def target(tmp_path: Path, storage_copy: Path) -> Path:
    """A copy of the small suite in a repository, which tests may change."""
    folder = tmp_path / "host" / "vendor" / "xcaas"
    shutil.copytree(storage_copy, folder)
    (tmp_path / "host" / "pyproject.toml").touch()
    return folder


@pytest.fixture(scope="session")
def real_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real `storage`, which tests must not change."""
    target = tmp_path_factory.mktemp("real") / "eightx8"
    assert run_vendor(target, "storage").code == 0
    return target
