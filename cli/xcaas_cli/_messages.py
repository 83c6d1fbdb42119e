"""Messages to the user, on stderr; stdout is for data."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from textwrap import fill

__all__ = ["say"]


def say(text: str) -> None:
    """Write a message to stderr, wrapped at words in a terminal."""
    if sys.stderr.isatty():
        text = fill(text, get_terminal_size().columns - 1, break_long_words=False, break_on_hyphens=False)
    sys.stderr.write(f"{text}\n")
