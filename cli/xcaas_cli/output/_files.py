"""Destinations of results: stdout, or a file that appears when it is complete."""

from __future__ import annotations

import glob
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from .._messages import say
from ._progress import show_bytes

if TYPE_CHECKING:
    from xcaas import Download

__all__ = [
    "atomic_file",
    "check_folder",
    "check_stdout",
    "check_target",
    "copy_to_stdout",
    "open_text",
    "remove_leftovers",
    "save_download",
    "write_bytes",
]


def check_target(into: str, *, folder: bool, option: str = "--into") -> None:
    """Check that a file can be written, before anything is sent.

    Raises:
        click.UsageError: It is a pipe or a device, its folder is missing, or it is a folder where that is not allowed.
    """
    target = Path(into)
    if target.is_dir():
        if not folder:
            raise click.UsageError(f"{option} {into} is a folder. Give the name of a file.")
    elif target.exists() and not target.is_file():
        raise click.UsageError(f"{option} {into} is a pipe or a device. Give the name of a file.")
    elif not target.parent.is_dir():
        raise click.UsageError(f"{option} {into}: the folder {target.parent} does not exist. Create it first.")


def check_folder(into: Path) -> None:
    """Create the folder of an export. Its parent must exist: a missing one is probably a typo or an unmounted disk.

    Raises:
        click.UsageError: The parent folder does not exist.
    """
    if not into.parent.is_dir():
        raise click.UsageError(f"--into {into}: the folder {into.parent} does not exist. Create it first.")
    into.mkdir(exist_ok=True)


def check_stdout(subject: str) -> None:
    """Check that bytes are not written to a terminal, before anything is sent.

    Raises:
        click.UsageError: stdout is a terminal.
    """
    if sys.stdout.isatty():
        raise click.UsageError(f"{subject} cannot be shown in a terminal. Add --into FILE, or pipe the output.")


@contextmanager
def atomic_file(target: Path) -> Generator[Path]:
    """Yield the path of a temporary file, which replaces the target at the end and is removed after an error or Ctrl-C."""
    try:
        descriptor, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=f".part{target.suffix}", dir=target.parent
        )
    except OSError as error:  # name the target, not the temporary file
        raise OSError(error.errno, error.strerror, str(target)) from error
    os.close(descriptor)
    try:
        yield Path(name)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if type(error) is OSError and error.errno is not None and error.filename is None:  # such as ENOSPC from a write
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise


def remove_leftovers(target: Path) -> None:
    """Remove the temporary files that killed runs left next to a file."""
    for path in target.parent.glob(f"{glob.escape(f'.{target.name}.')}*.part*"):
        path.unlink(missing_ok=True)


@contextmanager
def open_text(into: str | None) -> Generator[TextIO]:
    """Open a file or stdout for text, in UTF-8 on every system."""
    if into is None:
        out: TextIO = sys.stdout
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(encoding="utf-8", newline="\n")
        yield out
        return
    with atomic_file(Path(into)) as path, open(path, "w", encoding="utf-8", newline="\n") as out:
        yield out


def write_bytes(chunks: Iterable[bytes], into: str | None) -> None:
    """Write bytes to a file or to stdout."""
    if into is not None:
        with atomic_file(Path(into)) as path, open(path, "wb") as file:
            file.writelines(chunks)
        return
    sys.stdout.buffer.writelines(chunks)


def save_download(download: Download, into: str | None) -> None:
    """Save and verify a file. In a folder, it gets the name that the service gives it."""
    if into is None:
        write_bytes(download.iter_bytes(), None)
        return
    with show_bytes(Path(into).name) as update:
        path = download.save(into, progress=update)
    say(f"Saved {path}")


def copy_to_stdout(path: Path) -> None:
    """Write a finished file to stdout."""
    with open(path, "rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
