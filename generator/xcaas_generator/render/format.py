"""One formatter run over a whole tree: the pinned ruff, with settings of our own only."""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from xcaas_generator.failure import Failure

_SETTINGS = ("--isolated", "--no-cache", "--line-length=120", "--target-version=py311", "--quiet")


def format_tree(folder: Path, paths: Sequence[str]) -> None:
    """Format modules in place, those at the given paths below a folder.

    Raises:
        Failure: ruff could not parse or write a file. The first is a mistake of the generator.
    """
    with formatting(folder, paths):
        pass


@contextmanager
def formatting(folder: Path, paths: Sequence[str]) -> Generator[None]:
    """Format a tree while the block runs; it is done when the block is left. Raises as `format_tree` does."""
    if not paths:
        yield
        return
    # One folder instead of thousands of names: a command line has a limit.
    command = [_ruff(), "format", *_SETTINGS, "--", "."]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        try:
            yield
        except BaseException:
            running.kill()
            raise
        complaint = running.communicate()[1].decode(errors="replace").strip()
    if running.returncode:
        raise Failure(f"the formatter failed; nothing was written:\n{complaint}")


def _ruff() -> str:
    """Return where the program is. The package has no types, so it is not imported in the usual way."""
    find: Callable[[], str] = importlib.import_module("ruff").find_ruff_bin
    return find()
