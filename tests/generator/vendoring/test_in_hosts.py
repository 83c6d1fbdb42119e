"""Three repositories without `xcaas` vendor a client: run, edit, check and update it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import FLAT, HOSTS, LAYERS, SITE, Host, replace, run_in, run_vendor, snapshot
from xcaas_sandbox import Sandbox

EXPECTED = {
    FLAT: r"120 recordings\nTrue checksum\n404 eightx8\n",
    LAYERS: r"\d+ queues\nPK archive\n",
    SITE: r"(\S+ \d+ 20\d\d\n){5}",
}


def test_the_python_of_the_hosts_has_no_xcaas(bare_python: Path, tmp_path: Path) -> None:
    program = "import importlib.util as u; print([u.find_spec(n) for n in ('xcaas', 'xcaas_core', 'xcaas_generator')])"
    assert run_in(tmp_path, [bare_python, "-c", program]).stdout == "[None, None, None]\n"


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_hosts_can_run_check_and_update_their_copy(
    host: Host, tmp_path: Path, bare_python: Path, sandbox: Sandbox
) -> None:
    root = host.create(tmp_path)
    target = root / host.into
    check = [bare_python, target / "_vendor_check.py"]

    assert run_vendor(target, *host.arguments).code == 0
    process = host.run(root, bare_python, sandbox.base_url)
    assert process.returncode == 0, process.stderr
    assert re.fullmatch(EXPECTED[host], process.stdout), process.stdout
    check_process = run_in(root, check)
    assert (check_process.returncode, check_process.stdout) == (0, "")

    replace(target / "_client.py", "safe to share between threads", "our own words")
    check_process = run_in(root, check)
    assert (check_process.returncode, check_process.stdout) == (1, "modified: _client.py\n")
    refused = run_vendor(target)
    assert refused.code == 1
    assert str(target / "_client.py") in refused.output

    forced = run_vendor(target, "--force")
    assert forced.code == 0
    assert f"overwritten: {target / '_client.py'}" in forced.output
    assert run_in(root, check).returncode == 0
    assert run_vendor(target, "--check").code == 0
    assert host.run(root, bare_python, sandbox.base_url).returncode == 0


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "project" / "clients"
    run_vendor(target, "storage")
    before = snapshot(target)
    again = run_vendor(target, "storage")
    assert again.code == 0
    assert "up to date" in again.output
    assert snapshot(target) == before
