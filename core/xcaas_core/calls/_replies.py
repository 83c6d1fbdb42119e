"""Answers as flows see them (`CallResponse`), and as callers of `raw` see them (`RawResponse`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from .._errors import Attempt, XCaaSError
from ..http._headers import request_id_of
from ..http._media_types import text_in
from ..sansio._messages import Response
from ..serialization._responses import plain_json
from ._context import CallContext

__all__ = ["CallResponse", "RawResponse"]

T_co = TypeVar("T_co", covariant=True)


class CallResponse(Generic[T_co]):
    """A successful answer to a call, not yet decoded.

    `response` is open if the call asked to stream: read it with `ReadChunk` or `Read` steps and give it
    up with `Close`. `url` is the address that was asked, as it was sent.
    """

    __slots__ = ("_decode", "context", "response")

    def __init__(self, response: Response, context: CallContext, decode: Callable[[Response], T_co]) -> None:
        self.response: Response = response
        self.context: CallContext = context
        self._decode = decode

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Case-insensitive."""
        return self.response.headers

    @property
    def content(self) -> bytes:
        """The whole body; empty while it is still being streamed."""
        return self.response.content

    @property
    def url(self) -> str:
        """The address that was asked, as it was sent."""
        return "" if self.context.request is None else self.context.request.url

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self.context.attempts)

    @property
    def request_id(self) -> str | None:
        return request_id_of(self.response.headers)

    def json(self) -> object:
        """The body as plain JSON values. Raises `DecodeError` if it is something else."""
        try:
            return plain_json(self.response)
        except XCaaSError as error:
            self.context.complete(error, self.response)
            raise

    def value(self) -> T_co:
        """The body as the operation's type. Raises `DecodeError` if it is something else."""
        try:
            return self._decode(self.response)
        except XCaaSError as error:
            self.context.complete(error, self.response)
            raise

    def __repr__(self) -> str:
        return f"<CallResponse {self.status}>"


class RawResponse(Generic[T_co]):
    """A successful answer with its circumstances. `value` is what the plain call returns.

    A body that does not fit the spec raises when `value` is asked for; `content`, `text` and `json` give it as it came.
    """

    __slots__ = ("_find", "_found", "_reply", "attempts", "content", "headers", "request_id", "status", "url")

    def __init__(self, find: Callable[[], T_co], reply: CallResponse[object]) -> None:
        self._find = find
        self._found: list[T_co] = []
        self._reply = reply
        self.status: int = reply.status
        self.headers: Mapping[str, str] = reply.headers
        """Case-insensitive."""
        self.content: bytes = reply.content
        """The body as it came."""
        self.url: str = reply.context.url or ""
        """The address, without secrets."""
        self.request_id: str | None = reply.request_id
        self.attempts: tuple[Attempt, ...] = reply.attempts

    @property
    def value(self) -> T_co:
        """What the plain call returns. Raises `DecodeError` if the body is something else."""
        if not self._found:
            self._found.append(self._find())
        return self._found[0]

    @property
    def text(self) -> str:
        """The body as text, in the charset that the answer names, else in UTF-8."""
        return text_in(self.content, self.headers.get("content-type"))

    def json(self) -> object:
        """Return the body as plain JSON values. Raises `DecodeError` if it is no JSON."""
        return self._reply.json()

    def __repr__(self) -> str:
        return f"<RawResponse {self.status} {self.headers.get('content-type', '')}>"
