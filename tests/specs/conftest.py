"""Runs a test once per spec, or once per file, and hands it the spec folder."""

from __future__ import annotations

import pytest

from tests.specs.folder import SPECS, Folder


@pytest.fixture(scope="session")
def folder() -> Folder:
    return SPECS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `document` runs once per spec, one that asks for `file` once per YAML file."""
    if "document" in metafunc.fixturenames:
        metafunc.parametrize("document", tuple(SPECS.documents))
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("file", tuple(SPECS.files))
