"""The tests of credentials and of retries, run against the core of a vendored `storage`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.vendor.core_alias import VARIABLE
from tests.vendor.hosts import run_in, vendored

ROOT = Path(__file__).parents[2]
TESTS = [
    "tests/auth/test_answer.py",
    "tests/auth/test_authorizer.py",
    "tests/auth/test_corners.py",
    "tests/auth/test_credentials.py",
    "tests/auth/test_environment.py",
    "tests/auth/test_fetch.py",
    "tests/auth/test_loopback.py",
    "tests/auth/test_machine.py",
    "tests/auth/test_policy.py",
    "tests/auth/test_select.py",
    "tests/core/test_call_sync_async.py",
    "tests/core/test_errors.py",
    "tests/core/test_retry.py",
]


def test_the_sdks_own_tests_pass_against_a_copy(tmp_path: Path) -> None:
    vendored(tmp_path / "acme" / "clients", "storage")
    environment = {
        **os.environ,
        VARIABLE: "acme.clients._core",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.vendor.core_alias", "-p", "no:cacheprovider", "-n0", *TESTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout


def test_the_alias_really_leads_to_the_copy(tmp_path: Path) -> None:
    vendored(tmp_path / "acme" / "clients", "storage")
    program = (
        "import tests.vendor.core_alias, xcaas_core._retry, xcaas_core.auth.testing as helper; "
        "from acme.clients._core import _retry; "
        "print(xcaas_core._retry is _retry, _retry.__spec__.name, helper.__name__)"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = run_in(tmp_path, [sys.executable, "-c", program], PYTHONPATH=path, **{VARIABLE: "acme.clients._core"})
    assert done.stdout == "True acme.clients._core._retry acme.clients._core.auth.testing\n", done.stderr
