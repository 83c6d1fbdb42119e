"""Files from the server: `Download` and its async twin."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping
from copy import copy
from typing import TYPE_CHECKING

from .._checks import check_path
from .._lazy import public
from .._partial_file import safe_file_name
from ..calls._handle import Handle
from ..http._headers import disposition_name
from ._sinks import Progress, read_all, write_to_file
from ._transfer import Transfer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from ..calls._engine import Engine
    from ..calls._session import AsyncSession, Session
    from ..operations._operation import Call
    from ..sansio._steps import Flow

__all__ = ["AsyncDownload", "Download", "File"]


class File(Handle):
    """The file of a download, blocking or async."""

    __slots__ = ("_call", "_transfer", "_used", "_verify")

    _block_size = 0  # bytes to collect before writing them

    def __init__(self, call: Call[object]) -> None:
        self._call = call
        self._transfer: Transfer | None = None
        self._used = False
        self._verify = True

    def unverified(self) -> Self:
        """Return a download of the same file that skips the service's checksum."""
        other = copy(self)
        other._verify, other._transfer, other._used = False, None, False
        return other

    @property
    def id(self) -> str:
        """The id in the file's request, or empty."""
        arguments = self._call.arguments
        ids = [str(value) for parameter, value in arguments if parameter.location == "path" and value is not None]
        return ids[-1] if ids else ""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the response, empty before it arrives. Names are case-insensitive."""
        return {} if self._transfer is None else self._transfer.headers

    @property
    def length(self) -> int | None:
        """Size of the file in bytes, once known."""
        return None if self._transfer is None else self._transfer.length

    @property
    def content_type(self) -> str | None:
        return self.headers.get("Content-Type")

    @property
    def filename(self) -> str | None:
        """The service's name of the file, made safe: no folders, no reserved names. None if there is none."""
        name = disposition_name(self.headers.get("Content-Disposition"))
        return None if name is None else safe_file_name(name)

    @property
    def verified(self) -> str | None:
        """How the file was verified: by `md5` or `length`, or None (not, or not yet).

        The checksum of a file that the service stored in parts is only checked if the size of a
        part can be inferred; otherwise only the length is.
        """
        return None if self._transfer is None else self._transfer.verified

    def _unused_transfer(self, engine: Engine) -> Transfer:
        """Return the transfer if it is open and unused, or a new one: a download may be repeated."""
        transfer = self._transfer
        if transfer is None or self._used:
            transfer = self._transfer = Transfer(engine, self._call, self._verify)
        self._used = True
        return transfer

    def _save_flow(
        self, transfer: Transfer, path: str | os.PathLike[str], resume: bool, durable: bool, progress: Progress | None
    ) -> Flow[Path]:
        target = check_path(path)
        yield from transfer.describe()
        if os.path.isdir(target):
            yield from transfer.open()
            target = target / self.fallback_name()
        return (
            yield from write_to_file(
                transfer, target, resume=resume, durable=durable, progress=progress, block_size=self._block_size
            )
        )

    def fallback_name(self) -> str:
        """Return `filename`, or a name from the id."""
        return self.filename or safe_file_name(self.id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._call.operation.call}>"


@public
class Download(File):
    """A file on the server. Nothing is sent until you call one of the methods.

        client.storage.objects.download(object_id).save("call.wav")

    As a context manager, it requests the file on entry, so that name and length are known before you
    read it, and releases the connection at the end.

    A broken download is resumed where that is safe. Every method raises DownloadError if the file
    can't be downloaded intact, and whatever any call raises.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session, call: Call[object]) -> None:
        super().__init__(call)
        self._session = session

    def __enter__(self) -> Self:
        self._transfer = Transfer(self._session.engine, self._call, self._verify)
        self._used = False
        self._session.run(self._transfer.open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transfer is not None:
            self._session.run(self._transfer.close())

    def iter_bytes(self) -> Generator[bytes]:
        """Yield the file in pieces, as they arrive, in constant memory.

        The file is verified at the end: if the loop completes, it was intact.
        """
        transfer = self._unused_transfer(self._session.engine)
        try:
            self._session.run(transfer.open())
            while data := self._session.run(transfer.take()):
                yield data
            transfer.check()
        finally:
            self._session.run(transfer.close())

    def read(self, *, progress: Progress | None = None) -> bytes:
        """Return the whole file in memory."""
        transfer = self._unused_transfer(self._session.engine)
        flow = read_all(transfer, progress)
        try:
            return self._session.run(flow)
        finally:
            flow.close()
            self._session.run(transfer.close())

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        resume: bool = False,
        durable: bool = False,
        progress: Progress | None = None,
    ) -> Path:
        """Save the file to disk. It appears under its name only once it is complete and verified.

        Any file of that name is replaced at that moment. An interruption, even a full disk or
        Ctrl-C, leaves no partial file behind, except with `resume`.

        Args:
            path: The file; or a folder, to use the service's file name.
            resume: If the download fails, keep the part received as `.<name>.part` beside the file, and
                continue from there next time, if server and file allow it.
            durable: Flush the file to disk before it gets its name, so that it survives a power cut.
            progress: Called with the bytes received and, if known, the total.

        Returns:
            The file's path.
        """
        transfer = self._unused_transfer(self._session.engine)
        flow = self._save_flow(transfer, path, resume, durable, progress)
        try:
            return self._session.run(flow)
        finally:
            flow.close()  # Ctrl-C may come between two steps, where the flow does not notice
            self._session.run(transfer.close())


@public
class AsyncDownload(File):
    """The async twin of `Download`. Files are written in worker threads, in blocks of a mebibyte."""

    __slots__ = ("_session",)

    _block_size = 1 << 20

    def __init__(self, session: AsyncSession, call: Call[object]) -> None:
        super().__init__(call)
        self._session = session

    async def __aenter__(self) -> Self:
        self._transfer = Transfer(self._session.engine, self._call, self._verify)
        self._used = False
        await self._session.run(self._transfer.open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transfer is not None:
            await self._session.run(self._transfer.close())

    async def iter_bytes(self) -> AsyncGenerator[bytes]:
        """Yield the file in pieces, as they arrive. See `Download.iter_bytes`."""
        transfer = self._unused_transfer(self._session.engine)
        try:
            await self._session.run(transfer.open())
            while data := await self._session.run(transfer.take()):
                yield data
            transfer.check()
        finally:
            await self._session.run(transfer.close())

    async def read(self, *, progress: Progress | None = None) -> bytes:
        """Return the whole file in memory."""
        transfer = self._unused_transfer(self._session.engine)
        flow = read_all(transfer, progress)
        try:
            return await self._session.run(flow)
        finally:
            flow.close()
            await self._session.run(transfer.close())

    async def save(
        self,
        path: str | os.PathLike[str],
        *,
        resume: bool = False,
        durable: bool = False,
        progress: Progress | None = None,
    ) -> Path:
        """Save the file to disk. It appears under its name only once it is complete. See `Download.save`."""
        transfer = self._unused_transfer(self._session.engine)
        flow = self._save_flow(transfer, path, resume, durable, progress)
        try:
            return await self._session.run(flow)
        finally:
            flow.close()  # Ctrl-C may come between two steps, where the flow does not notice
            await self._session.run(transfer.close())
