"""A token cache in files, for commands that run one after another. Not on by default."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Self

from ...._checks import check_path, is_number, is_object
from ...._fork import resets_after_fork
from ...._lazy import public
from .._errors import SecretUnavailableError
from . import _file_lock

__all__ = ["FileTokenCache"]

# The system clock may be set back by a few seconds without the loss of tokens.
_CLOCK_TOLERANCE = 5.0


@public
class FileTokenCache:
    """Keeps tokens in a folder, one file each, readable by the user only.

    Ignores a file that is damaged, belongs to another user, is readable by others or is a symbolic link.
    A folder that others can write to is an error.

    Args:
        folder: The folder; by default, the user's cache folder (needs the `profiles` extra).
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._folder = check_path(folder, "folder") if folder is not None else _default_folder()
        self._locks: dict[str, int] = {}
        resets_after_fork(self)

    def read(self, key: str) -> tuple[bytes, float] | None:
        with self._open(f"{key}.json") as file:
            content = b"" if file is None else _read_all(file)
        now = time.time()
        try:
            entry: object = json.loads(content)
            if not is_object(entry):
                return None
            encoded, written, until = entry.get("payload"), entry.get("written"), entry.get("until")
            if not isinstance(encoded, str) or not is_number(written) or not is_number(until):
                return None
            payload = base64.b64decode(encoded, validate=True)
            remaining = float(min(until - now, until - written))
        except (ValueError, OverflowError, RecursionError):
            return None
        return (payload, remaining) if written <= now + _CLOCK_TOLERANCE and remaining > 0 else None

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        self._prepare_folder()
        now = time.time()
        entry = {"payload": base64.b64encode(payload).decode("ascii"), "written": now, "until": now + seconds}
        descriptor, path = tempfile.mkstemp(dir=self._folder, prefix=f".{key[:16]}-")  # made with 0600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(entry, file)
            os.replace(path, self._folder / f"{key}.json")
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise

    def try_lock(self, key: str, seconds: float) -> str | None:
        """Take the lock if it is free. `seconds` is unused: the system releases the lock when the process ends."""
        self._prepare_folder()
        file = os.open(self._folder / f"{key}.lock", os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
        try:
            if not _is_trusted(file):
                raise PermissionError("the lock file belongs to somebody else")
            is_taken = _file_lock.try_lock(file)
        except BaseException:
            os.close(file)
            raise
        if not is_taken:
            os.close(file)
            return None
        owner = secrets.token_hex(8)
        self._locks[owner] = file
        return owner

    def unlock(self, key: str, owner: str) -> None:
        del key
        file = self._locks.pop(owner, None)
        if file is not None:
            _file_lock.unlock(file)
            os.close(file)

    def reset(self) -> None:
        """Close the parent's locks in a forked child, or they would outlive a parent that dies."""
        locks, self._locks = self._locks, {}
        for file in locks.values():
            os.close(file)

    def _prepare_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = self._folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError("the token cache's folder is a symbolic link or not a folder")
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            raise PermissionError("the token cache's folder belongs to, or can be written by, somebody else")

    @contextlib.contextmanager
    def _open(self, name: str) -> Generator[int | None]:
        """Yield the descriptor of a trusted file, or None."""
        try:
            file = os.open(self._folder / name, os.O_RDONLY | _FLAGS)
        except OSError:
            yield None
            return
        try:
            yield file if _is_trusted(file) else None
        finally:
            os.close(file)

    def __repr__(self) -> str:
        return f"FileTokenCache({str(self._folder)!r})"

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self._folder,)


# Don't follow links, don't wait for the writer of a FIFO.
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def _is_trusted(file: int) -> bool:
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


def _read_all(file: int) -> bytes:
    chunks: list[bytes] = []
    while chunk := os.read(file, 65536):
        chunks.append(chunk)
        if len(chunks) > 64:
            return b""
    return b"".join(chunks)


def _default_folder() -> Path:
    try:
        from platformdirs import user_cache_path
    except ImportError:
        raise SecretUnavailableError(
            "the token cache's folder is not known", advice="Give a folder, or install xcaas[profiles]."
        ) from None
    return user_cache_path("xcaas") / "tokens"
