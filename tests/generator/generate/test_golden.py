"""Generated trees, byte for byte.

After a change on purpose, write them anew and read the diff:

    XCAAS_UPDATE_GOLDEN=1 pytest tests/generator/generate/test_golden.py
"""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from xcaas_generator.generate.pipeline import run
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.package import lockfile
from xcaas_generator.progress import Progress

GOLDEN = Path(__file__).parent / "golden"
SPEC = GOLDEN / "pets.yaml"


@pytest.mark.parametrize(("name", "suite"), [("package", False), ("suite", True)])
def test_the_tree_is_as_committed(name: str, suite: bool, tmp_path: Path) -> None:
    job = BuildRequest(tmp_path / "pets", (Source("pets", SPEC),), suite=suite, strict=True)
    run(job, Progress(io.StringIO()))
    # The lock holds hashes of the generator itself, which change with every edit of it.
    (job.target / lockfile.NAME).unlink()
    if os.environ.get("XCAAS_UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        shutil.copytree(job.target, GOLDEN / name)
    made, expected = read(job.target), read(GOLDEN / name)
    assert sorted(made) == sorted(expected)
    for path, text in expected.items():
        assert made[path] == text, path


def read(folder: Path) -> dict[str, str]:
    return {path: (folder / path).read_bytes().decode() for path in lockfile.walk(folder)}
