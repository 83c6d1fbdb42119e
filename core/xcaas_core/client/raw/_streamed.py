"""Responses whose bodies are still on their way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, TypeVar

from ..._errors import ConfigurationError, XCaaSError
from ..._lazy import public
from ...calls._call_response import CallResponse
from ...calls._session import AsyncSession, Session

__all__ = ["AsyncStreamedResponse", "AsyncStreaming", "StreamedResponse"]

T_co = TypeVar("T_co", covariant=True)


class _Open(Generic[T_co]):
    """What an open response tells before its body is read, and how far its body was read.

    `finish` makes the value once the body is there.
    """

    __slots__ = ("_begun", "_finish", "_response", "_spent", "_whole")

    def __init__(self, response: CallResponse[object], finish: Callable[[], T_co]) -> None:
        self._response = response
        self._finish = finish
        self._begun = False
        self._whole = False
        self._spent: str | None = None

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

    def _take(self, *, whole: bool) -> None:
        """Note that the body is about to be read. What came over the connection is not there a second time."""
        if whole and self._begun:
            raise _spent("was read by `iter_bytes`, in full or in part")
        if self._spent is not None:
            raise _spent(self._spent)
        self._begun = True

    @contextmanager
    def _receiving(self) -> Generator[None]:
        """Complete errors, and remember that the body broke off: reading on would look like its end."""
        try:
            yield
        except BaseException as error:
            self._spent = "was not received to its end"
            if isinstance(error, XCaaSError):
                self._response.complete(error)
            raise

    def _closed(self) -> None:
        self._spent = self._spent or "was closed before all of it was read"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.headers.get('content-type', '')}>"


def _spent(how: str) -> ConfigurationError:
    return ConfigurationError(
        f"the body of this response {how}", advice="Make the call again; `raw` keeps body and value together."
    )


@public
class StreamedResponse(_Open[T_co]):
    """A successful response whose body has not been read yet. Close it, or use it as a context manager.

    Read the body in pieces or as the value, not both: that raises `ConfigurationError`.
    """

    __slots__ = ("_session",)

    def __init__(self, response: CallResponse[object], session: Session, finish: Callable[[], T_co]) -> None:
        super().__init__(response, finish)
        self._session = session

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body in pieces, as they arrive, decompressed. A second loop continues where the first stopped."""
        self._take(whole=False)
        while piece := self._chunk():
            yield piece
        self._spent = "was read already"

    def _chunk(self) -> bytes:
        with self._receiving():
            return self._session.io.chunk(self._response.response)

    def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be called again, even after the response is closed."""
        if not self._whole:
            self._take(whole=True)
            with self._receiving():
                self._session.io.read(self._response.response)
            self._whole, self._spent = True, "was read already, by `value`"
        return self._finish()

    def close(self) -> None:
        """Close the response, discarding the rest of the body."""
        self._closed()
        self._session.io.close_response(self._response.response)

    def __enter__(self) -> StreamedResponse[T_co]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@public
class AsyncStreamedResponse(_Open[T_co]):
    """A successful response whose body has not been read yet. See `StreamedResponse`."""

    __slots__ = ("_session",)

    def __init__(self, response: CallResponse[object], session: AsyncSession, finish: Callable[[], T_co]) -> None:
        super().__init__(response, finish)
        self._session = session

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces, as they arrive, decompressed. A second loop continues where the first stopped."""
        self._take(whole=False)
        while piece := await self._chunk():
            yield piece
        self._spent = "was read already"

    async def _chunk(self) -> bytes:
        with self._receiving():
            return await self._session.io.chunk(self._response.response)

    async def value(self) -> T_co:
        """Read the body and return what the plain call returns. May be called again, even after the response is closed."""
        if not self._whole:
            self._take(whole=True)
            with self._receiving():
                await self._session.io.read(self._response.response)
            self._whole, self._spent = True, "was read already, by `value`"
        return self._finish()

    async def aclose(self) -> None:
        """Close the response, discarding the rest of the body."""
        self._closed()
        await self._session.io.close_response(self._response.response)


@public
class AsyncStreaming(Generic[T_co]):
    """`async with client.streaming(…) as response:` makes the call, and closes the response at the end."""

    __slots__ = ("_coming", "_response")

    def __init__(self, coming: Awaitable[AsyncStreamedResponse[T_co]]) -> None:
        self._coming = coming
        self._response: AsyncStreamedResponse[T_co] | None = None

    async def __aenter__(self) -> AsyncStreamedResponse[T_co]:
        self._response = await self._coming
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            await self._response.aclose()
