"""Every public name of the installed package has a type."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.packaging.installing import Environment


@pytest.mark.parametrize("package", ["xcaas", "xcaas_core"])
def test_public_symbols_are_completely_typed(minimal_environment: Environment, package: str) -> None:
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--pythonpath",
        str(minimal_environment.python),
        "--ignoreexternal",
    ]
    # The checker looks for packages in the activated environment.
    variables = {
        **os.environ,
        "VIRTUAL_ENV": str(minimal_environment.folder),
        "PATH": f"{minimal_environment.folder}/bin:{os.environ['PATH']}",
    }
    completed = subprocess.run(
        [*command, "--verifytypes", package],
        capture_output=True, text=True, timeout=110, cwd=minimal_environment.folder, env=variables,
    )  # fmt: skip
    assert "Type completeness score: 100%" in completed.stdout, completed.stdout[-3000:]
    assert "No py.typed" not in completed.stdout
