"""Documents named on the command line: a file, a folder, or either at a git revision (`HEAD:specs`)."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from xcaas_generator.failure import Failure

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


@contextmanager
def documents(argument: str) -> Generator[dict[str, Path]]:
    """Yield the documents by name; a single file is named "".

    Raises:
        Failure: There is no such file or folder.
    """
    path = Path(argument)
    if path.exists():
        yield _documents_at(path)
        return
    revision, colon, inner_path = argument.partition(":")
    if not (revision and colon and inner_path):
        raise Failure(f"{argument}: no such file or folder", code=2)
    with tempfile.TemporaryDirectory(prefix="xcaas-") as folder:
        _extract(revision, inner_path, Path(folder))
        yield _documents_at(Path(folder, *PurePosixPath(inner_path).parts))


def _documents_at(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {"": path}
    if not path.is_dir():
        raise Failure(f"{path}: no such file or folder", code=2)
    paths = {item.stem: item for item in sorted(path.iterdir()) if item.suffix in _SUFFIXES and item.is_file()}
    if not paths:
        raise Failure(f"{path} contains no documents", code=2)
    return paths


def _extract(revision: str, inner_path: str, folder: Path) -> None:
    """Extract the top-level folder of a path, because documents refer to each other."""
    top = PurePosixPath(inner_path).parts[0]
    if revision.startswith("-") or top in ("/", "..", "."):
        raise Failure(f"{revision}:{inner_path}: not a path inside a git repository, seen from its root", code=2)
    process = subprocess.run(
        ["git", "-C", _root(), "archive", "--format=tar", revision, "--", top], capture_output=True, check=False
    )
    if process.returncode:
        raise Failure(f"{revision}:{inner_path}: {process.stderr.decode(errors='replace').strip()}", code=2)
    with tarfile.open(fileobj=io.BytesIO(process.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _root() -> str:
    try:
        process = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Failure("git is not installed; give files or folders", code=2) from None
    if process.returncode:
        raise Failure("not inside a git repository; give files or folders", code=2)
    return process.stdout.strip()
