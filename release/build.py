"""The files of a release: the source distribution of this tree, and the wheel built from it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from release.metadata import VARIABLE

__all__ = ["ROOT", "build", "commit_time"]

ROOT = Path(__file__).parents[1]


def build(into: Path, epoch: str, address: str = "") -> tuple[Path, Path]:
    """Build both with the installed build backend, and return the paths of the source distribution and the wheel.

    Their bytes depend only on the tree, the backend, the address and the time. The wheel is built from the source
    distribution, which proves that that is complete.

    Raises:
        RuntimeError: The backend failed.
    """
    environment = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    _run_backend(ROOT, "sdist", into, environment | {VARIABLE: address})
    (source,) = into.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        (unpacked,) = Path(folder).iterdir()
        _run_backend(unpacked, "wheel", into, environment | {VARIABLE: ""})
    (wheel,) = into.glob("*.whl")
    return source, wheel


def commit_time() -> str:
    """Return the time of the last commit, in seconds since the epoch. It is used for everything built from it."""
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _run_backend(tree: Path, kind: str, into: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into.resolve())]
    completed = subprocess.run(
        command, cwd=tree, env=environment, check=False, timeout=110, capture_output=True, text=True
    )
    if completed.returncode:
        raise RuntimeError(f"hatchling could not build the {kind}:\n{completed.stderr}")
