"""A download as one of many: left out where its file is there already, and stopped by another thread."""

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
    """The thread that asked for a download does not want it any more."""


class _One(File):
    """What both twins have in common. `existed` tells afterwards whether the file was there."""

    def _begin(self, wanted: File, skip: bool) -> None:
        self._transfer, self._used, self._verify = wanted._transfer, wanted._used, wanted._verify
        self._skip: bool = skip
        self.existed: bool = False

    def show(self, wanted: File) -> None:
        """Let the caller's download know what this one has learned: headers, length, how it was verified."""
        wanted._transfer, wanted._used = self._transfer, True

    def _saving(
        self, transfer: Transfer, path: str | os.PathLike[str], resume: bool, durable: bool, progress: Progress | None
    ) -> Flow[Path]:
        if self._skip:
            yield from transfer.describe()
            transfer.verified = yield from run_in_thread(lambda: _compared(transfer, check_path(path)))
            self.existed = transfer.verified is not None
            if self.existed:
                return check_path(path)
        return (yield from super()._saving(transfer, path, resume, durable, progress))


class OneOfMany(_One, Download):
    """A download with a session of its own."""

    def __init__(self, wanted: Download, session: StoppableSession, *, skip: bool) -> None:
        super().__init__(session, wanted._call)
        self._begin(wanted, skip)

    @staticmethod
    def session_of(wanted: Download, stopped: Event) -> StoppableSession:
        """Return a session that does what the download's own does, until it is stopped."""
        return StoppableSession(wanted._session, stopped)


class AsyncOneOfMany(_One, AsyncDownload):
    """The async twin of `OneOfMany`. Tasks are cancelled, so that it needs no session of its own."""

    def __init__(self, wanted: AsyncDownload, *, skip: bool) -> None:
        session: AsyncSession = wanted._session
        super().__init__(session, wanted._call)
        self._begin(wanted, skip)


def _compared(transfer: Transfer, path: Path) -> str | None:
    """Return how a file was found to be the one that the service describes; None if it was not."""
    described, expected = transfer.described, transfer.checksum
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or described not in (None, found.st_size):
            return None
        matches = None if expected is None else _matches(Checksum(expected.expected, found.st_size), path)
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
        """Let go of files, of a flow whose thread waits for the network still. That thread will find it closed."""
        try:
            if self._flow is not None:
                self._flow.close()
        except (RuntimeError, ValueError):  # it wants another step, or is at work and about to stop by itself
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
        """Leave the client's connections open: they are not this download's."""
