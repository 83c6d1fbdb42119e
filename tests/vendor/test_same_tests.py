"""The tests of credentials and of retries, run against the core of a vendored `storage`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.vendor.core_alias import LEFT_OUT, VARIABLE
from tests.vendor.hosts import run_in, vendored

ROOT = Path(__file__).parents[2]
OAUTH = [
    "tests/auth/test_answer.py",
    "tests/auth/test_authorizer.py",
    "tests/auth/test_corners.py",
    "tests/auth/test_credentials.py",
    "tests/auth/test_fetch.py",
    "tests/auth/test_loopback.py",
    "tests/auth/test_machine.py",
    "tests/auth/test_policy.py",
    "tests/core/test_call_sync_async.py",
    "tests/core/test_errors.py",
    "tests/core/test_retry.py",
]
ALL_KINDS = ["tests/auth/test_environment.py", "tests/auth/test_select.py"]
OTHERS = ("ApiKey", "BasicToken", "WorkAnalyticsLogin", "MemoryTokenCache", "sdk")
# They read what copies leave out for good: words of private modules, and properties that only tests look at.
NOT_OF_COPIES = [
    "tests/core/test_call_sync_async.py::test_a_cancelled_call_leaves_nothing_behind",
    "tests/core/test_errors.py::test_the_tree_in_the_docstring_is_the_tree_in_the_code",
    "tests/core/test_retry.py::test_a_budget_is_never_overdrawn_and_never_overfull",
]


def run_tests(folder: Path, *tests: str) -> tuple[int, list[str]]:
    """Run tests of the SDK against the copy in a folder. How many passed, and which needed more than it holds."""
    left_out = folder / "left-out.txt"
    environment = {
        **os.environ,
        VARIABLE: "acme.clients._core",
        LEFT_OUT: str(left_out),
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    options = ["-p", "tests.vendor.core_alias", "-p", "no:cacheprovider", "-n0"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(f"--deselect={test}" for test in NOT_OF_COPIES), *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    return int(passed[1]), left_out.read_text("utf-8").splitlines() if left_out.exists() else []


def test_the_sdks_own_tests_pass_against_copies(tmp_path: Path) -> None:
    """Those of OAuth and of retries against what `storage` needs, and those of all else against a copy with all else."""
    slim, other = tmp_path / "slim", tmp_path / "other"
    vendored(slim / "acme" / "clients", "storage")
    passed, left_out = run_tests(slim, *OAUTH)
    assert passed > 2 * len(left_out)

    vendored(other / "acme" / "clients", "storage", *(word for name in OTHERS for word in ("--with", name)))
    passed, left_out = run_tests(other, *ALL_KINDS, *left_out)
    assert left_out == []


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
