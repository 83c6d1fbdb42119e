"""What an HTTP library raises, as the SDK's own errors.

Errors are told apart by the names of their classes, which are the same in every library with this
interface, so that nothing has to be imported. The library's error is not chained: its traceback
holds frames with every header of the request in them.
"""

from __future__ import annotations

import ssl
import time
from typing import Any, Final, NoReturn

from .._errors import (
    ArgumentError,
    CallTimeoutError,
    CertificateError,
    ConnectError,
    ConnectionLostError,
    XCaaSError,
)
from .._redaction import safe_text

__all__ = ["Deadline", "converted"]

_TIMEOUTS: Final = {
    "ConnectTimeout": ("no connection was made in time", False),
    "PoolTimeout": ("no connection came free in time", False),
    "ReadTimeout": ("the server did not answer in time", True),
    "WriteTimeout": ("the request could not be sent in time", True),
}
_LOST: Final = {
    "ReadError": "the connection broke before the answer was complete",
    "WriteError": "the connection broke while the request was being sent",
    "CloseError": "the connection broke",
    "RemoteProtocolError": "the server ended the answer early, or did not speak HTTP",
    "DecodingError": "the body is damaged: its compression cannot be undone",
    "NetworkError": "the connection broke",
    "StreamError": "the body was read twice, or after it was closed",
}


def converted(error: Exception) -> XCaaSError | None:
    """The SDK's error for one that an HTTP library raised; None if it comes from somewhere else."""
    for cls in type(error).__mro__:
        found = _by_name(cls.__name__, error)
        if found is not None:
            return found
    return None


def _by_name(name: str, error: Exception) -> XCaaSError | None:
    if name in _TIMEOUTS:
        text, connected = _TIMEOUTS[name]
        timeout = CallTimeoutError(text, advice="Try again, or allow a longer timeout.")
        timeout.connected = connected
        return timeout
    if name in _LOST:
        return ConnectionLostError(f"{_LOST[name]}{_detail(error)}")
    match name:
        case "ConnectError":
            return _not_connected(error)
        case "ProxyError":
            return ConnectError(f"the proxy made no connection{_detail(error)}", advice="Check the proxy's settings.")
        case "LocalProtocolError" | "UnsupportedProtocol" | "InvalidURL":
            return ArgumentError(f"the request cannot be sent like this{_detail(error)}")
        case _:
            return None


def _not_connected(error: Exception) -> ConnectError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateError(
                f"the server's certificate was refused: {cause.verify_message}",
                advice="If a proxy of your own signs it, pass its CA bundle (verify=…).",
            )
        cause = cause.__cause__ or cause.__context__
    return ConnectError(
        f"no connection could be made{_detail(error)}", advice="Check the network, base_url and proxies."
    )


def _detail(error: Exception) -> str:
    text = safe_text(str(error))
    return f": {text}" if text else ""


class Deadline(dict[str, float | None]):
    """An HTTP library's time limits, each cut to what is left of the call's total.

    Libraries look a limit up when its phase begins (pool, connect, write, read), so that
    the phases together cannot take longer than the total.
    """

    __slots__ = ("at",)

    def __init__(self, timeout: float | None, connect: float | None, read: float | None) -> None:
        super().__init__(connect=connect, read=read, write=read, pool=connect)
        self.at = None if timeout is None else time.monotonic() + timeout

    def get(self, key: Any, default: Any = None, /) -> float | None:
        limit = self[key]
        if self.at is None:
            return limit
        left = self.at - time.monotonic()
        if limit is not None and limit < left:
            return limit
        # Zero would mean "don't wait at all" to a socket, and be reported as something else than a timeout.
        return left if left > 0.001 else 0.001

    def left(self) -> float | None:
        """Seconds until the end; None for no end."""
        return None if self.at is None else max(0.0, self.at - time.monotonic())

    def check(self) -> None:
        """`CallTimeoutError` if the total is used up: an answer may come in drops for ever."""
        if self.at is not None and time.monotonic() > self.at:
            self.expire()

    def expire(self) -> NoReturn:
        """The total is used up."""
        raise CallTimeoutError("the answer was not complete in time", advice="Allow a longer timeout.")
