"""Files that appear under their name only when they are complete.

Bytes go to a file beside the target; `commit` moves it into place in one step. Until
then nothing is visible under the final name, and what was there before stays. Only a plain
file is replaced, or a link to one: the link itself, as others may have put it there. A file
that is not committed is removed, unless it is kept for a later resume; then a
small note beside it says what it is a part of.
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

_MAX_NAME_BYTES: Final = 240  # bytes; file systems take 255
_MAX_NOTE_BYTES: Final = 1 << 16  # bytes
# Not on every system.
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
    """A file in the making. Not safe for use from several threads.

    Args:
        target: The final name.
        resumable: Keep what was written when the download fails, and continue from it next time.
    """

    __slots__ = ("_file", "_ours", "note", "path", "resumable", "size", "target")

    def __init__(self, target: Path, *, resumable: bool = False) -> None:
        self.target = target
        self.resumable = resumable
        # A name of its own per download: two of the same target don't meet. One to come back to has a fixed name.
        mark = "part" if resumable else f"{os.urandom(6).hex()}.part"
        self.path = target.with_name(f".{_cut(target.name, _MAX_NAME_BYTES - len(mark))}.{mark}")
        self._file: IO[bytes] | None = None
        self._ours = False  # whether there may be a file that nobody else will remove
        self.size = 0
        """Bytes written so far."""
        self.note: dict[str, str] = {}
        """What is known of the whole (`etag`, `length`), to tell later whether it still is the same."""

    def open(self) -> None:
        """Create the file, or open the one that was kept. DownloadError if another process writes it just now."""
        # A name that cannot be, and what is no file (a pipe, a device), are found out before anything comes.
        with suppress(FileNotFoundError):
            _check_plain(os.stat(self.target), self.target)
        self._create()

    def _create(self) -> None:
        if not self.resumable:
            self._ours = True  # said before, as Ctrl-C may come right after the file is there
            self._file = open(self.path, "xb")  # noqa: SIM115 - closed by commit and discard
            return
        self._file = self._locked()
        self._ours = True
        self.size = self._file.seek(0, os.SEEK_END)
        self.note = self._read_note()
        if self.size and not self.note:
            self.restart()

    def _locked(self) -> IO[bytes]:
        """Open the part and claim it. Once claimed it may be the target of whoever had it before: then there is
        another part, or none."""
        while True:
            file = open(_open_plain(self.path, os.O_RDWR | os.O_CREAT), "r+b")  # noqa: SIM115
            is_ours = False
            try:
                _lock(file)
                is_ours = _is_at(self.path, file)
            except BlockingIOError:
                raise DownloadError(
                    f"another process is downloading {str(self.target)!r}", advice="Wait for it to end."
                ) from None
            finally:
                if not is_ours:
                    file.close()
            if is_ours:
                return file

    def save_resume_info(self, note: dict[str, str]) -> None:
        """Write down what the whole is, so that a later process can tell whether a part still fits."""
        self.note = note
        if self.resumable:
            import json

            made = PartialFile(self._note_path)
            made._create()  # whatever others put in its place is replaced
            try:
                made.write(json.dumps(note).encode())
                made.commit()
            finally:
                made.discard()

    def read_back(self) -> IO[bytes]:
        """Return a second handle on what has been written, for the checksum of a resumed part."""
        self.opened.flush()
        return open(_open_plain(self.path, os.O_RDONLY), "rb", buffering=1 << 20)

    def write(self, data: bytes) -> None:
        self.opened.write(data)
        self.size += len(data)

    def restart(self) -> None:
        """Forget what has been written."""
        self.opened.seek(0)
        self.opened.truncate()
        self.size = 0

    def commit(self, *, durable: bool = False) -> None:
        """Give the file its final name. With `durable` the bytes are on the disk before the name is."""
        file = self.opened
        file.flush()
        if durable:
            os.fsync(file.fileno())
        if os.name == "nt":  # an open file cannot be renamed there
            file.close()
        os.replace(self.path, self.target)
        self._ours = False
        file.close()
        self._file = None
        self._forget_note()

    def discard(self, *, keep: bool = False) -> None:
        """Close, and remove the file unless `keep` (which needs `resumable`). Safe to call twice, and after `commit`."""
        if not self._ours:
            return
        file, self._file = self._file, None
        keep = keep and self.resumable and self.size > 0
        try:
            if file is not None and not file.closed:
                file.flush()
        except OSError:  # a full disk, perhaps
            keep = False
        if os.name == "nt" and file is not None:  # an open file cannot be removed there
            _close(file)
        try:
            # Before it is closed: from then on the part may be the one of another process.
            if not keep:
                with suppress(OSError):  # where none could be made, as in a folder that is none
                    self._forget_note()
                    self.path.unlink(missing_ok=True)
        finally:
            self._ours = False
            if file is not None:
                _close(file)

    @property
    def opened(self) -> IO[bytes]:
        """The file while it is open, for libraries that write by themselves. They must leave it open."""
        if self._file is None:
            raise ValueError("the file is not open")
        return self._file

    @property
    def _note_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def _read_note(self) -> dict[str, str]:
        import json

        try:
            with open(_open_plain(self._note_path, os.O_RDONLY), "rb") as file:
                found: object = json.loads(file.read(_MAX_NOTE_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        facts = {str(name): str(value) for name, value in found.items()} if is_object(found) else {}
        # They go into headers.
        return facts if all(fact.isascii() and fact.isprintable() for fact in facts.values()) else {}

    def _forget_note(self) -> None:
        if self.resumable:
            with suppress(OSError):  # it is of no use to anybody, and does no harm
                self._note_path.unlink(missing_ok=True)


def _open_plain(path: Path, flags: int) -> int:
    """Open a file that has a name which others may guess: what is there may be a link or a pipe of theirs.

    Raises:
        OSError: It is something else than a plain file.
    """
    number = os.open(path, flags | _PLAIN_FLAGS, 0o666)
    try:
        _check_plain(os.fstat(number), path)
    except OSError:
        os.close(number)
        raise
    return number


def _check_plain(found: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a plain file", os.fspath(path))


def _is_at(path: Path, file: IO[bytes]) -> bool:
    """Return whether an open file still is the one of this name."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> None:
    """Claim a file among processes. On systems without locks, everybody's claim holds.

    Raises:
        BlockingIOError: Another one has it.
        OSError: The disk knows no locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what a full disk did not take is tried again
        file.close()


def safe_file_name(name: str) -> str:
    """Return a name that somebody else chose, made fit for a file: no folders, no hidden or reserved names, not too long."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join("_" if char in '<>:"|?*' or not char.isprintable() else char for char in name)
    name = name.strip(". ")
    if name.split(".", 1)[0].rstrip().lower() in _RESERVED:
        name = f"_{name}"
    return _cut(name, _MAX_NAME_BYTES).rstrip(". ") or "download"


def _cut(name: str, longest: int) -> str:
    """Shorten a name to so many bytes, keeping its ending."""
    if len(os.fsencode(name)) <= longest:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(os.fsencode(ending)) > 16:
        stem, dot, ending = name, "", ""
    room = longest - len(os.fsencode(dot + ending))
    return os.fsencode(stem)[:room].decode(errors="ignore") + dot + ending
