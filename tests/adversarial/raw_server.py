"""A server on the loopback that sends exactly the bytes of a script."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import IO, NamedTuple, TypeAlias

__all__ = [
    "Piece",
    "RawServer",
    "Request",
    "Script",
    "chunked",
    "json",
    "listening",
    "respond",
    "serving",
    "slow_reader",
]


class Request(NamedTuple):
    """A request, and the number of its connection, from 1."""

    connection: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The last segment of the path."""
        return self.target.partition("?")[0].rpartition("/")[2]


# Bytes for one write, several writes in one packet, or seconds to wait.
Piece: TypeAlias = "bytes | tuple[bytes, ...] | float"
Script: TypeAlias = "Callable[[Request], Iterable[Piece]]"


def respond(body: bytes = b"", status: int = 200, *headers: str, length: int | None = None) -> bytes:
    """Return a response."""
    stream = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", *headers]
    if length is None and status not in (204, 304):
        length = len(body)
    if length is not None:
        stream.append(f"Content-Length: {length}")
    return "\r\n".join([*stream, "", ""]).encode() + body


def json(id: str, status: int = 200, *headers: str) -> bytes:
    """Return a response with the item of this id."""
    return respond(b'{"id":"%s"}' % id.encode(), status, *headers)


def chunked(*pieces: bytes) -> bytes:
    """Return a response in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body


class RawServer:
    """Sends the responses of a script, on any number of connections."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.port = 0
        self._script = script
        self._tls = tls
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}" if self._tls is None else f"https://localhost:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            number = self.connections
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while (request := _read_request(number, stream)) is not None:
                    with self._lock:
                        self.requests.append(request)
                    for piece in self._script(request):
                        _write(connection, piece)
        except (OSError, ValueError):
            connection.close()


def _write(connection: socket.socket, piece: Piece) -> None:
    if isinstance(piece, bytes):
        connection.sendall(piece)
    elif not isinstance(piece, tuple):
        time.sleep(piece)
    else:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        for part in piece:
            connection.sendall(part)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


def _read_request(number: int, stream: IO[bytes]) -> Request | None:
    request_line = stream.readline().decode("latin-1")
    if not request_line:
        return None
    method, target, _ = request_line.split(" ", 2)
    headers: dict[str, str] = {}
    while line := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(number, method, target, headers, stream.read(int(headers.get("content-length", "0"))))


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Generator[RawServer]:
    """Run a server with this script."""
    server = RawServer(script, tls)
    with listening(server.serve) as port:
        server.port = port
        yield server


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Generator[int]:
    """Run a server that calls `serve` for each connection, in a thread. Yield its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@contextmanager
def slow_reader() -> Generator[str]:
    """Run a server that reads slowly and never responds. Yield its address."""

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for _ in range(100):
                if not connection.recv(1 << 14):
                    return
                time.sleep(0.05)

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"
