"""The only module that imports the WebSocket library: opens connections, maps exceptions."""

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
from ._state import HANDSHAKE_TIMEOUT, FrameTooBigError, connection_lost

__all__ = [
    "CONNECTION_ERRORS",
    "AsyncConnection",
    "ClientConnection",
    "HandshakeRefused",
    "Limits",
    "map_exception",
    "open_async",
    "open_sync",
]

_TOO_BIG: Final = 1009  # RFC 6455, 7.4.1
CONNECTION_ERRORS: Final = (ConnectionClosed, OSError)
"""Exceptions of a closed connection."""
_CLOSE_TIMEOUT: Final = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Ping interval and pong timeout in seconds, maximum frame size in bytes."""

    ping_interval: float
    pong_timeout: float
    max_frame_size: int


class HandshakeRefused(Exception):
    """A refused handshake: a `Response` with its body."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(status)
        self.status: int = status
        self.headers: Mapping[str, str] = headers
        self.content: bytes = content


# The library would follow redirects, and send API keys to any host.


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Reconnect(reconnect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def open_sync(request: Request, io: object, limits: Limits) -> ClientConnection:
    """Open a blocking connection."""
    # Entered, because the library warns otherwise. Closing the connection also leaves the context.
    try:
        return _Reconnect(_address(request), **_settings(request, io, limits)).connect().__enter__()
    except (OSError, WebSocketException) as error:
        failure = _map_open_error(error)
    # Outside `except`: the library's error holds the request with its key.
    raise failure


async def open_async(request: Request, io: object, limits: Limits) -> AsyncConnection:
    """Open a connection in the running event loop, which must be asyncio's."""
    if in_trio():
        raise ConfigurationError("events can't be streamed under trio", advice="Use asyncio, or the blocking client.")
    try:
        return await _Connect(_address(request), **_settings(request, io, limits))
    except (OSError, WebSocketException) as error:
        failure = _map_open_error(error)
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
        "ping_interval": limits.ping_interval,
        "ping_timeout": limits.pong_timeout,
        "close_timeout": _CLOSE_TIMEOUT,
        "max_size": limits.max_frame_size,
        "user_agent_header": None if "user-agent" in request.headers else AGENT,
        **({} if tls is None else {"ssl": tls}),
    }


def _map_open_error(error: Exception) -> Exception:
    if isinstance(error, InvalidStatus):
        response = error.response
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        return HandshakeRefused(response.status_code, headers, bytes(response.body or b""))
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateError(f"the server's certificate was refused: {error.verify_message}")
    if isinstance(error, TimeoutError):
        return CallTimeoutError(f"no stream was opened in {HANDSHAKE_TIMEOUT:g} s", advice="Check the host; try again.")
    return ConnectError(
        f"no stream could be opened: {safe_text(str(error))}", advice="Check the network, cluster and proxies."
    )


def map_exception(error: ConnectionClosed | OSError) -> TransportError:
    """Return the SDK's error for a closed connection."""
    sent = error.sent if isinstance(error, ConnectionClosed) else None
    if sent is not None and sent.code == _TOO_BIG:
        return FrameTooBigError(f"a frame is too long: {safe_text(sent.reason)}", advice="Raise `max_frame_size`.")
    return connection_lost(safe_text(str(error)))
