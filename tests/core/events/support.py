"""Clients with short waits, and a WebSocket server with scripted bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from xcaas import ApiKey, AsyncXCaaS, RetryPolicy, XCaaS

__all__ = ["TOPIC", "RawServer", "async_client", "blocking_client", "frame", "message"]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TOPIC = "all"


def blocking_client(base_url: str, *, retries: int = 2, key: str = "eght_demo_key") -> XCaaS:
    """Return a client whose waits are short."""
    return XCaaS(
        credentials=ApiKey(key),
        base_url=base_url,
        tenant="demotenant",
        cluster="na12",
        retries=RetryPolicy(retries, first_wait=0.005, longest_wait=0.01),
    )


def async_client(base_url: str, *, retries: int = 2, key: str = "eght_demo_key") -> AsyncXCaaS:
    """Return the async twin of `blocking_client`."""
    return AsyncXCaaS(
        credentials=ApiKey(key),
        base_url=base_url,
        tenant="demotenant",
        cluster="na12",
        retries=RetryPolicy(retries, first_wait=0.005, longest_wait=0.01),
    )


def message(id: str, payload: object) -> bytes:
    """Return the frame of a message."""
    encoded = base64.b64encode(payload if isinstance(payload, bytes) else json.dumps(payload).encode()).decode()
    return frame(json.dumps({"messageId": id, "payload": encoded, "publishTime": "2026-10-02T00:00:00.000Z"}).encode())


def frame(content: bytes, opcode: int = 1) -> bytes:
    """Return one frame of RFC 6455, from a server."""
    size = len(content)
    head = bytes([0x80 | opcode]) + (bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big"))
    return head + content


class RawServer:
    """Accepts connections, sends what `script` returns for their number, and then nothing, not even pongs."""

    def __init__(self, script: Callable[[int], bytes | None], refusal: bytes = b"") -> None:
        self._script = script
        self._refusal = refusal
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, name="raw-server", daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._open(connection)

    def _open(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            received = connection.recv(65536)
            if not received:
                return
            request += received
        self.requests.append(request)
        if self._refusal:
            connection.sendall(self._refusal)
            connection.close()
            return
        key = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
        accept = base64.b64encode(hashlib.sha1(key.split(b":")[1].strip() + _GUID.encode()).digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        reply = self._script(len(self.requests))
        if reply is None:
            connection.close()
        else:
            connection.sendall(reply)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._connections:
            connection.close()
        self._thread.join(5)
