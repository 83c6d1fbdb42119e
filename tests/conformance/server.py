"""A loopback HTTP server that records requests and sends a prepared response."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

__all__ = ["ReceivedRequest", "Server", "StubResponse"]

# One product of this project exchanges a password for a token first.
LOGIN = b"username=ann&password=word"
TOKEN = b'{"access_token": "token", "token_type": "bearer", "expires_in": 3600}'


@dataclass(frozen=True)
class StubResponse:
    """A response to send; without a `media_type` it has no Content-Type, without a `body` none."""

    status: int = 200
    media_type: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        values = self.headers.get_all(name)
        return None if values is None else ", ".join(values)

    def __str__(self) -> str:
        kind = self.header("Content-Type")
        return f"{self.method} {self.target}" + (f" ({kind}) {self.body[:300]!r}" if self.body or kind else "")


class Server:
    """Records requests and responds with `response`, to logins with a token."""

    def __init__(self) -> None:
        self.response = StubResponse()
        self.received: list[ReceivedRequest] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def setup(self) -> None:
                super().setup()
                self.wfile = self.connection.makefile("wb", 65536)

            def log_message(self, format: str, *args: object) -> None:
                pass

            def __getattr__(self, name: str) -> object:
                if name.startswith("do_"):
                    return self.respond
                raise AttributeError(name)

            def respond(self) -> None:
                if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
                    body = self.chunks()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if body == LOGIN:
                    return self.send(StubResponse(200, "application/json", TOKEN))
                outer.received.append(ReceivedRequest(self.command, self.path, self.headers, body))
                return self.send(outer.response)

            def chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def send(self, response: StubResponse) -> None:
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                if response.media_type is not None:
                    self.send_header("Content-Type", response.media_type)
                body = response.body or b""
                if response.status not in (204, 304):
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD" and response.status not in (204, 304):
                    self.wfile.write(body)
                self.wfile.flush()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
