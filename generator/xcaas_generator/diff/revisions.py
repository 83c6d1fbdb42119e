"""Documents as a command line names them: a file, a folder of them, or either at a git revision (`HEAD:specs`)."""

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
def documents(given: str) -> Generator[dict[str, Path]]:
    """Yield the documents by name; a single file has the empty name.

    Raises:
        Failure: There is nothing of that name.
    """
    path = Path(given)
    if path.exists():
        yield _listed(path)
        return
    revision, colon, inside = given.partition(":")
    if not (revision and colon and inside):
        raise Failure(f"{given}: no such file or folder", code=2)
    with tempfile.TemporaryDirectory(prefix="xcaas-") as folder:
        _extract(revision, inside, Path(folder))
        yield _listed(Path(folder, *PurePosixPath(inside).parts))


def _listed(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {"": path}
    if not path.is_dir():
        raise Failure(f"{path}: no such file or folder", code=2)
    found = {item.stem: item for item in sorted(path.iterdir()) if item.suffix in _SUFFIXES and item.is_file()}
    if not found:
        raise Failure(f"{path} contains no documents", code=2)
    return found


def _extract(revision: str, inside: str, folder: Path) -> None:
    """Lay out the top folder of a path as it was, because documents refer to each other."""
    top = PurePosixPath(inside).parts[0]
    if revision.startswith("-") or top in ("/", "..", "."):
        raise Failure(f"{revision}:{inside}: not a path inside a git repository, seen from its root", code=2)
    done = subprocess.run(
        ["git", "-C", _root(), "archive", "--format=tar", revision, "--", top], capture_output=True, check=False
    )
    if done.returncode:
        raise Failure(f"{revision}:{inside}: {done.stderr.decode(errors='replace').strip()}", code=2)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _root() -> str:
    try:
        done = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Failure("git is not installed; give files or folders", code=2) from None
    if done.returncode:
        raise Failure("not inside a git repository; give files or folders", code=2)
    return done.stdout.strip()
