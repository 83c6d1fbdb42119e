"""Formatting of a whole tree by one run of ruff, independent of the user's settings."""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from xcaas_generator.failure import Failure

_SETTINGS = ("--isolated", "--no-cache", "--line-length=120", "--target-version=py311", "--quiet")


def format_tree(folder: Path, paths: Sequence[str]) -> None:
    """Format modules in place, at the given paths in a folder.

    Raises:
        Failure: ruff could not parse or write a file. The former is a bug in the generator.
    """
    with formatting(folder, paths):
        pass


@contextmanager
def formatting(folder: Path, paths: Sequence[str]) -> Generator[None]:
    """Format a tree while the block runs, and wait for the end after it. Raises `Failure` like `format_tree`."""
    if not paths:
        yield
        return
    # The folder rather than thousands of paths, because command lines have a maximum length.
    command = [_ruff(), "format", *_SETTINGS, "--", "."]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            yield
        except BaseException:
            process.kill()
            raise
        message = process.communicate()[1].decode(errors="replace").strip()
    if process.returncode:
        raise Failure(f"the formatter failed; nothing was written:\n{message}")


def _ruff() -> str:
    """Return the path of the program. `ruff` has no type information, hence `import_module`."""
    find: Callable[[], str] = importlib.import_module("ruff").find_ruff_bin
    return find()
