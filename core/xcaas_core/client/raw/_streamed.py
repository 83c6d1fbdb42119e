"""Responses whose bodies have not been read yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Generic, TypeVar

from ..._errors import ConfigurationError, XCaaSError
from ..._lazy import public
from ...calls._call_response import CallResponse
from ...calls._session import AsyncSession, Session

__all__ = ["AsyncStreamedResponse", "AsyncStreaming", "StreamedResponse"]

T_co = TypeVar("T_co", covariant=True)


class _OpenResponse(Generic[T_co]):
    """The base of both streamed responses: status, headers, and how far the body was read.

    `finish` makes the value once the body is read.
    """

    __slots__ = ("_consumed", "_finish", "_has_begun", "_is_complete", "_response")

    def __init__(self, response: CallResponse[object], finish: Callable[[], T_co]) -> None:
        self._response = response
        self._finish = finish
        self._has_begun = False
        self._is_complete = False
        self._consumed: str | None = None

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Case-insensitive."""
        return self._response.headers

    @property
    def request_id(self) -> str | None:
        return self._response.request_id

    def _begin_reading(self, *, complete: bool) -> None:
        """Note that the body is being read. Raises `ConfigurationError` if it was read before."""
        if complete and self._has_begun:
            raise _consumed_error("was read by `iter_bytes`, in full or in part")
        if self._consumed is not None:
            raise _consumed_error(self._consumed)
        self._has_begun = True

    def _mark_closed(self) -> None:
        self._consumed = self._consumed or "was closed before all of it was read"

    @contextmanager
    def _receiving(self) -> Generator[None]:
        """Complete errors of reading, after which nothing more can be read: it would look like the end of the body."""
        try:
            yield
        except BaseException as error:
            self._consumed = "was not received to its end"
            if isinstance(error, XCaaSError):
                self._response.complete(error)
            raise

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.headers.get('content-type', '')}>"


def _consumed_error(how: str) -> ConfigurationError:
    return ConfigurationError(
        f"the body of this response {how}", advice="Make the call again; `raw` keeps body and value together."
    )


@public
class StreamedResponse(_OpenResponse[T_co]):
    """A successful response whose body has not been read yet. Close it, or use it as a context manager.

    Read the body in pieces or as the value, not both: that raises `ConfigurationError`.
    """

    __slots__ = ("_session",)

    def __init__(self, response: CallResponse[object], session: Session, finish: Callable[[], T_co]) -> None:
        super().__init__(response, finish)
        self._session = session

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body in pieces, as they arrive, decompressed. A second loop continues where the first stopped."""
        self._begin_reading(complete=False)
        while piece := self._read_chunk():
            yield piece
        self._consumed = "was read already"

    def _read_chunk(self) -> bytes:
        with self._receiving():
            return self._session.io.chunk(self._response.response)

    def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be called again, even after the response is closed."""
        if not self._is_complete:
            self._begin_reading(complete=True)
            with self._receiving():
                self._session.io.read(self._response.response)
            self._is_complete, self._consumed = True, "was read already, by `value`"
        return self._finish()

    def close(self) -> None:
        """Close the response, discarding the rest of the body."""
        self._mark_closed()
        self._session.io.close_response(self._response.response)

    def __del__(self) -> None:
        # Left to the garbage collector, httpx would close it in any thread, such as one that holds the pool's lock.
        with suppress(Exception):
            self.close()

    def __enter__(self) -> StreamedResponse[T_co]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@public
class AsyncStreamedResponse(_OpenResponse[T_co]):
    """A successful response whose body has not been read yet. See `StreamedResponse`."""

    __slots__ = ("_session",)

    def __init__(self, response: CallResponse[object], session: AsyncSession, finish: Callable[[], T_co]) -> None:
        super().__init__(response, finish)
        self._session = session

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces, as they arrive, decompressed. A second loop continues where the first stopped."""
        self._begin_reading(complete=False)
        while piece := await self._read_chunk():
            yield piece
        self._consumed = "was read already"

    async def _read_chunk(self) -> bytes:
        with self._receiving():
            return await self._session.io.chunk(self._response.response)

    async def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be called again, even after the response is closed."""
        if not self._is_complete:
            self._begin_reading(complete=True)
            with self._receiving():
                await self._session.io.read(self._response.response)
            self._is_complete, self._consumed = True, "was read already, by `value`"
        return self._finish()

    async def aclose(self) -> None:
        """Close the response, discarding the rest of the body."""
        self._mark_closed()
        await self._session.io.close_response(self._response.response)


@public
class AsyncStreaming(Generic[T_co]):
    """`async with client.streaming(…) as response:` makes the call, and closes the response at the end."""

    __slots__ = ("_pending", "_response")

    def __init__(self, pending: Awaitable[AsyncStreamedResponse[T_co]]) -> None:
        self._pending = pending
        self._response: AsyncStreamedResponse[T_co] | None = None

    async def __aenter__(self) -> AsyncStreamedResponse[T_co]:
        self._response = await self._pending
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            await self._response.aclose()
