"""Many downloads at once, with a bound."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from operator import index
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from .._checks import argument_error, check_path, is_iterable
from .._errors import ArgumentError, DownloadError, XCaaSError
from .._lazy import public

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ._download import AsyncDownload, Download

__all__ = ["Saved", "adownload_all", "download_all"]

Named: TypeAlias = "tuple[Download, str | os.PathLike[str]]"
AsyncNamed: TypeAlias = "tuple[AsyncDownload, str | os.PathLike[str]]"


@public
@dataclass(slots=True, eq=False)
class Saved:
    """What became of one of many downloads: a `path`, or the `error` that kept it from getting there."""

    path: Path | None
    error: XCaaSError | None = None

    def __repr__(self) -> str:
        return f"<Saved {self.path}>" if self.error is None else f"<not saved: {self.error}>"


def download_all(
    downloads: Iterable[Download | Named],
    into: str | os.PathLike[str],
    *,
    concurrency: int = 4,
    resume: bool = False,
    keep_going: bool = False,
) -> list[Saved]:
    """Save many files into a folder, several at a time.

    Args:
        downloads: What to save, taken one by one as there is room, so that it may be a generator over
            a long list. Each a download, which is named as the service says (with a number behind the
            stem if another one of this run has that name), or a pair of download and file name, which may
            lie in a folder below `into` but not outside of it.
        into: The folder; created if need be.
        concurrency: Files that are fetched at the same time.
        resume: As in `Download.save`.
        keep_going: Fetch the rest when one fails, and tell the error in its place.

    Returns:
        One entry per download, in order.

    Raises:
        XCaaSError: The first failure, unless `keep_going`. Downloads under way are finished before.
    """
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
    from contextvars import copy_context

    _check(downloads, concurrency)
    names = _Names(into)
    saved: list[Saved] = []
    running: dict[Future[Path], int] = {}

    def collect(done: Iterable[Future[Path]]) -> None:
        for future in done:
            place = running.pop(future)
            try:
                saved[place] = Saved(future.result())
            except XCaaSError as error:
                saved[place] = Saved(None, error)
                if not keep_going:
                    raise

    with ThreadPoolExecutor(concurrency, thread_name_prefix="xcaas-download") as pool:
        for item in downloads:
            download, name = item if isinstance(item, tuple) else (item, None)
            # In the caller's context, where its tracing span is.
            running[pool.submit(copy_context().run, _save, download, names, name, resume)] = len(saved)
            saved.append(Saved(None))
            if len(running) >= concurrency:
                collect(wait(running, return_when=FIRST_COMPLETED).done)
        collect(list(wait(running).done))
    return saved


async def adownload_all(
    downloads: Iterable[AsyncDownload | AsyncNamed] | AsyncIterable[AsyncDownload | AsyncNamed],
    into: str | os.PathLike[str],
    *,
    concurrency: int = 4,
    resume: bool = False,
    keep_going: bool = False,
) -> list[Saved]:
    """Do what `download_all` does, async. The first failure cancels the others, unless `keep_going`.

    What the iterator of downloads raises is raised, after the others are cancelled.
    """
    import anyio

    _check(downloads, concurrency)
    names = _Names(into)
    saved: list[Saved] = []
    room = anyio.Semaphore(concurrency)
    failures: list[Exception] = []

    async def one(place: int, download: AsyncDownload, name: str | os.PathLike[str] | None) -> None:
        try:
            saved[place] = Saved(await _save_async(download, names, name, resume))
        except XCaaSError as error:
            saved[place] = Saved(None, error)
            if not keep_going:
                fail(error)
        except Exception as error:
            fail(error)
        finally:
            room.release()

    def fail(error: Exception) -> None:
        # Kept for later: a task group would wrap it into a group of exceptions.
        failures.append(error)
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        try:
            async with aclosing(_each(downloads)) as items:
                async for item in items:
                    download, name = item if isinstance(item, tuple) else (item, None)
                    saved.append(Saved(None))
                    await room.acquire()
                    tasks.start_soon(one, len(saved) - 1, download, name)
        except Exception as error:
            fail(error)
    if failures:
        raise failures[0]
    return saved


def _save(download: Download, names: _Names, name: str | os.PathLike[str] | None, resume: bool) -> Path:
    from ._download import Download

    if not isinstance(download, Download):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _wrong(download, "downloads of a blocking client; `adownload_all` takes those of an async one")
    if name is not None:
        return download.save(names.claim(name), resume=resume)
    with download:
        return download.save(names.claim(download.fallback_name()), resume=resume)


async def _save_async(
    download: AsyncDownload, names: _Names, name: str | os.PathLike[str] | None, resume: bool
) -> Path:
    from ._download import AsyncDownload

    if not isinstance(download, AsyncDownload):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _wrong(download, "downloads of an async client; `download_all` takes those of a blocking one")
    if name is not None:
        return await download.save(names.claim(name), resume=resume)
    async with download:
        return await download.save(names.claim(download.fallback_name()), resume=resume)


async def _each(
    downloads: Iterable[AsyncDownload | AsyncNamed] | AsyncIterable[AsyncDownload | AsyncNamed],
) -> AsyncGenerator[AsyncDownload | AsyncNamed]:
    """Yield downloads one by one. A generator that is left in the middle is closed: it may hold a connection."""
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


def _wrong(given: object, due: str) -> ArgumentError:
    return argument_error("downloads", f"{type(given).__name__} is not what this function saves", f"Give {due}.")


def _check(downloads: object, concurrency: int) -> None:
    if not is_iterable(downloads) and not isinstance(downloads, AsyncIterable):
        raise _wrong(downloads, "a list or an iterator of downloads")
    try:
        enough = index(concurrency) >= 1
    except TypeError:
        enough = False
    if not enough:
        raise argument_error("concurrency", f"a whole number from 1 up is due, not {concurrency!r}")


class _Names:
    """Names in one folder, each given out once. Letter case doesn't tell names apart on every disk."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = check_path(folder, "into")
        self._root = Path(os.path.normpath(self.folder))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(f"the folder {self.folder} cannot be made: {error.strerror or error}") from error
        self._taken: dict[str, int] = {}  # the last number of each name
        self._lock = Lock()

    def claim(self, name: str | os.PathLike[str]) -> Path:
        """Return a path that no other download of this run has. ArgumentError for one outside of the folder."""
        try:
            wanted = Path(os.path.normpath(self.folder / check_path(name)))
            inside = wanted.relative_to(self._root) if wanted.is_relative_to(self._root) else None
            # A link in the folder may lead out of it.
            if inside is None or not inside.name or not self._is_below(wanted.parent):
                raise ArgumentError(f"{os.fspath(name)!r} is no file inside of {self.folder}")
            wanted.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(
                f"the folder of {os.fspath(name)!r} cannot be made: {error.strerror or error}"
            ) from error
        with self._lock:
            return wanted.with_name(self._free(inside, wanted.parent))

    def _is_below(self, folder: Path) -> bool:
        try:
            return folder.resolve().is_relative_to(self.folder.resolve())
        except RuntimeError:  # links that lead to each other
            return False

    def _free(self, inside: Path, parent: Path) -> str:
        """Return the name, or the first with a number that nobody has and that is no folder: what is there would be saved in it."""
        wanted = self._key(inside, inside.name)
        number = self._taken.get(wanted, 0)
        stem, dot, ending = inside.name.rpartition(".") if "." in inside.name[1:] else (inside.name, "", "")
        while True:
            number += 1
            name = inside.name if number == 1 else f"{stem} ({number}){dot}{ending}"
            key = self._key(inside, name)
            if (number == 1 or key not in self._taken) and not os.path.isdir(parent / name):
                break
        self._taken[wanted] = number
        self._taken.setdefault(key, 1)
        return name

    def _key(self, place: Path, name: str) -> str:
        return place.with_name(name).as_posix().casefold()
