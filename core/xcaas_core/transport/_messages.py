"""What both halves of the transport share: making the library's requests, and reading its responses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from .._errors import ConfigurationError, DecodeError, TransportError, XCaaSError
from .._redaction import safe_url
from .._version import AGENT
from ..sansio._messages import MAX_ERROR_BYTES
from ._deadlines import Deadline

if TYPE_CHECKING:
    from ..sansio._messages import Request, Response
    from ._codings import BodyDecoder
    from ._library import Connection

__all__ = ["BodyBuffer", "HttpResponse", "RequestBuilder", "http_response", "map_exception"]

_MAX_STRICT_BYTES: Final = 1 << 20
_PORTION: Final = 128 << 20  # bytes that any body may unpack to, and after which its ratio is looked at
_RATIO: Final = 200  # JSON is rarely packed to a fiftieth


class HttpResponse:
    """A response, as flows see it. `raw` is the library's own.

    Raises:
        DecodeError: It is a success in a content coding that cannot be undone here.
    """

    __slots__ = ("chunks", "content", "deadline", "decoder", "headers", "raw", "release", "status")

    def __init__(self, raw: Any, deadline: Deadline) -> None:
        self.raw = raw
        self.status: int = raw.status_code
        self.headers: Mapping[str, str] = raw.headers
        self.content = b""
        self.deadline = deadline
        self.chunks: Any = None
        self.release: Any = None
        self.decoder: BodyDecoder | None = None
        coding = self.headers.get("content-encoding")
        if coding is not None and not raw.is_stream_consumed:
            from ._codings import body_decoder  # not before there is something to undo

            try:
                self.decoder = body_decoder(coding)
            except DecodeError:
                # What the status of an error says is worth more than its body.
                if self.status < 400:
                    raise
            if self.decoder is not None:
                self.decoder.forgives = self.status >= 400

    @property
    def is_plain(self) -> bool:
        """Whether the body needs no decoding, and nobody has read it yet: it may be read as it comes."""
        return self.decoder is None and not self.raw.is_stream_consumed

    def leave_open(self) -> None:
        """Let the body be read when and as fast as the caller likes: the total bounds what came before, and errors."""
        if 200 <= self.status < 300:
            self.deadline.at = None

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}>"


def http_response(response: Response) -> HttpResponse:
    """Return a response as what it is: a transport gets back only what it made."""
    assert isinstance(response, HttpResponse)
    return response


class RequestBuilder:
    """Makes the library's requests. A user's client merges in what its user has set on it; for the SDK's own
    that is known beforehand, and costs nothing per call."""

    def __init__(self, connection: Connection | None, *, blocking: bool, direct: bool) -> None:
        self._watch: Callable[[], object] | None = None
        if not direct:
            from ._watch import AsyncWatch, Watch

            self._watch = Watch if blocking else AsyncWatch
        self._request: Any = None
        self._defaults: dict[str, str] = {}
        self._secrets: list[str] = []
        if connection is not None:
            self._request, self._url = connection.kinds
            self._defaults = connection.defaults
            self._secrets = connection.secrets
        self._urls: dict[str, Any] = {}

    def _named(self, client: Any) -> dict[str, str]:
        """Return the name of the SDK: a user's client keeps the name that its user gave it, but not the library's own."""
        agent: str = client.headers.get("user-agent", "")
        return {"user-agent": AGENT} if agent.startswith("python-httpx") else {}

    def build(self, client: Any, request: Request, content: object) -> Any:
        extensions: dict[str, Any] = {
            "timeout": Deadline(request.timeout, request.connect_timeout, request.read_timeout)
        }
        if self._watch is not None:
            extensions["trace"] = self._watch()
        request.secrets += self._secrets
        files = None if request.parts is None else request.parts()
        if self._request is None:
            headers = {**self._named(client), **request.headers}
            try:
                return client.build_request(
                    request.method, request.url, headers=headers, content=content, files=files, extensions=extensions
                )
            except UnicodeEncodeError:
                pass
            # Not chained: the library's error holds all cookies.
            raise ConfigurationError(
                "the HTTP client has a cookie that no header can carry", advice="Clear its cookies."
            )
        headers = {**self._defaults, **request.headers}
        url = self._urls.get(request.url) or self._parsed(request.url)
        return self._request(request.method, url, headers=headers, content=content, files=files, extensions=extensions)

    def _parsed(self, address: str) -> Any:
        """Parse an address. The result is kept, as parsing takes as long as all else that is done here, and polls,
        searches and POSTs use few addresses. Long addresses (ids and cursors) and those with secrets are not kept."""
        url = self._url(address)
        if len(address) < 200 and ("?" not in address or safe_url(address) == address):
            if len(self._urls) >= 256:
                self._urls.clear()
            self._urls[address] = url
        return url


class BodyBuffer:
    """The pieces of a body, and how many bytes they may come to. Of an error, `MAX_ERROR_BYTES` bytes are kept.

    What a coding unpacks to is bounded by what came of it: a few kilobytes may stand for gigabytes.
    """

    __slots__ = ("_decoder", "_left", "_pieces", "_strict")

    def __init__(self, request: Request | None, response: HttpResponse) -> None:
        # What belongs to no operation (tokens, sets of keys) is small, or wrong.
        self._strict = request is not None and request.operation is None
        self._decoder = None if self._strict or response.status >= 300 else response.decoder
        longest = math.inf if self._decoder is None else _PORTION
        self._left: float = _MAX_STRICT_BYTES if self._strict else longest if response.status < 300 else MAX_ERROR_BYTES
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> bool:
        """Take a piece. Return whether there is room for more."""
        self._pieces.append(piece)
        self._left -= len(piece)
        decoder = self._decoder
        if self._left < 0 and decoder is not None and sum(map(len, self._pieces)) < _RATIO * decoder.taken:
            self._left += _PORTION
        return self._left >= 0

    def content(self) -> bytes:
        """Return the body.

        Raises:
            TransportError: It is too large for what it is.
            DecodeError: It unpacks to more than a body does.
        """
        if self._left >= 0:
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        if self._strict:
            raise TransportError(
                f"the response is larger than {_MAX_STRICT_BYTES:,} bytes, and was not read to its end"
            )
        if self._decoder is not None:
            raise DecodeError(f"the body unpacks to more than {_RATIO} times its size, and was not read to its end")
        return b"".join(self._pieces)[:MAX_ERROR_BYTES]


def map_exception(error: Exception, client: Any = None) -> XCaaSError | None:
    """Return the error to raise in place of one from the library: without its traceback, whose frames hold
    headers and addresses with credentials in them. None for errors of the user's own code."""
    if isinstance(error, XCaaSError):
        return error.with_traceback(None)
    if isinstance(error, RuntimeError) and getattr(client, "is_closed", False):
        return ConfigurationError(
            "the HTTP client was closed", advice="Make calls before it is closed, or make a new one."
        )
    from ._errors import converted  # not before something has failed

    return converted(error)
