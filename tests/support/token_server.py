"""A loopback server: a token endpoint, and an API that accepts its tokens.

Tests run it in a thread (`TokenServer`), the benchmark as a process (`python -m tests.support.token_server`),
which prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType

__all__ = ["Behaviour", "RecordingService", "Service", "StubResponse", "TokenServer"]


@dataclass(slots=True)
class StubResponse:
    """A response, sent after `delay` seconds. Status 0 aborts the connection."""

    status: int
    body: bytes = b""
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict[str, str])


Behaviour = Callable[[int], StubResponse | None]
"""A function from the number of a token request, from 1, to a response, or None for a token."""


class Service:
    """The state of the server: issued tokens and request counts."""

    def __init__(self, *, lifetime: float = 1799.0, latency: float = 0.0, api_latency: float = 0.0) -> None:
        self.lifetime = lifetime
        self.latency = latency
        self.api_latency = api_latency
        self.as_8x8 = True
        self.behave: Behaviour = lambda number: None
        self.tokens: dict[str, float] = {}
        self.token_requests = 0
        self.token_heads: list[bytes] = []
        self.token_times: list[float] = []
        self.api_calls = 0
        self.api_refusals = 0
        self._serial = count(1)

    def issue(self) -> bytes:
        token = f"tok-{next(self._serial)}-{time.monotonic_ns():x}"
        self.tokens[token] = time.monotonic() + self.lifetime
        seconds = int(self.lifetime) if self.lifetime >= 1 else self.lifetime
        if not self.as_8x8:
            return json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": seconds}).encode()
        response = {
            "access_token": token,
            "token_type": "BearerToken",
            "expires_in": str(seconds),
            "issued_at": str(int(time.time() * 1000)),
            "api_product_list": "[storage, QM - API]",
            "api_product_list_json": ["storage", "QM - API"],
            "status": "approved",
            "scope": "",
            "refresh_count": "0",
            "developer.email": "deprecated",
        }
        return json.dumps(response).encode()

    def revoke(self) -> None:
        self.tokens.clear()

    def reset(self, lifetime: float, as_8x8: bool) -> None:
        self.lifetime, self.as_8x8 = lifetime, as_8x8
        self.token_requests = self.api_calls = self.api_refusals = 0
        self.tokens.clear()
        self.token_times.clear()
        self.token_heads.clear()

    def handle(self, method: str, path: str, head: bytes, body: bytes) -> StubResponse:
        if path.endswith("/token") and method == "POST":
            self.token_requests += 1
            self.token_times.append(time.monotonic())
            self.token_heads.append(head)
            response = self.behave(self.token_requests)
            return response or StubResponse(200, self.issue(), self.latency)
        if path.startswith("/control/"):
            return self._control(path.removeprefix("/control/"), body)
        self.api_calls += 1
        token = _bearer(head)
        if time.monotonic() < self.tokens.get(token, 0.0):
            return StubResponse(200, b'{"ok": true}', self.api_latency)
        self.api_refusals += 1
        fault = {"fault": {"faultstring": "x", "detail": {"errorcode": "keymanagement.service.invalid_access_token"}}}
        return StubResponse(401, json.dumps(fault).encode(), self.api_latency)

    def _control(self, action: str, body: bytes) -> StubResponse:
        if action == "reset":
            self.reset(**json.loads(body))
        elif action == "revoke":
            self.revoke()
        counters = {"tokens": self.token_requests, "calls": self.api_calls, "refusals": self.api_refusals}
        return StubResponse(200, json.dumps({**counters, "times": self.token_times, "latency": self.latency}).encode())


class RecordingService(Service):
    """Records the heads and bodies of API calls, and sends scripted responses."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.script: list[StubResponse] = []

    def handle(self, method: str, path: str, head: bytes, body: bytes) -> StubResponse:
        if path.endswith("/token"):
            return super().handle(method, path, head, body)
        self.heads.append(head)
        self.bodies.append(body)
        return self.script.pop(0) if self.script else super().handle(method, path, head, body)


def _bearer(head: bytes) -> str:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"authorization":
            return value.strip().removeprefix(b"Bearer ").decode("latin-1")
    return ""


class _Connection(asyncio.Protocol):
    def __init__(self, service: Service) -> None:
        self._service = service
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ", 2)
            response = self._service.handle(method, path, head, body)
            if response.delay:
                asyncio.get_running_loop().call_later(response.delay, self._write, response)
            else:
                self._write(response)

    def _write(self, response: StubResponse) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if response.status == 0:
            transport.abort()
            return
        headers = {"content-type": "application/json", "content-length": str(len(response.body)), **response.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        transport.write(f"HTTP/1.1 {response.status} X\r\n{lines}\r\n".encode() + response.body)


class TokenServer:
    """Runs a `Service` in a thread, for the length of a `with` block."""

    def __init__(self, service: Service | None = None) -> None:
        self.service = service or Service()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="token-server", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/oauth/v2/token"

    def __enter__(self) -> TokenServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        connections: list[_Connection] = []

        def connect() -> _Connection:
            connections.append(_Connection(self.service))
            return connections[-1]

        server = self._loop.run_until_complete(self._loop.create_server(connect, "127.0.0.1", 0, backlog=1000))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for connection in connections:
            if connection._transport is not None:  # pyright: ignore[reportPrivateUsage]
                connection._transport.abort()  # pyright: ignore[reportPrivateUsage]
        self._loop.run_until_complete(asyncio.sleep(0))


async def _serve(service: Service, seconds: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(service), "127.0.0.1", 0, backlog=1000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.sleep(seconds)


if __name__ == "__main__":
    asyncio.run(_serve(Service(latency=0.02, api_latency=0.005), float(sys.argv[1])))
