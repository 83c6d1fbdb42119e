"""A proxy that breaks connections, which an ASGI application cannot do, by a seeded plan.

It forwards most requests to a sandbox, and records what it did to each, so that a test can tell
which requests the service may have processed.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from ._messages import Message, read_request, read_response

__all__ = ["FAULTS", "FaultProxy", "ProxiedRequest"]

FAULTS: Final[dict[str, float]] = {
    "refuse": 3.0,  # a new connection is reset before anything is read from it
    "reset": 1.0,  # the connection is reset after the request is read, but not forwarded
    "lost": 1.0,  # … after the service has responded
    "cut": 2.0,  # the response ends early
    "corrupt": 2.0,  # a byte of the body is changed
    "garbage": 1.0,  # the response is not HTTP
    "busy": 2.0,  # 429 without Retry-After
    "later": 1.0,  # 429 with Retry-After
    "down": 2.0,  # 500, 502, 503 or 504, with a web page
    "page": 1.0,  # 200 with a web page, as portals and proxies send
    "late": 2.0,  # the response is delayed
    "drip": 1.0,  # the response comes slowly, in small chunks
    "silent": 0.2,  # there is no response
}
"""The faults, with their weights."""

_PAGE: Final = b"<!doctype html><title>Sorry</title><p>Something went wrong."
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class ProxiedRequest:
    """One received request: its fault, if any, and whether it was forwarded to the service."""

    mark: str
    method: str
    path: str
    fault: str | None
    forwarded: bool
    status: int | None


def _is_json(_: str, response: Message) -> bool:
    return response.media_type.endswith("json")


class FaultProxy:
    """Runs during a `with` block, in its own thread.

    Args:
        target: URL of the server.
        rate: Share of the requests that get a fault.
        faults: The faults with their weights; by default, `FAULTS`.
        seed: The same seed and the same requests in the same order give the same faults.
        mark: Header whose value is recorded, to identify calls.
        corruptible: Whether a response may be damaged. By default, only JSON: damage to other bytes
            could go unnoticed.
        patience: Seconds for which a silent connection is kept open.
    """

    def __init__(
        self,
        target: str,
        *,
        rate: float = 0.2,
        faults: Mapping[str, float] | None = None,
        seed: int = 8,
        mark: str = "x-call",
        corruptible: Callable[[str, Message], bool] = _is_json,
        patience: float = 2.0,
    ) -> None:
        self.rate = rate
        self.record: list[ProxiedRequest] = []
        self._faults = dict(FAULTS if faults is None else faults)
        self._random = random.Random(seed)
        self._mark = mark
        self._corruptible = corruptible
        self._patience = patience
        url = urlsplit(target)
        self._target = (url.hostname or "127.0.0.1", url.port or 80)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="xcaas-fault-proxy", daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fault proxy did not start")
        return self

    def stop(self) -> None:
        """Drop all connections and end the thread. Safe to call twice."""
        if self._loop is not None and self._done is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join(10)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connections.add(task)
            try:
                await _Connection(self, reader, writer).run()
            except asyncio.CancelledError:
                pass  # the proxy stops; asyncio would write a traceback about it
            finally:
                connections.discard(task)

        server = await asyncio.start_server(connected, sock=self._socket)
        self._ready.set()
        await self._done.wait()
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    def plan(self, *, rate: float, seed: int) -> None:
        """Use another share of faults and another seed from now on."""
        self.rate = rate
        self._random = random.Random(seed)

    def draw(self) -> str | None:
        """Return the fault of the next request, or None."""
        fault = self._pick()
        return None if fault == "refuse" else fault

    def refuses(self) -> bool:
        """Return whether a new connection is reset before anything is read from it."""
        return self._pick() == "refuse"

    def _pick(self) -> str | None:
        if self._random.random() >= self.rate:
            return None
        return self._random.choices(list(self._faults), list(self._faults.values()))[0]

    def note(self, request: Message, fault: str | None, forwarded: bool, status: int | None) -> None:
        mark = request.headers.get(self._mark, "")
        self.record.append(ProxiedRequest(mark, request.method, request.path, fault, forwarded, status))

    async def upstream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self._target)

    def damaged(self, request: Message, response: Message) -> bytes | None:
        """Return a response with one byte changed, which makes JSON invalid; None if it must not be damaged."""
        if not response.body or not self._corruptible(request.path, response):
            return None
        index = self._random.randrange(len(response.body))
        changed = b"\x00" if response.body[index] else b"\x01"
        body = response.body[:index] + changed + response.body[index + 1 :]
        return Message(response.start, response.headers, body).raw()

    def truncated(self, raw: bytes) -> bytes:
        """Return the beginning of a response, never all of it."""
        return raw[: self._random.randrange(1, len(raw))]

    def refusal(self, fault: str) -> tuple[int, bytes]:
        """Return status and bytes of a response that is not the service's."""
        status = {"busy": 429, "later": 429, "page": 200}.get(fault) or self._random.choice((500, 502, 503, 504))
        headers = {"content-type": "text/html", "content-length": str(len(_PAGE))}
        if fault == "later":
            headers["retry-after"] = self._random.choice(("0", "0.01", "0.02"))
        return status, Message(f"HTTP/1.1 {status} Sorry", headers, _PAGE).raw()

    def garbage(self) -> bytes:
        return self._random.randbytes(64)

    @property
    def patience(self) -> float:
        return self._patience


class _Connection:
    """One client's connection, and the one to the server."""

    def __init__(self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        if self._proxy.refuses():
            self._reset()
            return
        try:
            while (request := await read_request(self._reader)) is not None:
                if not await self._handle(request, self._proxy.draw()):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client closed the connection
        finally:
            self._writer.close()
            if self._upstream is not None:
                self._upstream[1].close()

    async def _handle(self, request: Message, fault: str | None) -> bool:
        """Handle one request. Return False if the connection is closed."""
        proxy = self._proxy
        if fault in ("busy", "later", "down", "page"):
            status, raw = proxy.refusal(fault)
            proxy.note(request, fault, False, status)
            return await self._send(raw)
        if fault in ("reset", "garbage", "silent"):
            proxy.note(request, fault, False, None)
            return await self._break(fault)
        # Recorded first, so that the record has every call that has ended for its caller.
        response = await self._forward(request)
        proxy.note(request, fault, True, response.status)
        raw = response.raw()
        match fault:
            case "lost":
                return self._reset()
            case "cut":
                await self._send(proxy.truncated(raw))
                return False
            case "corrupt":
                raw = proxy.damaged(request, response) or raw
            case "late":
                await asyncio.sleep(0.01)
            case "drip":
                return await self._send_slowly(raw)
            case _:
                pass
        return await self._send(raw)

    async def _break(self, fault: str) -> bool:
        if fault == "silent":
            await asyncio.sleep(self._proxy.patience)
        elif fault == "garbage":
            await self._send(self._proxy.garbage())
            return False
        return self._reset()

    async def _forward(self, request: Message) -> Message:
        if self._upstream is None or self._upstream[0].at_eof():
            self._upstream = await self._proxy.upstream()
        reader, writer = self._upstream
        writer.write(request.raw())
        await writer.drain()
        return await read_response(reader, request.method)

    async def _send(self, raw: bytes) -> bool:
        self._writer.write(raw)
        await self._writer.drain()
        return True

    async def _send_slowly(self, raw: bytes) -> bool:
        step = max(1, len(raw) // 4)
        for start in range(0, len(raw), step):
            await self._send(raw[start : start + step])
            await asyncio.sleep(0.002)
        return True

    def _reset(self) -> bool:
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._writer.transport.abort()
        return False
