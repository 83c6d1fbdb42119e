"""A server on the loopback whose every byte the test decides."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import IO, NamedTuple, TypeAlias

__all__ = ["Asked", "Piece", "RawServer", "Script", "chunked", "json", "listening", "respond", "serving", "sipping"]


class Asked(NamedTuple):
    """One request, and the number of its connection, from 1."""

    connection: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The last segment of the path."""
        return self.target.partition("?")[0].rpartition("/")[2]


# What is written: bytes, each in one write; several writes that leave in one packet; and seconds between them.
Piece: TypeAlias = "bytes | tuple[bytes, ...] | float"
Script: TypeAlias = "Callable[[Asked], Iterable[Piece]]"


def respond(body: bytes = b"", status: int = 200, *headers: str, length: int | None = None) -> bytes:
    """A whole response."""
    lines = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", *headers]
    if length is None and status not in (204, 304):
        length = len(body)
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def json(id: str, status: int = 200, *headers: str) -> bytes:
    """The response with the item of this id."""
    return respond(b'{"id":"%s"}' % id.encode(), status, *headers)


def chunked(*pieces: bytes) -> bytes:
    """A whole response in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body


class RawServer:
    """Answers by a script, on as many connections as are made."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None) -> None:
        self.asked: list[Asked] = []
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
            with connection, connection.makefile("rb") as lines:
                while (asked := _request(number, lines)) is not None:
                    with self._lock:
                        self.asked.append(asked)
                    for piece in self._script(asked):
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


def _request(number: int, lines: IO[bytes]) -> Asked | None:
    first = lines.readline().decode("latin-1")
    if not first:
        return None
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    while line := lines.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(number, method, target, headers, lines.read(int(headers.get("content-length", "0"))))


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Generator[RawServer]:
    """A running server."""
    server = RawServer(script, tls)
    with listening(server.serve) as port:
        server.port = port
        yield server


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Generator[int]:
    """The port of a server that treats each connection, in a thread, as it is told."""
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
def sipping() -> Generator[str]:
    """The address of a server that reads its requests slowly, and answers none."""

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for _ in range(100):
                if not connection.recv(1 << 14):
                    return
                time.sleep(0.05)

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"
