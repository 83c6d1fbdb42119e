"""Versions of installed packages."""

from __future__ import annotations

from importlib import metadata

import pytest

from xcaas_generator import versions


@pytest.mark.parametrize("package", ["jinja2", "openapi-python-client", "ruff", "xcaas", "ruamel.yaml"])
def test_versions_are_those_of_the_standard_library(package: str) -> None:
    assert versions.version(package) == metadata.version(package)


def test_a_package_that_is_not_there() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        versions.version("no-such-package-anywhere")
