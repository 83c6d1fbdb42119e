"""Errors of the SDK as `OSError`s, which users of files expect."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager

from xcaas import (
    AuthenticationError,
    ConnectError,
    ConnectionLostError,
    CredentialsError,
    NotFoundError,
    PermissionDeniedError,
    TokenRateLimitError,
    TokenResponseError,
    TokenUnavailableError,
    XCaaSError,
)

__all__ = ["missing", "os_errors", "read_only"]

_ERRNOS: tuple[tuple[type[XCaaSError], int], ...] = (
    (NotFoundError, errno.ENOENT),
    (PermissionDeniedError, errno.EACCES),
    (AuthenticationError, errno.EACCES),
    # Not EACCES: credentials may be valid although the token service fails.
    (TokenUnavailableError, errno.EIO),
    (TokenRateLimitError, errno.EIO),
    (TokenResponseError, errno.EIO),
    (CredentialsError, errno.EACCES),
    (ConnectError, errno.ECONNREFUSED),
    (ConnectionLostError, errno.ECONNRESET),
)


@contextmanager
def os_errors(path: str) -> Generator[None]:
    """Turn errors of the SDK into `FileNotFoundError`, `PermissionError` and so on, with the original error as the cause."""
    try:
        yield
    except OSError:  # such as CallTimeoutError, which is a TimeoutError
        raise
    except XCaaSError as error:
        number = next((number for kind, number in _ERRNOS if isinstance(error, kind)), errno.EIO)
        raise OSError(number, str(error), path or "xcaas://") from error


def missing(path: str, why: str = "there is no such file or folder") -> FileNotFoundError:
    """Return the error for a path that does not exist."""
    return FileNotFoundError(errno.ENOENT, why, path)


def read_only(path: str) -> OSError:
    """Return the error for an attempt to write."""
    return OSError(errno.EROFS, "recordings can only be read", path)
