"""The only module that imports the WebSocket library: connections, and its errors as ours."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, reconnect

from .._errors import CallTimeoutError, CertificateError, ConfigurationError, ConnectError, TransportError
from .._redaction import safe_text
from .._version import AGENT
from ..sansio._event_loops import in_trio
from ..sansio._messages import Request
from ..transport._async import AsyncHttpTransport
from ..transport._sync import HttpTransport
from ._state import HANDSHAKE, FrameTooBigError, lost

__all__ = ["AsyncConnection", "ClientConnection", "Limits", "Refusal", "broken", "converted", "open_async", "open_sync"]

_TOO_BIG: Final = 1009  # RFC 6455, 7.4.1
broken: Final = (ConnectionClosed, OSError)
"""What a connection raises that has ended."""
_CLOSE: Final = 2.0  # seconds that the other side has to say goodbye


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds between pings, seconds that a pong may take, and the length of a frame in bytes."""

    ping: float
    pong: float
    frame: int


class Refusal(Exception):
    """A status instead of an open connection: a `Response`, whose body has been read."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(status)
        self.status: int = status
        self.headers: Mapping[str, str] = headers
        self.content: bytes = content


# The library would follow redirects, and take an API key along to whichever host they name.


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Reconnect(reconnect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def open_sync(request: Request, io: object, limits: Limits) -> ClientConnection:
    """Open a blocking connection."""
    # Entered, because the library warns of connections that aren't; `close` and `close_socket` are what leaving does.
    try:
        return _Reconnect(_address(request), **_settings(request, io, limits)).connect().__enter__()
    except (OSError, WebSocketException) as error:
        failure = _not_opened(error)
    # Outside of the except block: the library's error holds the request with its key.
    raise failure


async def open_async(request: Request, io: object, limits: Limits) -> AsyncConnection:
    """Open a connection in the running event loop, which has to be asyncio's."""
    if in_trio():
        raise ConfigurationError("events can't be streamed under trio", advice="Use asyncio, or the blocking client.")
    try:
        return await _Connect(_address(request), **_settings(request, io, limits))
    except (OSError, WebSocketException) as error:
        failure = _not_opened(error)
    raise failure


def _address(request: Request) -> str:
    # https becomes wss, and http ws.
    return "ws" + request.url.removeprefix("http")


def _settings(request: Request, io: object, limits: Limits) -> dict[str, Any]:
    if not isinstance(io, HttpTransport | AsyncHttpTransport):
        raise ConfigurationError(
            "a fake of the network has no event streams", advice="Test with the sandbox: it streams events."
        )
    connection = io.connection
    tls = None if connection is None or not request.url.startswith("https:") else connection.tls
    return {
        "additional_headers": {name: str(value) for name, value in request.headers.items() if name != "accept"},
        "compression": None,
        "proxy": True if connection is None or connection.proxy is None else connection.proxy,
        "open_timeout": request.timeout,
        "ping_interval": limits.ping,
        "ping_timeout": limits.pong,
        "close_timeout": _CLOSE,
        "max_size": limits.frame,
        "user_agent_header": None if "user-agent" in request.headers else AGENT,
        **({} if tls is None else {"ssl": tls}),
    }


def _not_opened(error: Exception) -> Exception:
    if isinstance(error, InvalidStatus):
        response = error.response
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        return Refusal(response.status_code, headers, bytes(response.body or b""))
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateError(f"the server's certificate was refused: {error.verify_message}")
    if isinstance(error, TimeoutError):
        return CallTimeoutError(f"no stream was opened in {HANDSHAKE:g} s", advice="Check the host; try again.")
    return ConnectError(
        f"no stream could be opened: {safe_text(str(error))}", advice="Check the network, cluster and proxies."
    )


def converted(error: ConnectionClosed | OSError) -> TransportError:
    """Return our error for a connection that ended."""
    sent = error.sent if isinstance(error, ConnectionClosed) else None
    if sent is not None and sent.code == _TOO_BIG:
        return FrameTooBigError(f"a frame is too long: {safe_text(sent.reason)}", advice="Raise `max_frame_size`.")
    return lost(safe_text(str(error)))
