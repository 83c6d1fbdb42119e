"""A loopback server with one file, which can fail in the ways that networks do."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import IO

__all__ = ["Failure", "FileServer"]


class Failure:
    """How one response fails.

    Args:
        after: Bytes of the body sent before the failure.
        reset: Reset the connection instead of closing it.
        pause: Seconds to wait before closing.
        announce: Value of Content-Length, if not the real one.
    """

    def __init__(
        self, after: int | None = None, *, reset: bool = False, pause: float = 0.0, announce: int | None = None
    ) -> None:
        self.after = after
        self.reset = reset
        self.pause = pause
        self.announce = announce


class FileServer:
    """Serves `data` at all paths, with ranges and an ETag.

    Args:
        data: The file.
        troubles: Failures of the responses in order; later responses succeed.
        framing: `length`, `chunked`, or `close` (the body ends with the connection).
        delay: Seconds between chunks of 64 KiB.
    """

    def __init__(
        self,
        data: bytes,
        troubles: Sequence[Failure] = (),
        *,
        framing: str = "length",
        delay: float = 0.0,
        headers: Sequence[str] = ('ETag: "v1"',),
    ) -> None:
        self.data = data
        self.framing = framing
        self.delay = delay
        self.headers = headers
        self.asked: list[str] = []
        self.busiest = 0
        self._busy = 0
        self._troubles = iter(troubles)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def serving(self) -> Generator[FileServer]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join(5)

    def _accept(self) -> None:
        threads: list[threading.Thread] = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(5)

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            connection.settimeout(5)
            try:
                while head := _read_headers(stream):
                    with self._lock:
                        self._busy += 1
                        self.busiest = max(self.busiest, self._busy)
                    try:
                        if not self._respond(connection, head):
                            return
                    finally:
                        with self._lock:
                            self._busy -= 1
            except OSError:
                return  # the client has gone

    def _respond(self, connection: socket.socket, head: dict[str, str]) -> bool:
        with self._lock:
            self.asked.append(head.get("range", ""))
            failure = next(self._troubles, Failure())
        start = int(head["range"][6:-1]) if "range" in head else 0
        body = self.data[start:]
        lines = ["HTTP/1.1 206 Partial Content" if start else "HTTP/1.1 200 OK", *self.headers]
        lines.append("Content-Type: application/octet-stream")
        if start:
            lines.append(f"Content-Range: bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        if self.framing == "length":
            lines.append(f"Content-Length: {len(body) if failure.announce is None else failure.announce}")
        lines.append("Transfer-Encoding: chunked" if self.framing == "chunked" else "X-Framing: none")
        if self.framing == "close":
            lines.append("Connection: close")
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        self._send(connection, body if failure.after is None else body[: failure.after])
        if failure.pause:
            self._stopped.wait(failure.pause)
        if failure.after is None and failure.announce is None and self.framing != "close":
            if self.framing == "chunked":
                connection.sendall(b"0\r\n\r\n")
            return True
        if failure.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _send(self, connection: socket.socket, body: bytes) -> None:
        chunk_size = 1 << 16
        for start in range(0, len(body), chunk_size):
            chunk = body[start : start + chunk_size]
            if self.framing == "chunked":
                chunk = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
            connection.sendall(chunk)
            if self.delay:
                time.sleep(self.delay)


def _read_headers(stream: IO[bytes]) -> dict[str, str]:
    """Return the headers of the next request, or an empty dictionary if there is none."""
    headers: dict[str, str] = {}
    line = stream.readline()
    while line and (line := stream.readline()).strip():
        name, _, value = line.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers
