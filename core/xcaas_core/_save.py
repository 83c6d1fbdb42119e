"""What is done with the bytes of a download: into a file, into memory. Flows that both twins share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from ._errors import DownloadError, XCaaSError
from ._files import PartialFile
from ._steps import Offload

if TYPE_CHECKING:
    from pathlib import Path

    from ._receive import Reception
    from ._steps import Flow

__all__ = ["Progress", "into_file", "into_memory"]

Progress: TypeAlias = "Callable[[int, int | None], object]"
"""Called with the bytes that have come so far, and the bytes of the whole file if known."""

_BLOCK: Final = 1 << 20  # bytes that go to the disk at once


def into_file(
    reception: Reception, target: Path, *, resume: bool, durable: bool, progress: Progress | None
) -> Flow[Path]:
    """Receive a file under its final name, which it gets when it is whole and right."""
    file = PartialFile(target, resumable=resume)
    keep = resume
    try:
        yield Offload(file.open)
        yield from _begin(reception, file)
        for last_try in (False, True):
            yield from _pump(reception, file, progress)
            try:
                reception.check()
                break
            except DownloadError:
                keep = False  # not a part of the file that is wanted
                if last_try:
                    raise
            file.restart()
            yield from reception.start_over()
        yield Offload(lambda: file.commit(durable=durable))
        return file.target
    except OSError as error:
        if isinstance(error, XCaaSError):
            raise
        raise DownloadError(f"{file.target} cannot be written: {error.strerror or error}") from error
    finally:
        file.abandon(keep=keep)


def into_memory(reception: Reception, progress: Progress | None) -> Flow[bytes]:
    """Receive a file as bytes."""
    if not reception.is_open:
        yield from reception.open()
    for last_try in (False, True):
        pieces: list[bytes] = []
        while data := (yield from reception.next(restartable=True)):
            if reception.restarted:
                pieces.clear()
            pieces.append(data)
            if reception.checksum is not None:
                reception.checksum.update(data)
            if progress is not None:
                progress(reception.offset, reception.length)
        try:
            reception.check()
            return b"".join(pieces)
        except DownloadError:
            if last_try:
                raise
        yield from reception.start_over()
    raise AssertionError("the second try returns or raises")


def _begin(reception: Reception, file: PartialFile) -> Flow[None]:
    """Open the download, behind what a file kept from an earlier one holds if that still fits."""
    have = file.size if reception.fits(file.note) else 0
    if have and reception.is_open:
        yield from reception.close()
    if not reception.is_open:
        yield from reception.open(file.note, have)
    if reception.offset == 0:
        if file.size:
            file.restart()
    elif reception.checksum is not None:
        yield Offload(lambda: _digest(reception, file))
    yield Offload(lambda: file.remember(reception.note()))


def _digest(reception: Reception, file: PartialFile) -> None:
    """Bring the checksum up to what the file holds already."""
    if reception.checksum is None:
        return
    with file.read_back() as kept:
        while data := kept.read(_BLOCK):
            reception.checksum.update(data)


def _pump(reception: Reception, file: PartialFile, progress: Progress | None) -> Flow[None]:
    """Everything that comes goes into the file, in blocks."""
    pieces: list[bytes] = []
    size = 0

    def flush() -> None:
        nonlocal size
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        size = 0
        file.write(data)
        if reception.checksum is not None:
            reception.checksum.update(data)

    flushing = Offload(flush)
    try:
        while data := (yield from reception.next(restartable=True)):
            if reception.restarted:
                pieces.clear()
                size = 0
                file.restart()
                file.remember(reception.note())
            pieces.append(data)
            size += len(data)
            if size >= _BLOCK:
                yield flushing
            if progress is not None:
                progress(reception.offset, reception.length)
        if pieces:
            yield flushing
    except BaseException:
        # What has arrived belongs to the part that a later process goes on with.
        if pieces and file.resumable:
            with suppress(OSError):
                flush()
        raise
