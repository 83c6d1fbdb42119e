"""One formatter run over a whole tree: the pinned ruff, with settings of our own only."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ruff.__main__ import find_ruff_bin

from .failure import Failure

_SETTINGS = ("--isolated", "--no-cache", "--line-length=120", "--target-version=py311", "--quiet")


def format_tree(folder: Path) -> None:
    """Format every module below a folder in place.

    Raises:
        Failure: ruff could not parse or write a file. The first is a mistake of the generator.
    """
    command = [find_ruff_bin(), "format", *_SETTINGS, "--", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise Failure(f"the formatter failed, nothing was written:\n{done.stderr.strip()}")
