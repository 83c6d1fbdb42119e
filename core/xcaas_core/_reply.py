"""Answers as flows see them (`Reply`) and as callers of `raw` and `streaming` see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ._errors import Attempt
from ._steps import Response

__all__ = ["RawResponse", "Reply"]

T_co = TypeVar("T_co", covariant=True)


class Reply(Generic[T_co]):
    """A successful answer to a call, not yet decoded.

    `response` is open if the call asked to stream: read it with `Chunk` or `Read` steps and give it
    up with `Close`. `url` is the address that was asked, as it was sent.
    """

    __slots__ = ("_decode", "attempts", "request_id", "response", "url")

    def __init__(
        self,
        response: Response,
        decode: Callable[[Reply[T_co]], T_co],
        url: str,
        attempts: tuple[Attempt, ...],
        request_id: str | None,
    ) -> None:
        self.response = response
        self._decode = decode
        self.url = url
        self.attempts = attempts
        self.request_id = request_id

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

    def json(self) -> object:
        """The body as plain JSON values. Raises `DecodeError` if it is something else."""
        from ._answers import plain_json

        return plain_json(self)

    def value(self) -> T_co:
        """The body as the operation's type. Raises `DecodeError` if it is something else."""
        return self._decode(self)

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"


class RawResponse(Generic[T_co]):
    """A successful answer with its circumstances. `value` is what the plain call returns."""

    __slots__ = ("attempts", "content", "headers", "request_id", "status", "value")

    def __init__(
        self,
        value: T_co,
        *,
        status: int,
        headers: Mapping[str, str],
        content: bytes,
        request_id: str | None,
        attempts: tuple[Attempt, ...],
    ) -> None:
        self.value = value
        self.status = status
        self.headers = headers
        self.content = content
        self.request_id = request_id
        self.attempts = attempts

    def __repr__(self) -> str:
        return f"<RawResponse {self.status} {self.headers.get('content-type', '')}>"
