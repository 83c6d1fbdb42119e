"""The files of a release: a source distribution of this tree, and the wheel that is built from that."""

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
    """Build both, with the build backend that is installed, and return their paths: the source, the wheel.

    Their bytes depend on the tree, the backend, the address and the time alone. The wheel is built from the source
    distribution, so that nothing of it can be missing there, the address included.

    Raises:
        RuntimeError: The backend failed.
    """
    environment = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    _backend(ROOT, "sdist", into, environment | {VARIABLE: address})
    (source,) = into.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        (unpacked,) = Path(folder).iterdir()
        _backend(unpacked, "wheel", into, environment | {VARIABLE: ""})
    (wheel,) = into.glob("*.whl")
    return source, wheel


def commit_time() -> str:
    """Return when the commit was made, in seconds: the time of everything that is built from it."""
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _backend(tree: Path, kind: str, into: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into.resolve())]
    done = subprocess.run(command, cwd=tree, env=environment, check=False, timeout=110, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"hatchling could not build the {kind}:\n{done.stderr}")
