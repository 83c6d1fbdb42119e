"""The files of one run: read once each, and only where they may be read."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from urllib.parse import unquote, urljoin

from xcaas_generator.ir import SourceLocation
from xcaas_generator.load.decode import MAX_BYTES, SourceFile, load
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.report import Report

_MAX_FILES = 2_000
_TIMEOUT = 30
_TOTAL = 120  # seconds for a whole file, however steadily it drips
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class LoadError:
    """Why a file was not read, and what to do."""

    advice: str


class Documents:
    def __init__(self, report: Report, *, root: Path | None = None, allow_network: bool = False) -> None:
        self._report = report
        self._root = root.resolve() if root is not None else None
        self._allow_network = allow_network
        self._files: dict[str, SourceFile | LoadError] = {}
        self._labels: dict[str, SourceFile] = {}

    @property
    def files(self) -> dict[str, SourceFile]:
        """By the label that places name."""
        return self._labels

    def first(self, source: Path | bytes, name: str) -> SourceFile:
        """Return the document itself. Raises `InputError` when there is nothing to read."""
        if isinstance(source, bytes):
            return self._keep(name, load(source, name))
        try:
            data = _read(source)
        except OSError as error:
            raise InputError([_unreadable(str(source), error.strerror or str(error))]) from None
        path = source.resolve()
        if self._root is None:
            self._root = _tree_of(path.parent)
        return self._keep(str(path), load(data, source.as_posix(), str(path.parent) + "/"))

    def open(self, target: str, base: SourceFile) -> SourceFile | LoadError:
        """Return the file that `target` names, seen from `base`."""
        where = self._itself(target) or _absolute(target, base.base)
        if where is None:
            return LoadError("Give the document as a file: a reference to another file needs a place to start from.")
        if where not in self._files:
            if len(self._files) >= _MAX_FILES:
                return LoadError(f"More than {_MAX_FILES} files are referenced.")
            self._files[where] = self._load(where, target, base)
        found = self._files[where]
        if isinstance(found, SourceFile):
            self._labels[found.label] = found
        return found

    def _itself(self, target: str) -> str | None:
        """Return where the file is that gives `target` as its own address, in `$self` of OpenAPI 3.2."""
        for where, file in self._files.items():
            if isinstance(file, SourceFile) and isinstance(file.tree, dict) and file.tree.get("$self") == target:
                return where
        return None

    def _load(self, where: str, target: str, base: SourceFile) -> SourceFile | LoadError:
        try:
            if _is_url(where):
                return self._keep(where, load(self._fetch(where), where, where.rpartition("/")[0] + "/"))
            path = Path(where)
            refused = self._outside(path)
            if refused is not None:
                return refused
            label = os.path.normpath(os.path.join(os.path.dirname(base.label), unquote(target))).replace(os.sep, "/")
            return self._keep(where, load(_read(path), label, str(path.parent) + "/"))
        except InputError as error:
            self._report.extend(error.problems)
            return LoadError("Correct that file.")
        except _NotAllowed:
            return LoadError(
                "References to other hosts are followed only with --allow-network. It is safer to keep a local copy."
            )
        except OSError as error:
            return LoadError(f"It can't be read: {error.strerror or error}.")
        except RuntimeError:  # what pathlib raises for links that lead to themselves, before Python 3.13
            return LoadError("It can't be read: its symbolic links form a loop.")
        except ValueError as error:
            return LoadError(f"It can't be read: {error}.")

    def _outside(self, path: Path) -> LoadError | None:
        real = path.resolve()
        if self._root is None or not real.is_relative_to(self._root):
            return LoadError(
                "It is outside the folder tree of the document, or the Git repository around it, and nothing there is read. "
                "Copy it inside."
            )
        return None

    def _fetch(self, url: str) -> bytes:
        if not self._allow_network:
            raise _NotAllowed
        # In a thread that may be left behind: `urlopen` bounds each wait for bytes of the head, but not all of them.
        fetched: Queue[bytes | Exception] = Queue()
        Thread(target=lambda: fetched.put(_fetched(url)), daemon=True).start()
        try:
            found = fetched.get(timeout=max(0.0, _TOTAL))
        except Empty:
            raise _late() from None
        if isinstance(found, bytes):
            return found
        raise found

    def _keep(self, where: str, file: SourceFile) -> SourceFile:
        self._files[where] = file
        self._labels[file.label] = file
        self._report.extend(file.problems)
        return file


class _NotAllowed(Exception):
    pass


def _late() -> ValueError:
    return ValueError(f"it did not arrive within {_TOTAL} seconds")


def _fetched(url: str) -> bytes | Exception:
    """Return what stands at an address, or why it can't be had."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen  # brings an HTTP client along

    deadline = time.monotonic() + _TOTAL
    data = bytearray()
    try:
        with urlopen(url, timeout=_TIMEOUT) as response:  # the scheme is http or https, see _is_url
            while chunk := response.read1(_CHUNK):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise ValueError(f"it is larger than {MAX_BYTES:,} bytes, the limit")
                if time.monotonic() > deadline:
                    raise _late()
    except HTTPError as error:
        with error:  # it holds the response
            return error
    except HTTPException as error:
        return ValueError(f"the server does not speak HTTP ({type(error).__name__})")
    except Exception as error:
        return error
    return bytes(data)


def _is_url(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _absolute(target: str, base: str | None) -> str | None:
    if _is_url(target):
        return target
    if base is None:
        return None
    if _is_url(base):
        try:
            return urljoin(base, target)
        except ValueError:
            return None
    return os.path.normpath(os.path.join(base, unquote(target)))


def _tree_of(folder: Path) -> Path:
    """Return the repository that holds the document or, when none does, the document's own folder."""
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            return above
    return folder


def _read(path: Path) -> bytes:
    """Return a regular file's bytes. Pipes and devices would block or never end."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise OSError(None, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "it is not a regular file")
    if status.st_size > MAX_BYTES:
        raise OSError(None, f"it has {status.st_size:,} bytes, more than the limit of {MAX_BYTES:,}")
    return path.read_bytes()


def _unreadable(label: str, why: str) -> Problem:
    return Problem(SourceLocation(label, ""), f"the file can't be read: {why}", line=1, column=1)
