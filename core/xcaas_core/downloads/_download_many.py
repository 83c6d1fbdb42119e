"""Many downloads, several at a time, each result yielded as it arrives."""

from __future__ import annotations

import os
import warnings
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from operator import index
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .._checks import argument_error, is_iterable
from .._errors import ArgumentError, XCaaSError
from .._lazy import public
from ._names import UniqueNames

if TYPE_CHECKING:
    from ._download import AsyncDownload, Download
    from ._one_of_many import StoppableSession
    from ._sinks import Progress

__all__ = ["Saved", "adownload_all", "download_all"]

Named: TypeAlias = "tuple[Download, str | os.PathLike[str]]"
AsyncNamed: TypeAlias = "tuple[AsyncDownload, str | os.PathLike[str]]"
ManyProgress: TypeAlias = "Callable[[str, int, int | None], object]"
"""Called with the id of a file, its bytes received so far and, if known, its total."""

_GRACE: Final = 0.4  # seconds for a stopped thread to end
_POLL: Final = 0.5  # seconds; so that Ctrl-C works on Windows, too


@public
@dataclass(slots=True, eq=False)
class Saved:
    """The result of one of many downloads: its `path`, or its `error`."""

    path: Path | None
    error: XCaaSError | None = None
    id: str = ""
    """The id in the file's request."""
    existed: bool = False
    """Whether the file existed already, intact, and was not fetched again."""
    verified: str | None = None
    """How the file was verified, as in `Download.verified`."""

    def __repr__(self) -> str:
        return f"<Saved {self.path}>" if self.error is None else f"<not saved: {self.error}>"


@dataclass(slots=True, frozen=True)
class _Settings:
    """How each file is saved."""

    names: UniqueNames
    resume: bool
    skip: bool
    progress: ManyProgress | None

    def progress_of(self, id: str) -> Progress | None:
        progress = self.progress
        return None if progress is None else lambda done, total: progress(id, done, total)


def download_all(
    downloads: Iterable[Download | Named],
    into: str | os.PathLike[str],
    *,
    concurrency: int = 4,
    resume: bool = False,
    keep_going: bool = False,
    skip_existing: bool = False,
    progress: ManyProgress | None = None,
) -> Generator[Saved]:
    """Save many files into a folder, several at a time, and yield each as it finishes.

    Nothing is fetched until you iterate; `list(download_all(…))` saves them all. Leaving the loop early (`break`, an
    error, Ctrl-C) also stops the downloads in progress, within a second even if the server is silent, and leaves no
    partial files behind, except with `resume`.

    Args:
        downloads: What to save; read as needed, so a generator over a long list will do. Each is a
            download, which keeps the service's file name (numbered if another file of this run has it),
            or a pair of download and file name, which may name a subfolder of `into` but nothing
            outside it.
        into: The folder; created if needed.
        concurrency: Files to fetch at the same time.
        resume: As in `Download.save`.
        keep_going: If a download fails, yield its error in its place and fetch the rest.
        skip_existing: Skip files that exist with the length and checksum that the service reports. Without
            a file name from you, this still requests the file, to learn its name.
        progress: Called with the id of a file, its bytes received and, if known, its total, in the thread
            that fetches it.

    Yields:
        The result of each download as it finishes; `id` says which one it was.

    Raises:
        XCaaSError: The first failure, which stops the others; not with `keep_going`.
    """
    _check(downloads, concurrency)
    settings = _Settings(UniqueNames(into), resume, skip_existing, progress)
    return _Run(_run_threads(downloads, settings, concurrency, keep_going))


class _Run(Generator[Saved, None, None]):
    """A run of `download_all`, which warns if it is never iterated."""

    def __init__(self, run: Generator[Saved]) -> None:
        self._run = run
        self._is_used = False

    def send(self, value: None, /) -> Saved:
        self._is_used = True
        return self._run.send(value)

    def throw(self, *error: Any) -> Saved:
        self._is_used = True
        return self._run.throw(*error)

    def close(self) -> None:
        self._is_used = True
        self._run.close()

    def __del__(self) -> None:
        if not self._is_used:
            warnings.warn(
                "download_all was not iterated, so nothing was saved: use `for saved in download_all(…)`, or list(…)",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )


def _run_threads(
    downloads: Iterable[Download | Named], settings: _Settings, concurrency: int, keep_going: bool
) -> Generator[Saved]:
    running: set[_Task] = set()
    done: SimpleQueue[_Task] = SimpleQueue()
    stopped = Event()

    def collect() -> Saved:
        task = _wait_for(done)
        running.discard(task)
        return task.result(keep_going)

    try:
        for item in downloads:
            task = _Task(item, settings, done, stopped)
            running.add(task)
            task.start()
            while len(running) >= concurrency or not done.empty():
                yield collect()
        while running:
            yield collect()
    finally:
        stopped.set()
        deadline = monotonic() + _GRACE
        for task in running:
            task.stop(deadline)


def adownload_all(
    downloads: Iterable[AsyncDownload | AsyncNamed] | AsyncIterable[AsyncDownload | AsyncNamed],
    into: str | os.PathLike[str],
    *,
    concurrency: int = 4,
    resume: bool = False,
    keep_going: bool = False,
    skip_existing: bool = False,
    progress: ManyProgress | None = None,
) -> AsyncGenerator[Saved]:
    """Do what `download_all` does, for `async for`. To stop early, use `contextlib.aclosing`.

    An exception from the iterator of downloads cancels the others and is raised.
    """
    _check(downloads, concurrency)
    return _run_tasks(downloads, _Settings(UniqueNames(into), resume, skip_existing, progress), concurrency, keep_going)


async def _run_tasks(
    downloads: Iterable[AsyncDownload | AsyncNamed] | AsyncIterable[AsyncDownload | AsyncNamed],
    settings: _Settings,
    concurrency: int,
    keep_going: bool,
) -> AsyncGenerator[Saved]:
    import anyio

    from ..sansio._background import BackgroundTask

    running: dict[int, BackgroundTask[Saved]] = {}
    send, receive = anyio.create_memory_object_stream[int](concurrency)

    async def save(number: int, item: AsyncDownload | AsyncNamed) -> Saved:
        try:
            return await _save_async(item, settings)
        finally:
            send.send_nowait(number)

    async def collect() -> Saved:
        saved = await running.pop(await receive.receive()).result()
        if saved.error is not None and not keep_going:
            raise saved.error
        return saved

    number = 0
    try:
        async with aclosing(_iterate(downloads)) as items:
            async for item in items:
                number += 1
                running[number] = BackgroundTask(partial(save, number, item))
                while len(running) >= concurrency or receive.statistics().current_buffer_used:
                    yield await collect()
        while running:
            yield await collect()
    finally:
        for task in running.values():
            await task.cancel()
        send.close()
        receive.close()


class _Task:
    """One file, saved by its own daemon thread."""

    def __init__(self, item: Download | Named, settings: _Settings, done: SimpleQueue[_Task], stopped: Event) -> None:
        self._item, self._settings, self._done, self._stopped = item, settings, done, stopped
        self._session: StoppableSession | None = None
        self._saved: Saved | None = None
        self._failure: BaseException | None = None
        # The caller's context holds the tracing span.
        self._thread = Thread(target=copy_context().run, args=(self._run,), name="xcaas-download", daemon=True)
        self.start = self._thread.start

    def result(self, keep_going: bool) -> Saved:
        """Return the result, or raise the error."""
        failure = self._failure or (None if self._saved is None or keep_going else self._saved.error)
        if failure is not None or self._saved is None:
            raise failure or RuntimeError("the download is not done")
        return self._saved

    def stop(self, deadline: float) -> None:
        """Wait for the thread until the deadline; close the files of one that waits for the network."""
        self._thread.join(max(0.0, deadline - monotonic()))
        if self._thread.is_alive() and self._session is not None:
            self._session.abandon()

    def _run(self) -> None:
        try:
            self._saved = self._save()
        except BaseException as error:
            self._failure = error
        finally:
            self._done.put(self)

    def _save(self) -> Saved:
        from ._download import Download
        from ._one_of_many import OneOfMany

        original, name = self._item if isinstance(self._item, tuple) else (self._item, None)
        settings = self._settings
        if not isinstance(original, Download):  # pyright: ignore[reportUnnecessaryIsInstance]
            return Saved(
                None,
                _type_error(original, "downloads of a blocking client; `adownload_all` takes those of an async one"),
            )
        self._session = OneOfMany.session_of(original, self._stopped)
        file, id = OneOfMany(original, self._session, skip=settings.skip), original.id
        try:
            if name is not None:
                path = file.save(settings.names.claim(name), resume=settings.resume, progress=settings.progress_of(id))
            else:
                with file:
                    target = settings.names.claim(file.fallback_name())
                    path = file.save(target, resume=settings.resume, progress=settings.progress_of(id))
        except XCaaSError as error:
            return Saved(None, error, id)
        finally:
            file.update_original(original)
        return Saved(path, None, id, file.existed, file.verified)


async def _save_async(item: AsyncDownload | AsyncNamed, settings: _Settings) -> Saved:
    from ._download import AsyncDownload
    from ._one_of_many import AsyncOneOfMany

    original, name = item if isinstance(item, tuple) else (item, None)
    if not isinstance(original, AsyncDownload):  # pyright: ignore[reportUnnecessaryIsInstance]
        return Saved(
            None, _type_error(original, "downloads of an async client; `download_all` takes those of a blocking one")
        )
    file, id = AsyncOneOfMany(original, skip=settings.skip), original.id
    try:
        if name is not None:
            path = await file.save(
                settings.names.claim(name), resume=settings.resume, progress=settings.progress_of(id)
            )
        else:
            async with file:
                target = settings.names.claim(file.fallback_name())
                path = await file.save(target, resume=settings.resume, progress=settings.progress_of(id))
    except XCaaSError as error:
        return Saved(None, error, id)
    finally:
        file.update_original(original)
    return Saved(path, None, id, file.existed, file.verified)


def _wait_for(done: SimpleQueue[_Task]) -> _Task:
    while True:
        try:
            return done.get(timeout=_POLL)
        except Empty:
            continue


async def _iterate(
    downloads: Iterable[AsyncDownload | AsyncNamed] | AsyncIterable[AsyncDownload | AsyncNamed],
) -> AsyncGenerator[AsyncDownload | AsyncNamed]:
    """Yield the downloads. An async generator is closed at the end: it may hold a connection."""
    if isinstance(downloads, AsyncIterable):
        try:
            async for item in downloads:
                yield item
        finally:
            if isinstance(downloads, AsyncGenerator):
                await downloads.aclose()
    else:
        for item in downloads:
            yield item


def _type_error(value: object, expected: str) -> ArgumentError:
    return argument_error("downloads", f"{type(value).__name__} is not what this function saves", f"Give {expected}.")


def _check(downloads: object, concurrency: int) -> None:
    if not is_iterable(downloads) and not isinstance(downloads, AsyncIterable):
        raise _type_error(downloads, "a list or an iterator of downloads")
    try:
        is_valid = index(concurrency) >= 1
    except TypeError:
        is_valid = False
    if not is_valid:
        raise argument_error("concurrency", f"must be a whole number, at least 1, not {concurrency!r}")
