"""One of many downloads: it may be skipped if its file exists, and stopped by another thread."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final, TypeVar

from .._checks import check_path
from ..calls._session import AsyncSession, Session
from ..sansio._steps import run_in_thread
from ._checksum import Checksum
from ._download import AsyncDownload, Download, File

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from ..sansio._drivers import SyncTransport
    from ..sansio._messages import Request, Response
    from ..sansio._steps import Flow
    from ._sinks import Progress
    from ._transfer import Transfer

__all__ = ["AsyncOneOfMany", "OneOfMany", "StoppableSession", "Stopped"]

T = TypeVar("T")
_BLOCK: Final = 1 << 20


class Stopped(BaseException):
    """The thread that started a download has stopped it."""


class _Base(File):
    """The common part of both classes. `existed` says afterwards whether the file was skipped."""

    def _copy_state(self, original: File, skip: bool) -> None:
        self._transfer, self._used, self._verify = original._transfer, original._used, original._verify
        self._skip: bool = skip
        self.existed: bool = False

    def update_original(self, original: File) -> None:
        """Pass headers, length and verification on to the caller's download."""
        original._transfer, original._used = self._transfer, True

    def _save_flow(
        self, transfer: Transfer, path: str | os.PathLike[str], resume: bool, durable: bool, progress: Progress | None
    ) -> Flow[Path]:
        if self._skip:
            yield from transfer.describe()
            transfer.verified = yield from run_in_thread(lambda: _verify_existing(transfer, check_path(path)))
            self.existed = transfer.verified is not None
            if self.existed:
                return check_path(path)
        return (yield from super()._save_flow(transfer, path, resume, durable, progress))


class OneOfMany(_Base, Download):
    """A download with a session of its own."""

    def __init__(self, original: Download, session: StoppableSession, *, skip: bool) -> None:
        super().__init__(session, original._call)
        self._copy_state(original, skip)

    @staticmethod
    def session_of(original: Download, stopped: Event) -> StoppableSession:
        """Return a session like the download's own, until it is stopped."""
        return StoppableSession(original._session, stopped)


class AsyncOneOfMany(_Base, AsyncDownload):
    """The async twin of `OneOfMany`. Tasks are cancelled, so it needs no session of its own."""

    def __init__(self, original: AsyncDownload, *, skip: bool) -> None:
        session: AsyncSession = original._session
        super().__init__(session, original._call)
        self._copy_state(original, skip)


def _verify_existing(transfer: Transfer, path: Path) -> str | None:
    """Return how an existing file was verified, by `md5` or `length`; None if it is not the service's."""
    described, expected = transfer.described, transfer.checksum
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode) or described not in (None, info.st_size):
            return None
        matches = None if expected is None else _matches(Checksum(expected.expected, info.st_size), path)
    except OSError:
        return None
    if matches is None:
        return None if described is None else "length"
    return "md5" if matches else None


def _matches(checksum: Checksum, path: Path) -> bool | None:
    with open(path, "rb") as file:
        while checksum.usable and (data := file.read(_BLOCK)):
            checksum.update(data)
    return checksum.matches()


class StoppableSession(Session):
    """A session whose flows end at their next step once they are stopped."""

    __slots__ = ("_flow",)

    def __init__(self, session: Session, stopped: Event) -> None:
        self._flow: Flow[object] | None = None
        super().__init__(session.engine, _StoppableTransport(session.io, stopped))

    def run(self, flow: Flow[T]) -> T:
        self._flow = flow
        return super().run(flow)

    def abandon(self) -> None:
        """Close the flow, and its files, while its thread still waits for the network."""
        try:
            if self._flow is not None:
                self._flow.close()
        except (RuntimeError, ValueError):  # it yields another step, or is running and about to stop
            pass


class _StoppableTransport:
    """A transport that raises `Stopped` once it is stopped."""

    def __init__(self, io: SyncTransport, stopped: Event) -> None:
        self._io, self._stopped = io, stopped

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def send(self, request: Request, stream: bool) -> Response:
        self._check()
        response = self._io.send(request, stream)
        if self._stopped.is_set():
            self._io.close_response(response)
            raise Stopped
        return response

    def read(self, response: Response) -> None:
        self._io.read(response)
        self._check()

    def chunk(self, response: Response) -> bytes:
        data = self._io.chunk(response)
        self._check()
        return data

    def close_response(self, response: Response) -> None:
        self._io.close_response(response)

    def sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Stopped

    def close(self) -> None:
        """Do nothing: the connections are the client's."""
