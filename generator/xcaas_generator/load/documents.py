"""The files of one run. Each is read once, and only from permitted locations."""

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
_TOTAL = 120  # seconds for a whole file, however slowly it arrives
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class LoadError:
    """A failure to read a file. `advice` says what to do."""

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
        """The files that were read, by label."""
        return self._labels

    def read_root(self, source: Path | bytes, name: str) -> SourceFile:
        """Read the root document. Raises `InputError` if that fails."""
        if isinstance(source, bytes):
            return self._add(name, load(source, name))
        try:
            data = _read(source)
        except OSError as error:
            raise InputError([_unreadable(str(source), error.strerror or str(error))]) from None
        path = source.resolve()
        if self._root is None:
            self._root = _reference_root(path.parent)
        return self._add(str(path), load(data, source.as_posix(), str(path.parent) + "/"))

    def open(self, target: str, base: SourceFile) -> SourceFile | LoadError:
        """Return the file that `target` names, relative to `base`."""
        address = self._by_self_uri(target) or _absolute(target, base.base)
        if address is None:
            return LoadError("Give the document as a file: a reference to another file needs a place to start from.")
        if address not in self._files:
            if len(self._files) >= _MAX_FILES:
                return LoadError(f"More than {_MAX_FILES} files are referenced.")
            self._files[address] = self._load(address, target, base)
        file = self._files[address]
        if isinstance(file, SourceFile):
            self._labels[file.label] = file
        return file

    def _by_self_uri(self, target: str) -> str | None:
        """Return the address of the file whose `$self` (OpenAPI 3.2) is `target`."""
        for address, file in self._files.items():
            if isinstance(file, SourceFile) and isinstance(file.tree, dict) and file.tree.get("$self") == target:
                return address
        return None

    def _load(self, address: str, target: str, base: SourceFile) -> SourceFile | LoadError:
        try:
            if _is_url(address):
                return self._add(address, load(self._fetch(address), address, address.rpartition("/")[0] + "/"))
            path = Path(address)
            error = self._check_inside_root(path)
            if error is not None:
                return error
            label = os.path.normpath(os.path.join(os.path.dirname(base.label), unquote(target))).replace(os.sep, "/")
            return self._add(address, load(_read(path), label, str(path.parent) + "/"))
        except InputError as error:
            self._report.extend(error.problems)
            return LoadError("Correct that file.")
        except _NotAllowed:
            return LoadError(
                "References to other hosts are followed only with --allow-network. It is safer to keep a local copy."
            )
        except OSError as error:
            return LoadError(f"It can't be read: {error.strerror or error}.")
        except RuntimeError:  # from pathlib before Python 3.13, for symbolic links in a loop
            return LoadError("It can't be read: its symbolic links form a loop.")
        except ValueError as error:
            return LoadError(f"It can't be read: {error}.")

    def _check_inside_root(self, path: Path) -> LoadError | None:
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
        # In a thread that may outlive this call: `urlopen` limits each wait for headers, but not their sum.
        results: Queue[bytes | Exception] = Queue()
        Thread(target=lambda: results.put(_download(url)), daemon=True).start()
        try:
            result = results.get(timeout=max(0.0, _TOTAL))
        except Empty:
            raise _timeout_error() from None
        if isinstance(result, bytes):
            return result
        raise result

    def _add(self, address: str, file: SourceFile) -> SourceFile:
        self._files[address] = file
        self._labels[file.label] = file
        self._report.extend(file.problems)
        return file


class _NotAllowed(Exception):
    pass


def _timeout_error() -> ValueError:
    return ValueError(f"it did not arrive within {_TOTAL} seconds")


def _download(url: str) -> bytes | Exception:
    """Return the content of a URL, or the error of fetching it."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen  # slow to import

    deadline = time.monotonic() + _TOTAL
    data = bytearray()
    try:
        with urlopen(url, timeout=_TIMEOUT) as response:  # _is_url has checked the scheme
            while chunk := response.read1(_CHUNK):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise ValueError(f"it is larger than {MAX_BYTES:,} bytes, the limit")
                if time.monotonic() > deadline:
                    raise _timeout_error()
    except HTTPError as error:
        with error:  # closes the response
            return error
    except HTTPException as error:
        return ValueError(f"the server does not speak HTTP ({type(error).__name__})")
    except Exception as error:
        return error
    return bytes(data)


def _is_url(address: str) -> bool:
    return address.startswith(("http://", "https://"))


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


def _reference_root(folder: Path) -> Path:
    """Return the Git repository around `folder`, or else `folder` itself."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return parent
    return folder


def _read(path: Path) -> bytes:
    """Read a regular file. Pipes and devices could block, or never end."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise OSError(None, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "it is not a regular file")
    if status.st_size > MAX_BYTES:
        raise OSError(None, f"it has {status.st_size:,} bytes, more than the limit of {MAX_BYTES:,}")
    return path.read_bytes()


def _unreadable(label: str, reason: str) -> Problem:
    return Problem(SourceLocation(label, ""), f"the file can't be read: {reason}", line=1, column=1)
