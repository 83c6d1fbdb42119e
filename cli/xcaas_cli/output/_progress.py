"""Progress of long calls, on stderr if that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

__all__ = ["show_bytes", "show_text"]


@contextmanager
def show_text(first: str, *, hidden: bool = False) -> Generator[Callable[[str], None]]:
    """Show a line of text, and yield the function that updates it. The line disappears at the end."""
    with _line(first, [], hidden=hidden) as update:
        yield lambda text: update(description=text)


@contextmanager
def show_bytes(name: str) -> Generator[Callable[[int, int | None], None]]:
    """Show a progress bar, and yield the function that updates it with the received and total bytes."""
    with _line(name, ["bar", "bytes", "speed"]) as update:
        yield lambda done, total: update(completed=done, total=total)


@contextmanager
def _line(text: str, parts: list[str], *, hidden: bool = False) -> Generator[Callable[..., Any]]:
    if hidden or not sys.stderr.isatty():
        yield _ignore
        return
    from rich import progress
    from rich.console import Console

    column_types = {"bar": progress.BarColumn, "bytes": progress.DownloadColumn, "speed": progress.TransferSpeedColumn}
    columns = [
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        *(column_types[part]() for part in parts),
        progress.TimeElapsedColumn(),
    ]
    console = Console(stderr=True)
    # rich must not redirect stdout: data belongs there, not above the progress line.
    with progress.Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as display:
        yield partial(display.update, display.add_task(text, total=None))


def _ignore(**_changes: object) -> None:
    pass
