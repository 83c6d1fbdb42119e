"""What an HTTP library raises, as the SDK's own errors.

Errors are told apart by the names of their classes, which are the same in every library with this
interface, so that nothing has to be imported. The library's error is not chained: its traceback
holds frames with every header of the request in them.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Final

from .._errors import (
    ArgumentError,
    CallTimeoutError,
    CertificateError,
    ConnectError,
    ConnectionLostError,
    XCaaSError,
)
from .._redaction import safe_text

__all__ = ["converted", "timed_out"]

_TIMEOUTS: Final = {
    "ConnectTimeout": ("no connection was made in time", False),
    "PoolTimeout": ("no connection came free in time", False),
    "ReadTimeout": ("the server did not respond in time", True),
    "WriteTimeout": ("the request could not be sent in time", True),
}
_LOST: Final = {
    "ReadError": "the connection broke before the response was complete",
    "WriteError": "the connection broke while the request was being sent",
    "CloseError": "the connection broke",
    "RemoteProtocolError": "the server ended the response early, or did not speak HTTP",
    "DecodingError": "the body is damaged: its compression cannot be undone",
    "NetworkError": "the connection broke",
    "SSLError": "TLS failed while the connection was in use",  # of anyio's streams, which libraries let through
    "StreamError": "the body was read twice, or after it was closed",
}
# Of a user's hook or signer that looks at a body before it was read.
_USERS: Final = ("ResponseNotRead", "RequestNotRead")
# What speaks HTTP under the libraries.
_CORES: Final = ("httpcore", "httpcore2", "h2", "hpack", "hyperframe", "h11")


def converted(error: Exception) -> XCaaSError | None:
    """Return the SDK's error for one that an HTTP library raised; None if it comes from somewhere else."""
    for cls in () if type(error).__name__ in _USERS else type(error).__mro__:
        found = _by_name(cls.__name__, error)
        if found is not None:
            return found
    if _is_raised_within(error):
        return ConnectionLostError(f"the HTTP library could not read what the server sent{_detail(error)}")
    return None


def timed_out(name: str) -> CallTimeoutError:
    """Return the error of a phase that took too long, by the library's name for it."""
    text, connected = _TIMEOUTS[name]
    timeout = CallTimeoutError(text, advice="Try again, or allow a longer timeout.")
    timeout.connected = connected
    return timeout


def _is_raised_within(error: Exception) -> bool:
    """Return whether what speaks HTTP has raised an error, and not a hook or a body of the user's."""
    trace, root = error.__traceback__, ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        root = root if name in ("anyio", "trio") else name  # which it waits with
        trace = trace.tb_next
    return root in _CORES


def _by_name(name: str, error: Exception) -> XCaaSError | None:
    if name in _TIMEOUTS:
        return timed_out(name)
    if name in _LOST:
        return ConnectionLostError(f"{_LOST[name]}{_detail(error)}")
    match name:
        case "ConnectError":
            return _not_connected(error)
        case "ProxyError":
            return _refused_by_proxy(error)
        case "LocalProtocolError" if any(type(cause).__module__.startswith("h2.") for cause in _causes(error)):
            # Of a connection that the server has ended or spoilt meanwhile.
            return ConnectionLostError(f"the connection broke{_detail(error)}")
        case "LocalProtocolError" | "UnsupportedProtocol" | "InvalidURL":
            return ArgumentError(f"the request cannot be sent like this{_detail(error)}")
        case _:
            return None


def _not_connected(error: Exception) -> ConnectError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateError(
                f"the server's certificate was refused: {cause.verify_message}",
                advice="If a proxy of your own signs it, pass its CA bundle (verify=…).",
            )
    proxy = _proxy_of(error)
    through = f" through the proxy {proxy}" if proxy else ""
    return ConnectError(
        f"no connection could be made{through}{_detail(error)}", advice="Check the network, base_url and proxies."
    )


def _refused_by_proxy(error: Exception) -> ConnectError:
    which = f"the proxy {_proxy_of(error) or ''}".rstrip()
    check = "Check that it may be used for this host; proxy=, HTTPS_PROXY and NO_PROXY choose another, or none."
    if str(error).startswith(("407", "Invalid username")):
        check = "Check the user and password in its address: http://user:password@host:port, as proxy= or HTTPS_PROXY."
    return ConnectError(f"{which} made no connection{_detail(error)}", advice=check)


def _proxy_of(error: Exception) -> str | None:
    """Return the address of the proxy that a connection was to go through, without its login.

    Only the library's connection knows which of several it was.
    """
    for cause in _causes(error):
        trace = cause.__traceback__
        while trace is not None:
            origin: object = getattr(trace.tb_frame.f_locals.get("self"), "_proxy_origin", None)
            if origin is not None:
                return safe_text(str(origin))
            trace = trace.tb_next
    return None


def _causes(error: Exception) -> Iterator[BaseException]:
    """Yield an error and what led to it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _detail(error: Exception) -> str:
    text = safe_text(str(error))
    return f": {text}" if text else ""
