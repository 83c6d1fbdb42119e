"""The responses that `raw` returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ..._errors import Attempt
from ..._json import JSONValue
from ..._lazy import public
from ..._redaction import safe_url
from ...calls._call_response import CallResponse
from ...http._media_types import body_text

__all__ = ["RawResponse"]

T_co = TypeVar("T_co", covariant=True)


@public
class RawResponse(Generic[T_co]):
    """A successful response with status, headers and body. `value` is what the plain call returns.

    If the body does not match the spec, `value` raises; `content`, `text` and `json` still return it.
    """

    __slots__ = ("_decode", "_decoded", "_response", "attempts", "content", "headers", "request_id", "status", "url")

    def __init__(self, decode: Callable[[], T_co], response: CallResponse[object]) -> None:
        self._decode = decode
        self._decoded: list[T_co] = []
        self._response = response
        self.status: int = response.status
        self.headers: Mapping[str, str] = response.headers
        """Case-insensitive."""
        self.content: bytes = response.content
        """The body as received."""
        self.url: str = safe_url(response.url)
        """The URL, without secrets."""
        self.request_id: str | None = response.request_id
        self.attempts: tuple[Attempt, ...] = response.attempts

    @property
    def value(self) -> T_co:
        """What the plain call returns. Raises `DecodeError` if the body does not match the spec."""
        if not self._decoded:
            self._decoded.append(self._decode())
        return self._decoded[0]

    @property
    def text(self) -> str:
        """The body as text, decoded by the response's charset, or else as UTF-8."""
        return body_text(self.content, self.headers.get("content-type"))

    def json(self) -> JSONValue:
        """Return the body as plain JSON values. Raises `DecodeError` if it is not JSON."""
        return self._response.json()

    def __repr__(self) -> str:
        return f"<RawResponse {self.status} {self.headers.get('content-type', '')}>"
