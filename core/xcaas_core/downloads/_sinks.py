"""Flows that save a download to a file or read it into memory."""

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

__all__ = ["Progress", "read_all", "write_to_file"]

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
    block_size: int = _BLOCK,
) -> Flow[Path]:
    """Save a file, which gets its final name when it is complete and verified.

    Worker threads write blocks of at least `block_size` bytes, for event loops. With 0, each chunk is
    written as it arrives, while in the processor's cache.
    """
    file = PartialFile(target, resumable=resume)
    keep = resume
    progress_errors: list[OSError] = []

    def notify(done: int, total: int | None) -> None:
        try:
            if progress is not None:
                progress(done, total)
        except OSError as error:
            progress_errors.append(error)  # such as a closed pipe: not the disk's
            raise

    try:
        yield RunInThread(file.open)
        yield from _open(transfer, file)
        yield from _write_chunks(transfer, file, notify, block_size)
        if not transfer.is_intact():
            keep = False  # not a part of the right file
            file.restart()
            yield from transfer.start_over()
            yield RunInThread(lambda: file.save_resume_info(transfer.resume_info()))
            yield from _write_chunks(transfer, file, notify, block_size)
            transfer.check()
        yield RunInThread(lambda: file.commit(durable=durable))
        return file.target
    except OSError as error:
        if isinstance(error, XCaaSError) or error in progress_errors:
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


def read_all(transfer: Transfer, progress: Progress | None) -> Flow[bytes]:
    """Return a file as bytes."""
    yield from transfer.open()
    data = yield from _read_chunks(transfer, progress)
    if not transfer.is_intact():
        yield from transfer.start_over()
        data = yield from _read_chunks(transfer, progress)
        transfer.check()
    return data


def _read_chunks(transfer: Transfer, progress: Progress | None) -> Flow[bytes]:
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


def _open(transfer: Transfer, file: PartialFile) -> Flow[None]:
    """Open the download, after the part of an earlier one if it still matches."""
    size = file.size if transfer.can_resume(file.resume_info) else 0
    if size:
        yield from transfer.close()
    yield from transfer.open(file.resume_info, size)
    if transfer.offset == 0:
        if file.size:
            file.restart()
    elif (checksum := transfer.checksum) is not None:
        yield RunInThread(lambda: _digest_part(checksum, file))
    yield RunInThread(lambda: file.save_resume_info(transfer.resume_info()))


def _digest_part(checksum: Checksum, file: PartialFile) -> None:
    """Update a checksum with the part that the file already has."""
    with file.read_back() as part:
        while data := part.read(_BLOCK):
            checksum.update(data)


def _write_chunks(transfer: Transfer, file: PartialFile, notify: Progress, block_size: int) -> Flow[None]:
    """Write all chunks to the file, in blocks of at least this many bytes."""
    pieces: list[bytes] = []
    size = 0

    def flush() -> None:
        nonlocal size
        block = pieces[:]
        pieces.clear()
        size = 0
        for piece in block:
            file.write(piece)
            if transfer.checksum is not None:
                transfer.checksum.update(piece)

    flush_step = RunInThread(flush)
    try:
        while data := (yield from transfer.next(restartable=True)):
            if transfer.restarted:
                pieces.clear()
                size = 0
                file.restart()
                file.save_resume_info(transfer.resume_info())
            pieces.append(data)
            size += len(data)
            if size >= block_size:
                yield flush_step
            notify(transfer.offset, transfer.length)
        if pieces:
            yield flush_step
    except BaseException:
        # Keep what has arrived, for a later process to resume.
        if pieces and file.resumable:
            with suppress(OSError):
                flush()
        raise
