"""Fixtures: the spec folder, and parametrisation by spec or file."""

from __future__ import annotations

import pytest

from tests.specs.folder import SPECS, Folder


@pytest.fixture(scope="session")
def folder() -> Folder:
    return SPECS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with the fixture `document` once per spec, those with `file` once per YAML file."""
    if "document" in metafunc.fixturenames:
        metafunc.parametrize("document", tuple(SPECS.documents))
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("file", tuple(SPECS.files))
