"""A loopback server with configured responses, which can fail in the ways that networks do."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

__all__ = ["Origin", "ReceivedRequest", "StubResponse", "serving"]


class StubResponse:
    """One response.

    Args:
        status: HTTP status.
        body: Body.
        kind: Content type, or None.
        headers: Additional header lines.
        delay: Seconds before the response starts.
        drip: Seconds between single bytes of the body.
        cut: Close the connection `before` the response or `inside` its body.
        announce: Content-Length, if not the real one.
        together: Respond once this many requests are waiting.
    """

    def __init__(
        self,
        status: int = 200,
        body: bytes = b"{}",
        *,
        kind: str | None = "application/json",
        headers: Sequence[str] = (),
        delay: float = 0.0,
        drip: float = 0.0,
        cut: str | None = None,
        announce: int | None = None,
        together: int | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.kind = kind
        self.headers = headers
        self.delay = delay
        self.drip = drip
        self.cut = cut
        self.announce = announce
        self.barrier = None if together is None else threading.Barrier(together, timeout=30)


class ReceivedRequest:
    """A received request."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


class Origin:
    """Sends `answers` in order; the last one is repeated."""

    def __init__(self, *answers: StubResponse) -> None:
        self.answers = list(answers or (StubResponse(),))
        self.seen: list[ReceivedRequest] = []
        self.connections = 0
        self.busiest = 0
        self.url = ""
        self._busy = 0
        self._lock = threading.Lock()

    def next(self) -> StubResponse:
        with self._lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
        with connection, connection.makefile("rb") as lines:
            while (request := _request(lines)) is not None:
                with self._lock:
                    self.seen.append(request)
                    self._busy += 1
                    self.busiest = max(self.busiest, self._busy)
                try:
                    keeps_alive = _answer(connection, self.next())
                except OSError:
                    return
                finally:
                    with self._lock:
                        self._busy -= 1
                if not keeps_alive:
                    return


def _request(lines: IO[bytes]) -> ReceivedRequest | None:
    try:
        first = lines.readline().decode()
        if not first:
            return None
        method, target, _ = first.split(" ", 2)
        headers: dict[str, str] = {}
        while (line := lines.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return ReceivedRequest(method, target, headers, _body(lines, headers))
    except OSError:
        return None


def _body(lines: IO[bytes], headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return lines.read(int(headers.get("content-length", "0")))
    body = b""
    while size := int(lines.readline(), 16):
        body += lines.read(size)
        lines.readline()
    lines.readline()
    return body


def _answer(connection: socket.socket, answer: StubResponse) -> bool:
    """Send a response. Return False if it closes the connection."""
    time.sleep(answer.delay)
    if answer.barrier is not None:
        answer.barrier.wait()
    if answer.cut == "before":
        _reset(connection)
        return False
    length = len(answer.body) if answer.announce is None else answer.announce
    lines = [f"HTTP/1.1 {answer.status} Told", f"Content-Length: {length}", *answer.headers]
    if answer.kind is not None:
        lines.append(f"Content-Type: {answer.kind}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if answer.cut == "inside":
        connection.sendall(answer.body[: len(answer.body) // 2])
        return False
    if not answer.drip:
        connection.sendall(answer.body)
    for position in range(len(answer.body) if answer.drip else 0):
        connection.sendall(answer.body[position : position + 1])
        time.sleep(answer.drip)
    return True


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def serving(*answers: StubResponse) -> Generator[Origin]:
    """Run an origin; `url` is its address."""
    origin = Origin(*answers)
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    origin.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=origin.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield origin
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
