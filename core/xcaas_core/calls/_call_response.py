"""A successful response to a call, as flows see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from .._errors import Attempt, XCaaSError
from ..http._headers import request_id_of
from ..sansio._messages import Response
from ..serialization._responses import plain_json
from ._context import AnyError, CallContext

if TYPE_CHECKING:
    from .._json import JSONValue

__all__ = ["CallResponse"]

T_co = TypeVar("T_co", covariant=True)


class CallResponse(Generic[T_co]):
    """A successful response to a call, not yet decoded.

    If the call streams, `response` is open: read it with `ReadChunk` or `Read` steps, and end it with `Close`.
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
        """The body; empty while it is being streamed."""
        return self.response.content

    @property
    def url(self) -> str:
        """The URL of the request, as sent."""
        return "" if self.context.request is None else self.context.request.url

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self.context.attempts)

    @property
    def request_id(self) -> str | None:
        return request_id_of(self.response.headers)

    def complete(self, error: AnyError) -> AnyError:
        """Add details of the call and of this response to an error."""
        return self.context.complete(error, self.response)

    def json(self) -> JSONValue:
        """Return the body as plain JSON values. Raises `DecodeError` if it is not JSON."""
        try:
            return plain_json(self.response)
        except XCaaSError as error:
            self.complete(error)
            raise

    def value(self) -> T_co:
        """Return the body as the operation's type. Raises `DecodeError` if it is something else."""
        try:
            return self._decode(self.response)
        except XCaaSError as error:
            self.complete(error)
            raise

    def __repr__(self) -> str:
        return f"<CallResponse {self.status}>"
