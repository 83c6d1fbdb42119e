"""Three repositories vendor a client, and live with it: run, edit, check, update. None has `xcaas` installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import FLAT, HOSTS, LAYERS, SITE, Host, replace, run_in, snapshot, vendored
from xcaas_sandbox import Sandbox

EXPECTED = {
    FLAT: r"120 recordings\nTrue checksum\n404 eightx8\n",
    LAYERS: r"\d+ queues\nPK archive\n",
    SITE: r"(\S+ \d+ 20\d\d\n){5}",
}


def test_the_python_of_the_hosts_knows_no_xcaas(bare_python: Path, tmp_path: Path) -> None:
    looks = "import importlib.util as u; print([u.find_spec(n) for n in ('xcaas', 'xcaas_core', 'xcaas_generator')])"
    assert run_in(tmp_path, [bare_python, "-c", looks]).stdout == "[None, None, None]\n"


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_a_host_runs_edits_checks_and_updates(host: Host, tmp_path: Path, bare_python: Path, sandbox: Sandbox) -> None:
    root = host.create(tmp_path)
    target = root / host.into
    check = [bare_python, target / "_vendor_check.py"]

    assert vendored(target, *host.arguments).code == 0
    ran = host.run(root, bare_python, sandbox.base_url)
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(EXPECTED[host], ran.stdout), ran.stdout
    done = run_in(root, check)
    assert (done.returncode, done.stdout) == (0, "")

    replace(target / "_client.py", "safe to share between threads", "our own words")
    done = run_in(root, check)
    assert (done.returncode, done.stdout) == (1, "modified: _client.py\n")
    refused = vendored(target)
    assert refused.code == 1
    assert str(target / "_client.py") in refused.told

    forced = vendored(target, "--force")
    assert forced.code == 0
    assert f"overwritten: {target / '_client.py'}" in forced.told
    assert run_in(root, check).returncode == 0
    assert vendored(target, "--check").code == 0
    assert host.run(root, bare_python, sandbox.base_url).returncode == 0


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    target = tmp_path / "project" / "clients"
    vendored(target, "storage")
    before = snapshot(target)
    again = vendored(target, "storage")
    assert again.code == 0
    assert "up to date" in again.told
    assert snapshot(target) == before
