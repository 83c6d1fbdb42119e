"""Type checkers of users find a type for every public name, in the package as it is installed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.packaging.installing import Environment


@pytest.mark.parametrize("package", ["xcaas", "xcaas_core"])
def test_every_public_symbol_has_a_known_type(plain: Environment, package: str) -> None:
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", str(plain.python), "--ignoreexternal"]
    # The checker looks for packages where the activated environment has them.
    activated = {**os.environ, "VIRTUAL_ENV": str(plain.folder), "PATH": f"{plain.folder}/bin:{os.environ['PATH']}"}
    done = subprocess.run(
        [*command, "--verifytypes", package],
        capture_output=True, text=True, timeout=110, cwd=plain.folder, env=activated,
    )  # fmt: skip
    assert "Type completeness score: 100%" in done.stdout, done.stdout[-3000:]
    assert "No py.typed" not in done.stdout
