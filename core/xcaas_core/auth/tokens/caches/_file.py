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

# The clock that all processes share can be set back; a few seconds of that are not worth a token.
_SLACK = 5.0


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
        self._held: dict[str, int] = {}
        resets_after_fork(self)

    def read(self, key: str) -> tuple[bytes, float] | None:
        with self._open(f"{key}.json") as file:
            content = b"" if file is None else _read_all(file)
        now = time.time()
        try:
            entry: object = json.loads(content)
            if not is_object(entry):
                return None
            text, written, until = entry.get("payload"), entry.get("written"), entry.get("until")
            if not isinstance(text, str) or not is_number(written) or not is_number(until):
                return None
            payload = base64.b64decode(text, validate=True)
            left = float(min(until - now, until - written))
        except (ValueError, OverflowError, RecursionError):
            return None
        return (payload, left) if written <= now + _SLACK and left > 0 else None

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        self._prepare()
        now = time.time()
        entry = {"payload": base64.b64encode(payload).decode("ascii"), "written": now, "until": now + seconds}
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=f".{key[:16]}-")  # made with 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(entry, file)
            os.replace(name, self._folder / f"{key}.json")
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def try_lock(self, key: str, seconds: float) -> str | None:
        """Take the lock if it is free. The system frees it when the process ends, so `seconds` isn't needed."""
        self._prepare()
        file = os.open(self._folder / f"{key}.lock", os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
        try:
            if not _is_ours(file):
                raise PermissionError("the lock file belongs to somebody else")
            is_taken = _file_lock.try_lock(file)
        except BaseException:
            os.close(file)
            raise
        if not is_taken:
            os.close(file)
            return None
        owner = secrets.token_hex(8)
        self._held[owner] = file
        return owner

    def unlock(self, key: str, owner: str) -> None:
        del key
        file = self._held.pop(owner, None)
        if file is not None:
            _file_lock.unlock(file)
            os.close(file)

    def reset(self) -> None:
        """Close the parent's locks in a forked child: they would stay taken when the parent dies before it unlocks."""
        held, self._held = self._held, {}
        for file in held.values():
            os.close(file)

    def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = self._folder.lstat()
        if not stat.S_ISDIR(facts.st_mode):
            raise NotADirectoryError("the token cache's folder is a symbolic link or not a folder")
        if hasattr(os, "geteuid") and (facts.st_uid != os.geteuid() or facts.st_mode & 0o022):
            raise PermissionError("the token cache's folder belongs to, or can be written by, somebody else")

    @contextlib.contextmanager
    def _open(self, name: str) -> Generator[int | None]:
        """Yield the open file, or None if there is none that can be trusted."""
        try:
            file = os.open(self._folder / name, os.O_RDONLY | _FLAGS)
        except OSError:
            yield None
            return
        try:
            yield file if _is_ours(file) else None
        finally:
            os.close(file)

    def __repr__(self) -> str:
        return f"FileTokenCache({str(self._folder)!r})"

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self._folder,)


# Neither through a link, nor waiting for somebody to write into a FIFO.
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def _is_ours(file: int) -> bool:
    facts = os.fstat(file)
    if not stat.S_ISREG(facts.st_mode):
        return False
    return not hasattr(os, "geteuid") or (facts.st_uid == os.geteuid() and not facts.st_mode & 0o077)


def _read_all(file: int) -> bytes:
    pieces: list[bytes] = []
    while piece := os.read(file, 65536):
        pieces.append(piece)
        if len(pieces) > 64:
            return b""
    return b"".join(pieces)


def _default_folder() -> Path:
    try:
        from platformdirs import user_cache_path
    except ImportError:
        raise SecretUnavailableError(
            "the token cache's folder is not known", advice="Give a folder, or install xcaas[profiles]."
        ) from None
    return user_cache_path("xcaas") / "tokens"
