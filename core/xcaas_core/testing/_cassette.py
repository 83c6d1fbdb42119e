"""Calls that are recorded once, against the service or a sandbox, and replayed without a network."""

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
from ._cassette_file import LEFT_OUT, read_calls, request_record, response_from, response_record
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
    """A request that the cassette does not hold, or has already replayed."""


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
        self._left = list(self._calls)

    @property
    def clock(self) -> Callable[[], float]:
        """The clock of clients: a real one while calls are recorded, by which they read dates, too."""
        return time.time if self.records else self._clock

    def sync_io(self) -> SyncTransport:
        """Return the network of a blocking client."""
        if not self.records:
            return FakeSyncIO(_Replay(self, self._clock))
        from ..calls._options import ClientOptions
        from ..client._setup import make_sync_transport

        return _RecordingSyncIO(self, make_sync_transport(ClientOptions(http_client=self._http_client)))

    def async_io(self) -> AsyncTransport:
        """Return the network of an async client."""
        if not self.records:
            return FakeAsyncIO(_Replay(self, self._clock))
        from ..calls._options import ClientOptions
        from ..client._setup import make_async_transport

        return _RecordingAsyncIO(self, make_async_transport(ClientOptions(http_client=self._http_client)))

    def find(self, request: Request, content: bytes) -> FakeResponse:
        """Return what was recorded for a request, once. Raises `CassetteMismatch` if there is nothing."""
        wanted = request_record(request, content, redactor_of(request.headers, request.url, request.secrets))
        with self._lock:
            for call in self._left:
                if call["request"] == wanted:
                    self._left.remove(call)
                    return response_from(call["response"])
        raise CassetteMismatch(self._difference(wanted))

    def add(self, request: Request, content: bytes, response: Response) -> FakeResponse:
        """Record a call, and return its response as it will be replayed, with all that is in the real one."""
        redactor = redactor_of(request.headers, request.url, request.secrets)
        is_file = request.operation is not None and request.operation.download is not None
        call: dict[str, JSONValue] = {
            "request": request_record(request, content, redactor),
            "response": response_record(response, redactor, exact=is_file),
        }
        with self._lock:
            self._calls.append(call)
        kept = {name: value for name, value in response.headers.items() if name.lower() not in LEFT_OUT}
        return FakeResponse(response.status, content=response.content, headers=kept)

    def close(self) -> None:
        """Write the recorded calls, all or none."""
        if not self.records:
            return
        with self._lock:
            lines = [json.dumps(call, ensure_ascii=False) + "\n" for call in self._calls]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            # What UTF-8 cannot hold (half of a surrogate pair) is escaped as JSON does it.
            part.write_bytes("".join(lines).encode("utf-8", "backslashreplace"))
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # a run that failed leaves the file that was there
            self.close()

    def _difference(self, wanted: dict[str, JSONValue]) -> str:
        name = f"{wanted['method']} {wanted['url']}"
        alike = [call["request"] for call in self._calls if _is_alike(call["request"], wanted)]
        if not alike:
            return f"{name} is not in {self.path}; record it anew with XCAAS_RECORD=1"
        if wanted in alike:
            return f"{name} is in {self.path} {alike.count(wanted)} times, all replayed; record it anew with XCAAS_RECORD=1"
        other = alike[0]
        assert is_object(other)
        parts = [part for part in wanted.keys() | other.keys() if wanted.get(part) != other.get(part)]
        told = "; ".join(f"{part}: {wanted.get(part)!r}, recorded {other.get(part)!r}" for part in sorted(parts))
        return f"{name} differs from what {self.path} has: {told}"


class _Replay:
    """What `FakeSyncIO` and `FakeAsyncIO` ask."""

    def __init__(self, cassette: Cassette, clock: FakeClock) -> None:
        self._cassette = cassette
        self.clock: FakeClock = clock

    def handle(self, request: Request, content: bytes) -> FakeResponse:
        return token_response() if request.operation is None else self._cassette.find(request, content)


class _RecordingSyncIO:
    """A blocking client's network, of which calls are recorded with their whole bodies."""

    def __init__(self, cassette: Cassette, inner: SyncTransport) -> None:
        self._cassette = cassette
        self._inner = inner

    def send(self, request: Request, stream: bool) -> Response:
        if request.operation is None:
            return self._inner.send(request, stream)
        content = _sent(request, request.content() if callable(request.content) else request.content)
        response = self._inner.send(request, False)
        return _served(self._cassette.add(request, content, response), stream)

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
    """An async client's network, of which calls are recorded with their whole bodies."""

    def __init__(self, cassette: Cassette, inner: AsyncTransport) -> None:
        self._cassette = cassette
        self._inner = inner

    async def send(self, request: Request, stream: bool) -> Response:
        if request.operation is None:
            return await self._inner.send(request, stream)
        opened = request.content() if callable(request.content) else request.content
        if isinstance(opened, AsyncIterator):
            opened = b"".join([piece async for piece in opened])
        content = _sent(request, opened)
        response = await self._inner.send(request, False)
        return _served(self._cassette.add(request, content, response), stream)

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


def _sent(request: Request, opened: Any) -> bytes:
    """Return the body of a request, which is sent from memory afterwards."""
    if request.parts is not None:
        return joined(request.parts())
    content = opened if isinstance(opened, bytes) else b"".join(opened or ())
    if opened is not None:
        request.content = content
    return content


def _served(response: FakeResponse, stream: bool) -> ServedResponse:
    served = ServedResponse(response)
    if not stream:
        served.read()
    return served


def _is_alike(recorded: JSONValue, wanted: Mapping[str, JSONValue]) -> bool:
    return is_object(recorded) and recorded.get("call") == wanted["call"]
