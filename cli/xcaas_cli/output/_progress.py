"""What a long call is doing, on stderr where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

__all__ = ["show_bytes", "show_text"]


@contextmanager
def show_text(first: str, *, hidden: bool = False) -> Generator[Callable[[str], None]]:
    """Give what changes a line of text. The line is gone at the end."""
    with _line(first, [], hidden=hidden) as update:
        yield lambda text: update(description=text)


@contextmanager
def show_bytes(name: str) -> Generator[Callable[[int, int | None], None]]:
    """Give what is told the bytes that have come, and all bytes if they are known."""
    with _line(name, ["bar", "bytes", "speed"]) as update:
        yield lambda done, whole: update(completed=done, total=whole)


@contextmanager
def _line(text: str, parts: list[str], *, hidden: bool = False) -> Generator[Callable[..., Any]]:
    if hidden or not sys.stderr.isatty():
        yield _ignore
        return
    from rich import progress
    from rich.console import Console

    made = {"bar": progress.BarColumn, "bytes": progress.DownloadColumn, "speed": progress.TransferSpeedColumn}
    columns = [
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        *(made[part]() for part in parts),
        progress.TimeElapsedColumn(),
    ]
    console = Console(stderr=True)
    # Data stays on stdout: rich would show it above the line.
    with progress.Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as shown:
        yield partial(shown.update, shown.add_task(text, total=None))


def _ignore(**_changes: object) -> None:
    pass
