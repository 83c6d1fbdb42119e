"""One formatter run over a whole tree: the pinned ruff, with settings of our own only."""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from .failure import Failure

_SETTINGS = ("--isolated", "--no-cache", "--line-length=120", "--target-version=py311", "--quiet")


def _ruff() -> str:
    """Where the program is. The package has no types, so it is not imported in the usual way."""
    find: Callable[[], str] = importlib.import_module("ruff").find_ruff_bin
    return find()


def format_tree(folder: Path, paths: Sequence[str]) -> None:
    """Format modules in place, those at the given paths below a folder.

    Raises:
        Failure: ruff could not parse or write a file. The first is a mistake of the generator.
    """
    if not paths:
        return
    # One folder instead of thousands of names: a command line has a limit.
    command = [_ruff(), "format", *_SETTINGS, "--", "."]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise Failure(f"the formatter failed, nothing was written:\n{done.stderr.strip()}")
