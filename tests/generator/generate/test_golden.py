"""Generated trees, compared byte for byte.

After an intended change, update them and review the diff:

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
def test_generated_trees_equal_the_committed_ones(name: str, suite: bool, tmp_path: Path) -> None:
    request = BuildRequest(tmp_path / "pets", (Source("pets", SPEC),), suite=suite, strict=True)
    run(request, Progress(io.StringIO()))
    # The lockfile has a hash of the generator, which changes with every edit.
    (request.target / lockfile.NAME).unlink()
    if os.environ.get("XCAAS_UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        shutil.copytree(request.target, GOLDEN / name)
    actual, expected = read(request.target), read(GOLDEN / name)
    assert sorted(actual) == sorted(expected)
    for path, text in expected.items():
        assert actual[path] == text, path


def read(folder: Path) -> dict[str, str]:
    return {path: (folder / path).read_bytes().decode() for path in lockfile.walk(folder)}
