"""What is done with the bytes of a download: into a file, into memory. Flows that both twins share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from .._errors import DownloadError, XCaaSError
from .._partial_file import PartialFile
from ..sansio._steps import RunInThread

if TYPE_CHECKING:
    from pathlib import Path

    from ..sansio._steps import Flow
    from ._checksum import Checksum
    from ._transfer import Transfer

__all__ = ["Progress", "into_memory", "write_to_file"]

Progress: TypeAlias = "Callable[[int, int | None], object]"
"""Called with the bytes received so far and, if known, the total."""

_BLOCK: Final = 1 << 20


def write_to_file(
    transfer: Transfer,
    target: Path,
    *,
    resume: bool = False,
    durable: bool = False,
    progress: Progress | None = None,
    block: int = _BLOCK,
) -> Flow[Path]:
    """Receive a file under its final name, which it gets when it is whole and right.

    `block` is how many bytes are gathered before a worker thread writes them, for event loops. With 0,
    each piece is written as it comes, while the processor's cache holds it.
    """
    file = PartialFile(target, resumable=resume)
    keep = resume
    callers: list[OSError] = []

    def tell(done: int, whole: int | None) -> None:
        try:
            if progress is not None:
                progress(done, whole)
        except OSError as error:
            callers.append(error)  # a closed pipe, a timeout: not the disk's
            raise

    try:
        yield RunInThread(file.open)
        yield from _begin(transfer, file)
        yield from _pump(transfer, file, tell, block)
        if not transfer.is_right():
            keep = False  # no part of the file that is wanted
            file.restart()
            yield from transfer.start_over()
            yield RunInThread(lambda: file.save_resume_info(transfer.note()))
            yield from _pump(transfer, file, tell, block)
            transfer.check()
        yield RunInThread(lambda: file.commit(durable=durable))
        return file.target
    except OSError as error:
        if isinstance(error, XCaaSError) or error in callers:
            raise
        raise DownloadError(
            f"{str(file.target)!r} cannot be written: {error.strerror or error}", advice=_advice(error)
        ) from error
    finally:
        file.discard(keep=keep)


def _advice(error: OSError) -> str | None:
    match error:
        case FileNotFoundError():
            return "Create the folder first."
        case PermissionError():
            return "Write to a folder that is yours."
        case _:
            return None


def into_memory(transfer: Transfer, progress: Progress | None) -> Flow[bytes]:
    """Receive a file as bytes."""
    yield from transfer.open()
    data = yield from _gather(transfer, progress)
    if not transfer.is_right():
        yield from transfer.start_over()
        data = yield from _gather(transfer, progress)
        transfer.check()
    return data


def _gather(transfer: Transfer, progress: Progress | None) -> Flow[bytes]:
    pieces: list[bytes] = []
    while data := (yield from transfer.next(restartable=True)):
        if transfer.restarted:
            pieces.clear()
        pieces.append(data)
        if transfer.checksum is not None:
            transfer.checksum.update(data)
        if progress is not None:
            progress(transfer.offset, transfer.length)
    return b"".join(pieces)


def _begin(transfer: Transfer, file: PartialFile) -> Flow[None]:
    """Open the download, behind what a file kept from an earlier one holds if that still fits."""
    have = file.size if transfer.fits(file.note) else 0
    if have:
        yield from transfer.close()
    yield from transfer.open(file.note, have)
    if transfer.offset == 0:
        if file.size:
            file.restart()
    elif (checksum := transfer.checksum) is not None:
        yield RunInThread(lambda: _digest(checksum, file))
    yield RunInThread(lambda: file.save_resume_info(transfer.note()))


def _digest(checksum: Checksum, file: PartialFile) -> None:
    """Bring a checksum up to what the file holds already."""
    with file.read_back() as kept:
        while data := kept.read(_BLOCK):
            checksum.update(data)


def _pump(transfer: Transfer, file: PartialFile, tell: Progress, block: int) -> Flow[None]:
    """Write everything that comes into the file, in blocks of at least so many bytes."""
    pieces: list[bytes] = []
    size = 0

    def flush() -> None:
        nonlocal size
        taken = pieces[:]
        pieces.clear()
        size = 0
        for piece in taken:
            file.write(piece)
            if transfer.checksum is not None:
                transfer.checksum.update(piece)

    flushing = RunInThread(flush)
    try:
        while data := (yield from transfer.next(restartable=True)):
            if transfer.restarted:
                pieces.clear()
                size = 0
                file.restart()
                file.save_resume_info(transfer.note())
            pieces.append(data)
            size += len(data)
            if size >= block:
                yield flushing
            tell(transfer.offset, transfer.length)
        if pieces:
            yield flushing
    except BaseException:
        # What has arrived belongs to the part that a later process goes on with.
        if pieces and file.resumable:
            with suppress(OSError):
                flush()
        raise
