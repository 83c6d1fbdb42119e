"""Versions of installed packages."""

from __future__ import annotations

from importlib import metadata

import pytest

from xcaas_generator import versions


@pytest.mark.parametrize("package", ["jinja2", "openapi-python-client", "ruff", "xcaas", "ruamel.yaml"])
def test_versions_equal_those_of_importlib_metadata(package: str) -> None:
    assert versions.version(package) == metadata.version(package)


def test_a_missing_package_raises() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        versions.version("no-such-package-anywhere")
