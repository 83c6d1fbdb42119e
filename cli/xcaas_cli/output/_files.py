"""Where results go: stdout, or a file that appears when it is complete."""

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
    "check_folder",
    "check_stdout",
    "check_target",
    "copy_to_stdout",
    "open_text",
    "remove_leftovers",
    "save_download",
    "whole_file",
    "write_bytes",
]


def check_target(into: str, *, folder: bool, option: str = "--into") -> None:
    """Refuse what no file can be written to, before anything is sent.

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
    """Create the folder of an export. A folder above it that is missing is a typo, or a disk that is not mounted.

    Raises:
        click.UsageError: The folder above it is missing.
    """
    if not into.parent.is_dir():
        raise click.UsageError(f"--into {into}: the folder {into.parent} does not exist. Create it first.")
    into.mkdir(exist_ok=True)


def check_stdout(what: str) -> None:
    """Refuse to write bytes to a terminal, before anything is sent.

    Raises:
        click.UsageError: stdout is one.
    """
    if sys.stdout.isatty():
        raise click.UsageError(f"{what} cannot be shown in a terminal. Add --into FILE, or pipe the output.")


@contextmanager
def whole_file(target: Path) -> Generator[Path]:
    """Give a file beside the target, which takes its place at the end and is gone after an error or Ctrl-C."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=f".part{target.suffix}", dir=target.parent)
    except OSError as error:  # of the name that was given, not of one that nobody knows
        raise OSError(error.errno, error.strerror, str(target)) from error
    os.close(number)
    try:
        yield Path(name)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if type(error) is OSError and error.errno is not None and error.filename is None:  # a full disk names no file
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise


def remove_leftovers(target: Path) -> None:
    """Remove what runs that were killed have left beside a file that they were writing."""
    for left in target.parent.glob(f"{glob.escape(f'.{target.name}.')}*.part*"):
        left.unlink(missing_ok=True)


@contextmanager
def open_text(into: str | None) -> Generator[TextIO]:
    """Open the file, or stdout, in UTF-8 on every system."""
    if into is None:
        out: TextIO = sys.stdout
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(encoding="utf-8", newline="\n")
        yield out
        return
    with whole_file(Path(into)) as path, open(path, "w", encoding="utf-8", newline="\n") as out:
        yield out


def write_bytes(pieces: Iterable[bytes], into: str | None) -> None:
    """Write bytes to the file, or to stdout."""
    if into is not None:
        with whole_file(Path(into)) as path, open(path, "wb") as file:
            file.writelines(pieces)
        return
    sys.stdout.buffer.writelines(pieces)


def save_download(download: Download, into: str | None) -> None:
    """Save a file, checked; into a folder under the name that the service gives it."""
    if into is None:
        write_bytes(download.iter_bytes(), None)
        return
    with show_bytes(Path(into).name) as tell:
        path = download.save(into, progress=tell)
    say(f"Saved {path}")


def copy_to_stdout(path: Path) -> None:
    """Write a finished file to stdout."""
    with open(path, "rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
