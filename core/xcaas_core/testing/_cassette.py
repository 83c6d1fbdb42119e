"""Calls recorded once, with the service or a sandbox, and replayed without a network."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .._checks import is_object
from .._redaction import redactor_of
from ._cassette_file import IGNORED_HEADERS, read_calls, request_record, response_from, response_record
from ._clock import FakeClock
from ._defaults import token_response
from ._io import FakeAsyncIO, FakeSyncIO, joined
from ._responses import FakeResponse, ServedResponse

if TYPE_CHECKING:
    from .._json import JSONValue
    from ..calls._options import HttpClient
    from ..sansio._drivers import AsyncTransport, SyncTransport
    from ..sansio._messages import Request, Response

__all__ = ["Cassette", "CassetteMismatch"]


class CassetteMismatch(AssertionError):
    """A request that the cassette does not contain, or has already replayed."""


class Cassette:
    """Replaces the network of a client, as `http_client=`: records calls to a file, or replays them from it.

        with Cassette("tests/calls.jsonl") as cassette, XCaaS(http_client=cassette, ...) as client: ...

    The file has one call per line, in JSON, without credentials or token requests. Each call is replayed once, equal
    requests in order; a request that is not in the file raises `CassetteMismatch`. In a replay, nothing waits, as with
    `FakeServer`. Safe to share between threads.

    Args:
        path: The file.
        record: Make real calls, and write a new file when the cassette is closed. By default, only if
            `XCAAS_RECORD=1` is set in the environment.
        http_client: Your own HTTP client to record with.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, record: bool | None = None, http_client: HttpClient | None = None
    ) -> None:
        self.path: Path = Path(path)
        self.records: bool = os.environ.get("XCAAS_RECORD") == "1" if record is None else record
        self._http_client = http_client
        self._clock = FakeClock()
        self._lock = threading.Lock()
        self._calls: list[dict[str, JSONValue]] = [] if self.records else read_calls(self.path)
        self._remaining = list(self._calls)

    @property
    def clock(self) -> Callable[[], float]:
        """The clock of clients: the real one while calls are recorded."""
        return time.time if self.records else self._clock

    def sync_io(self) -> SyncTransport:
        """Return the transport of a blocking client."""
        if not self.records:
            return FakeSyncIO(_Replay(self, self._clock))
        from ..calls._options import ClientOptions
        from ..client._setup import make_sync_transport

        return _RecordingSyncIO(self, make_sync_transport(ClientOptions(http_client=self._http_client)))

    def async_io(self) -> AsyncTransport:
        """Return the transport of an async client."""
        if not self.records:
            return FakeAsyncIO(_Replay(self, self._clock))
        from ..calls._options import ClientOptions
        from ..client._setup import make_async_transport

        return _RecordingAsyncIO(self, make_async_transport(ClientOptions(http_client=self._http_client)))

    def find(self, request: Request, content: bytes) -> FakeResponse:
        """Return the recorded response to a request, once. Raises `CassetteMismatch` if there is none."""
        expected = request_record(request, content, redactor_of(request.headers, request.url, request.secrets))
        with self._lock:
            for call in self._remaining:
                if call["request"] == expected:
                    self._remaining.remove(call)
                    return response_from(call["response"])
        raise CassetteMismatch(self._mismatch(expected))

    def add(self, request: Request, content: bytes, response: Response) -> FakeResponse:
        """Record a call, and return a replayable response with the content of the real one."""
        redactor = redactor_of(request.headers, request.url, request.secrets)
        is_file = request.operation is not None and request.operation.download is not None
        call: dict[str, JSONValue] = {
            "request": request_record(request, content, redactor),
            "response": response_record(response, redactor, exact=is_file),
        }
        with self._lock:
            self._calls.append(call)
        headers = {name: value for name, value in response.headers.items() if name.lower() not in IGNORED_HEADERS}
        return FakeResponse(response.status, content=response.content, headers=headers)

    def close(self) -> None:
        """Write the recorded calls, all or none."""
        if not self.records:
            return
        with self._lock:
            lines = [json.dumps(call, ensure_ascii=False) + "\n" for call in self._calls]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            # Lone surrogates are escaped as in JSON.
            part.write_bytes("".join(lines).encode("utf-8", "backslashreplace"))
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # a failed run keeps the old file
            self.close()

    def _mismatch(self, expected: dict[str, JSONValue]) -> str:
        name = f"{expected['method']} {expected['url']}"
        same_call = [call["request"] for call in self._calls if _is_same_call(call["request"], expected)]
        if not same_call:
            return f"{name} is not in {self.path}; record it anew with XCAAS_RECORD=1"
        if expected in same_call:
            return f"{name} is in {self.path} {same_call.count(expected)} times, all replayed; record it anew with XCAAS_RECORD=1"
        other = same_call[0]
        assert is_object(other)
        parts = [part for part in expected.keys() | other.keys() if expected.get(part) != other.get(part)]
        differences = "; ".join(
            f"{part}: {expected.get(part)!r}, recorded {other.get(part)!r}" for part in sorted(parts)
        )
        return f"{name} differs from what {self.path} has: {differences}"


class _Replay:
    """The responder of a replay, for `FakeSyncIO` and `FakeAsyncIO`."""

    def __init__(self, cassette: Cassette, clock: FakeClock) -> None:
        self._cassette = cassette
        self.clock: FakeClock = clock

    def handle(self, request: Request, content: bytes) -> FakeResponse:
        return token_response() if request.operation is None else self._cassette.find(request, content)


class _RecordingSyncIO:
    """The transport of a blocking client, which records calls with their complete bodies."""

    def __init__(self, cassette: Cassette, inner: SyncTransport) -> None:
        self._cassette = cassette
        self._inner = inner

    def send(self, request: Request, stream: bool) -> Response:
        if request.operation is None:
            return self._inner.send(request, stream)
        content = _request_content(request, request.content() if callable(request.content) else request.content)
        response = self._inner.send(request, False)
        return _to_served(self._cassette.add(request, content, response), stream)

    def read(self, response: Response) -> None:
        response.read() if isinstance(response, ServedResponse) else self._inner.read(response)

    def chunk(self, response: Response) -> bytes:
        return response.chunk() if isinstance(response, ServedResponse) else self._inner.chunk(response)

    def close_response(self, response: Response) -> None:
        if not isinstance(response, ServedResponse):
            self._inner.close_response(response)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)

    def close(self) -> None:
        self._inner.close()


class _RecordingAsyncIO:
    """The transport of an async client, which records calls with their complete bodies."""

    def __init__(self, cassette: Cassette, inner: AsyncTransport) -> None:
        self._cassette = cassette
        self._inner = inner

    async def send(self, request: Request, stream: bool) -> Response:
        if request.operation is None:
            return await self._inner.send(request, stream)
        body = request.content() if callable(request.content) else request.content
        if isinstance(body, AsyncIterator):
            body = b"".join([piece async for piece in body])
        content = _request_content(request, body)
        response = await self._inner.send(request, False)
        return _to_served(self._cassette.add(request, content, response), stream)

    async def read(self, response: Response) -> None:
        if isinstance(response, ServedResponse):
            response.read()
        else:
            await self._inner.read(response)

    async def chunk(self, response: Response) -> bytes:
        return response.chunk() if isinstance(response, ServedResponse) else await self._inner.chunk(response)

    async def close_response(self, response: Response) -> None:
        if not isinstance(response, ServedResponse):
            await self._inner.close_response(response)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    async def close(self) -> None:
        await self._inner.close()


def _request_content(request: Request, body: Any) -> bytes:
    """Return the content of a request, and send it from memory."""
    if request.parts is not None:
        return joined(request.parts())
    content = body if isinstance(body, bytes) else b"".join(body or ())
    if body is not None:
        request.content = content
    return content


def _to_served(response: FakeResponse, stream: bool) -> ServedResponse:
    served = ServedResponse(response)
    if not stream:
        served.read()
    return served


def _is_same_call(recorded: JSONValue, expected: Mapping[str, JSONValue]) -> bool:
    return is_object(recorded) and recorded.get("call") == expected["call"]
