"""Two copies of different versions and the installed SDK, in one process."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.generator.vendoring.hosts import replace, run_in, run_vendor
from xcaas_generator.vendoring.originals import Originals, installed
from xcaas_sandbox import Sandbox

PROGRAM = """
import pickle, sys, threading
import first, xcaas
from app.inner import second

agents, items = {}, {}


def call(sdk, name):
    key = sdk.ClientCredentials("eght_demo", "demo-secret")
    hook = lambda event: agents.setdefault(name, dict(event.headers).get("user-agent"))
    with sdk.XCaaS(credentials=key, base_url=sys.argv[1]) as client:
        item = next(iter(client.storage.objects.search(limit=1)))
        items[name] = pickle.loads(pickle.dumps(item))
        try:
            client.storage.objects.get("no-such-id")
        except sdk.NotFoundError as error:
            print(name, type(error).__module__, error.status)


threads = [threading.Thread(target=call, args=item) for item in ((xcaas, "sdk"), (first, "first"), (second, "second"))]
for thread in threads:
    thread.start()
    thread.join()
print(len({type(item) for item in items.values()}), {item.id for item in items.values()} == {items["sdk"].id})
print(first.__version__, second.__version__, issubclass(first.NotFoundError, second.XCaaSError))
"""


def test_copies_of_different_versions_are_independent(tmp_path: Path, sandbox: Sandbox) -> None:
    older = tmp_path / "older"
    run_vendor(tmp_path / "first", "storage")
    run_vendor(tmp_path / "app" / "inner" / "second", "storage", originals=_older_originals(older))
    process = run_in(tmp_path, [sys.executable, "-c", PROGRAM, sandbox.base_url])
    assert process.returncode == 0, process.stderr
    version = installed().version
    assert process.stdout.splitlines() == [
        "sdk xcaas 404",
        "first first 404",
        "second app.inner.second 404",
        "3 True",
        f"{version} 0.0.1 False",
    ]


def _older_originals(folder: Path) -> Originals:
    import shutil

    base = installed()
    core = folder / "xcaas_core"
    shutil.copytree(base.core, core, ignore=shutil.ignore_patterns("__pycache__"))
    replace(core / "_version.py", f'"{base.version}"', '"0.0.1"')
    return Originals(base.suite, core, base.licence)
