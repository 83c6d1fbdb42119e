"""Files that appear under their name only when they are complete.

Bytes go to a file beside the target; `commit` renames it in one step. Until then, an earlier
file of that name stays. Only a plain file is replaced, or a link to one: the link itself, as
others may have created it. A file that is not committed is removed, unless it is kept for a
later resume; then a small JSON file beside it says what it is a part of.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final

from ._checks import is_object
from ._errors import DownloadError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PartialFile", "safe_file_name"]

_MAX_NAME_BYTES: Final = 240  # file systems allow 255
_MAX_INFO_BYTES: Final = 1 << 16
# Some systems lack some of them.
_PLAIN_FLAGS: Final[int] = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
# Windows reads superscript digits as digits here.
_RESERVED: Final = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"),
    ]
)


class PartialFile:
    """A file that is being written. Not safe for use from several threads.

    Args:
        target: The final name.
        resumable: Keep the bytes of a failed download, and continue after them next time.
    """

    __slots__ = ("_file", "_must_remove", "path", "resumable", "resume_info", "size", "target")

    def __init__(self, target: Path, *, resumable: bool = False) -> None:
        self.target = target
        self.resumable = resumable
        # A unique name, so that two downloads of one target don't collide; a fixed one for resuming.
        suffix = "part" if resumable else f"{os.urandom(6).hex()}.part"
        self.path = target.with_name(f".{_shorten(target.name, _MAX_NAME_BYTES - len(suffix))}.{suffix}")
        self._file: IO[bytes] | None = None
        self._must_remove = False
        self.size = 0
        """Bytes written so far."""
        self.resume_info: dict[str, str] = {}
        """`etag`, `length` and the like, to tell later whether the whole file has changed."""

    def open(self) -> None:
        """Create the file, or open the one that was kept. DownloadError if another process is writing it."""
        # Refuse impossible names, pipes and devices before any bytes arrive.
        with suppress(FileNotFoundError):
            _check_plain(os.stat(self.target), self.target)
        self._create()

    def _create(self) -> None:
        if not self.resumable:
            self._must_remove = True  # set first, as Ctrl-C may come right after `open`
            self._file = open(self.path, "xb")  # noqa: SIM115 - closed by commit and discard
            return
        self._file = self._open_locked()
        self._must_remove = True
        self.size = self._file.seek(0, os.SEEK_END)
        self.resume_info = self._read_info()
        if self.size and not self.resume_info:
            self.restart()

    def _open_locked(self) -> IO[bytes]:
        """Open the part and lock it. Once locked, it may have been committed by another process; then try again."""
        while True:
            file = open(_open_plain(self.path, os.O_RDWR | os.O_CREAT), "r+b")  # noqa: SIM115
            is_current = False
            try:
                _lock(file)
                is_current = _has_path(self.path, file)
            except BlockingIOError:
                raise DownloadError(
                    f"another process is downloading {str(self.target)!r}", advice="Wait for it to end."
                ) from None
            finally:
                if not is_current:
                    file.close()
            if is_current:
                return file

    def save_resume_info(self, info: dict[str, str]) -> None:
        """Save what identifies the whole file, so that a later process can tell whether it has changed."""
        self.resume_info = info
        if self.resumable:
            import json

            file = PartialFile(self._info_path)
            file._create()  # replaces whatever is there
            try:
                file.write(json.dumps(info).encode())
                file.commit()
            finally:
                file.discard()

    def read_back(self) -> IO[bytes]:
        """Return a second handle, to read what has been written."""
        self.opened.flush()
        return open(_open_plain(self.path, os.O_RDONLY), "rb", buffering=1 << 20)

    def write(self, data: bytes) -> None:
        self.opened.write(data)
        self.size += len(data)

    def restart(self) -> None:
        """Discard what has been written."""
        self.opened.seek(0)
        self.opened.truncate()
        self.size = 0

    def commit(self, *, durable: bool = False) -> None:
        """Give the file its final name. With `durable`, flush its bytes to the disk first."""
        file = self.opened
        file.flush()
        if durable:
            os.fsync(file.fileno())
        if os.name == "nt":  # an open file cannot be renamed there
            file.close()
        os.replace(self.path, self.target)
        self._must_remove = False
        file.close()
        self._file = None
        self._remove_info()

    def discard(self, *, keep: bool = False) -> None:
        """Close, and remove the file unless `keep` (which needs `resumable`). Safe to call twice, and after `commit`."""
        if not self._must_remove:
            return
        file, self._file = self._file, None
        keep = keep and self.resumable and self.size > 0
        try:
            if file is not None and not file.closed:
                file.flush()
        except OSError:  # a full disk, perhaps
            keep = False
        if os.name == "nt" and file is not None:  # an open file cannot be removed there
            _close_quietly(file)
        try:
            # Before closing: after that, another process may lock the part.
            if not keep:
                with suppress(OSError):  # where none could be created
                    self._remove_info()
                    self.path.unlink(missing_ok=True)
        finally:
            self._must_remove = False
            if file is not None:
                _close_quietly(file)

    @property
    def opened(self) -> IO[bytes]:
        """The open file, for libraries that write to it. They must leave it open."""
        if self._file is None:
            raise ValueError("the file is not open")
        return self._file

    @property
    def _info_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def _read_info(self) -> dict[str, str]:
        import json

        try:
            with open(_open_plain(self._info_path, os.O_RDONLY), "rb") as file:
                data: object = json.loads(file.read(_MAX_INFO_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        info = {str(name): str(value) for name, value in data.items()} if is_object(data) else {}
        # The values are sent in headers.
        return info if all(value.isascii() and value.isprintable() for value in info.values()) else {}

    def _remove_info(self) -> None:
        if self.resumable:
            with suppress(OSError):  # it does no harm
                self._info_path.unlink(missing_ok=True)


def _open_plain(path: Path, flags: int) -> int:
    """Open a file whose name others can guess, but not a link or a pipe that they created.

    Raises:
        OSError: It is not a plain file.
    """
    descriptor = os.open(path, flags | _PLAIN_FLAGS, 0o666)
    try:
        _check_plain(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check_plain(info: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(info.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "not a plain file", os.fspath(path))


def _has_path(path: Path, file: IO[bytes]) -> bool:
    """Return whether an open file still has this path."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> None:
    """Lock a file against other processes, where the system has locks.

    Raises:
        BlockingIOError: Another process has the lock.
        OSError: The file system has no locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _close_quietly(file: IO[bytes]) -> None:
    with suppress(OSError):  # a full disk fails again
        file.close()


def safe_file_name(name: str) -> str:
    """Return an untrusted name, made safe for a file: no folders, no hidden or reserved names, not too long."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join("_" if char in '<>:"|?*' or not char.isprintable() else char for char in name)
    name = name.strip(". ")
    if name.split(".", 1)[0].rstrip().lower() in _RESERVED:
        name = f"_{name}"
    return _shorten(name, _MAX_NAME_BYTES).rstrip(". ") or "download"


def _shorten(name: str, size: int) -> str:
    """Shorten a name to this many bytes, keeping its extension."""
    if len(os.fsencode(name)) <= size:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(os.fsencode(extension)) > 16:
        stem, dot, extension = name, "", ""
    available = size - len(os.fsencode(dot + extension))
    return os.fsencode(stem)[:available].decode(errors="ignore") + dot + extension
