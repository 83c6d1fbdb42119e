"""Where results go: stdout, or a file that appears when it is complete."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

if TYPE_CHECKING:
    from xcaas import Download

__all__ = ["binary_stdout", "open_text", "save_download", "whole_file", "write_bytes"]


@contextmanager
def whole_file(target: Path) -> Generator[Path]:
    """Give a file beside the target, which takes its place at the end and is gone after an error or Ctrl-C."""
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=target.suffix, dir=target.parent)
    os.close(number)
    try:
        yield Path(name)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def open_text(into: str | None) -> Generator[TextIO]:
    """Open the file, or stdout, in UTF-8 on every system."""
    if into is None:
        out: TextIO = sys.stdout
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(encoding="utf-8", newline="\n")
        yield sys.stdout
        return
    with whole_file(Path(into)) as path, open(path, "w", encoding="utf-8", newline="\n") as out:
        yield out


def binary_stdout(what: str) -> BinaryIO:
    """Return stdout for bytes.

    Raises:
        click.UsageError: It is a terminal.
    """
    if sys.stdout.isatty():
        raise click.UsageError(f"{what} would garble the terminal. Give --into FILE, or send it through a pipe.")
    return sys.stdout.buffer


def write_bytes(pieces: Iterable[bytes], into: str | None, what: str) -> None:
    """Write bytes to the file, or to stdout."""
    if into is not None:
        with whole_file(Path(into)) as path, open(path, "wb") as file:
            file.writelines(pieces)
        return
    out = binary_stdout(what)
    for piece in pieces:
        out.write(piece)
    out.flush()


def save_download(download: Download, into: str | None) -> None:
    """Save a file, checked; into a folder under the name that the service gives it."""
    if into is None:
        write_bytes(download.iter_bytes(), None, "A file")
    else:
        path = download.save(into)
        sys.stderr.write(f"Saved {path}\n")


def copy_to_stdout(path: Path, what: str) -> None:
    """Write a finished file to stdout."""
    out = binary_stdout(what)
    with open(path, "rb") as file:
        shutil.copyfileobj(file, out)
    out.flush()
