"""The SDK's errors for those of HTTP libraries.

Errors are recognised by the names of their classes, which are the same in both libraries, so that nothing has to be
imported. They are not chained: frames in the traceback hold the request's headers.
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

__all__ = ["convert", "timed_out"]

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
    "SSLError": "TLS failed while the connection was in use",  # from anyio, not wrapped by the libraries
    "StreamError": "the body was read twice, or after it was closed",
}
# From hooks or auth objects of users that read a body too early.
_USER_ERRORS: Final = ("ResponseNotRead", "RequestNotRead")
# The libraries' HTTP implementations.
_CORES: Final = ("httpcore", "httpcore2", "h2", "hpack", "hyperframe", "h11")


def convert(error: Exception, proxy: str = "") -> XCaaSError | None:
    """Return the SDK's error for one of an HTTP library; None for other errors. `proxy` is the client's, if known."""
    for cls in () if type(error).__name__ in _USER_ERRORS else type(error).__mro__:
        converted = _by_name(cls.__name__, error, proxy)
        if converted is not None:
            return converted
    if _is_from_core(error):
        return ConnectionLostError(f"the HTTP library could not read what the server sent{_detail(error)}")
    return None


def timed_out(name: str) -> CallTimeoutError:
    """Return the error for a timeout, by the library's name of it."""
    text, connected = _TIMEOUTS[name]
    timeout = CallTimeoutError(text, advice="Try again, or allow a longer timeout.")
    timeout.connected = connected
    return timeout


def _is_from_core(error: Exception) -> bool:
    """Return whether the HTTP implementation raised an error, not a hook or body of the user."""
    trace, root = error.__traceback__, ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
        root = root if name in ("anyio", "trio") else name  # the core waits with these
        trace = trace.tb_next
    return root in _CORES


def _by_name(name: str, error: Exception, proxy: str) -> XCaaSError | None:
    if name in _TIMEOUTS:
        return timed_out(name)
    if name in _LOST:
        return ConnectionLostError(f"{_LOST[name]}{_detail(error)}")
    match name:
        case "ConnectError":
            return _connect_error(error)
        case "ProxyError":
            return _refused_by_proxy(error, proxy)
        case "LocalProtocolError" if any(type(cause).__module__.startswith("h2.") for cause in _causes(error)):
            # The server has closed or broken the connection meanwhile.
            return ConnectionLostError(f"the connection broke{_detail(error)}")
        case "LocalProtocolError" | "UnsupportedProtocol" | "InvalidURL":
            return ArgumentError(f"the request cannot be sent like this{_detail(error)}")
        case _:
            return None


def _connect_error(error: Exception) -> ConnectError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateError(
                f"the server's certificate was refused: {cause.verify_message}",
                advice="If a proxy of your own signs it, pass its CA bundle (verify=…).",
            )
    return ConnectError(
        f"no connection could be made{_detail(error)}", advice="Check the network, base_url and proxies."
    )


def _refused_by_proxy(error: Exception, proxy: str) -> ConnectError:
    advice = "Check that it may be used for this host; proxy=, HTTPS_PROXY and NO_PROXY choose another, or none."
    if str(error).startswith(("407", "Invalid username")):
        advice = "Check the user and password in its address: http://user:password@host:port, as proxy= or HTTPS_PROXY."
    return ConnectError(f"the proxy {proxy}".rstrip() + f" made no connection{_detail(error)}", advice=advice)


def _causes(error: Exception) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _detail(error: Exception) -> str:
    text = safe_text(str(error))
    return f": {text}" if text else ""
