"""Building the library's requests, and reading its responses."""

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
_RATIO_STEP: Final = 128 << 20  # decoded bytes after which the ratio is checked, each time
_MAX_RATIO: Final = 200  # JSON rarely exceeds 50


class HttpResponse:
    """A response for flows. `raw` is the library's.

    Raises:
        DecodeError: It is a success in an unsupported content coding.
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
            from ._codings import body_decoder  # imported only if needed

            try:
                self.decoder = body_decoder(coding, lenient=self.status >= 400)
            except DecodeError:
                # For errors, the status matters more than the body.
                if self.status < 400:
                    raise

    @property
    def is_plain(self) -> bool:
        """Whether the body needs no decoding, and has not been read."""
        return self.decoder is None and not self.raw.is_stream_consumed

    def leave_open(self) -> None:
        """Remove the deadline from a success, so that the caller may take any time for the body."""
        if 200 <= self.status < 300:
            self.deadline.at = None

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}>"


def http_response(response: Response) -> HttpResponse:
    """Check the type of a response: transports get back their own."""
    assert isinstance(response, HttpResponse)
    return response


class RequestBuilder:
    """Builds the library's requests. A user's client adds its own settings; the SDK's are fixed, and cost nothing per
    call."""

    def __init__(self, connection: Connection | None, *, blocking: bool, direct: bool) -> None:
        self._watch: Callable[[], object] | None = None
        if not direct:
            from ._watch import AsyncWatch, Watch

            self._watch = Watch if blocking else AsyncWatch
        self._request: Any = None
        self._defaults: dict[str, str] = {}
        self._secrets: list[str] = []
        if connection is not None:
            self._request, self._url = connection.request_classes
            self._defaults = connection.defaults
            self._secrets = connection.secrets
        self._urls: dict[str, Any] = {}

    def _user_agent(self, client: Any) -> dict[str, str]:
        """Return the SDK's User-Agent, unless the user has set another."""
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
            headers = {**self._user_agent(client), **request.headers}
            try:
                built = client.build_request(
                    request.method, request.url, headers=headers, content=content, files=files, extensions=extensions
                )
                return _with_method(built, request.method)
            except UnicodeEncodeError:
                pass
            # Not chained: the library's error contains cookies.
            raise ConfigurationError(
                "the HTTP client has a cookie that no header can carry", advice="Clear its cookies."
            )
        headers = {**self._defaults, **request.headers}
        url = self._urls.get(request.url) or self._parse_url(request.url)
        message = self._request(
            request.method, url, headers=headers, content=content, files=files, extensions=extensions
        )
        return _with_method(message, request.method)

    def _parse_url(self, address: str) -> Any:
        """Parse a URL. Cached, as parsing takes half of the time here, and polls, searches and POSTs use few URLs. Long
        ones (with ids and cursors) and those with secrets are not cached."""
        url = self._url(address)
        if len(address) < 200 and ("?" not in address or safe_url(address) == address):
            if len(self._urls) >= 256:
                self._urls.clear()
            self._urls[address] = url
        return url


class BodyBuffer:
    """Collects the pieces of a body, up to a limit: `MAX_ERROR_BYTES` for errors.

    For encoded bodies, the ratio of decoded to received bytes is limited.
    """

    __slots__ = ("_decoder", "_pieces", "_remaining", "_strict")

    def __init__(self, request: Request | None, response: HttpResponse) -> None:
        # Responses outside of operations (tokens, key sets) are small.
        self._strict = request is not None and request.operation is None
        self._decoder = None if self._strict or response.status >= 300 else response.decoder
        longest = math.inf if self._decoder is None else _RATIO_STEP
        self._remaining: float = (
            _MAX_STRICT_BYTES if self._strict else longest if response.status < 300 else MAX_ERROR_BYTES
        )
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> bool:
        """Add a piece. Return whether the limit is not exceeded."""
        self._pieces.append(piece)
        self._remaining -= len(piece)
        decoder = self._decoder
        if (
            self._remaining < 0
            and decoder is not None
            and sum(map(len, self._pieces)) < _MAX_RATIO * decoder.bytes_received
        ):
            self._remaining += _RATIO_STEP
        return self._remaining >= 0

    def content(self) -> bytes:
        """Return the body.

        Raises:
            TransportError: It is too large for a token or key set.
            DecodeError: Its compression ratio is too high.
        """
        if self._remaining >= 0:
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        if self._strict:
            raise TransportError(
                f"the response is larger than {_MAX_STRICT_BYTES:,} bytes, and was not read to its end"
            )
        if self._decoder is not None:
            raise DecodeError(f"the body unpacks to more than {_MAX_RATIO} times its size, and was not read to its end")
        return b"".join(self._pieces)[:MAX_ERROR_BYTES]


def map_exception(error: Exception, client: Any = None, connection: Connection | None = None) -> XCaaSError | None:
    """Return the error to raise in place of the library's, without its traceback, whose frames hold credentials. None
    for errors of the user's code."""
    if isinstance(error, XCaaSError):
        return error.with_traceback(None)
    if isinstance(error, RuntimeError) and getattr(client, "is_closed", False):
        return ConfigurationError(
            "the HTTP client was closed", advice="Make calls before it is closed, or make a new one."
        )
    from ._errors import convert  # imported only after an error

    return convert(error, "" if connection is None else connection.proxy_name)


def _with_method(message: Any, method: str) -> Any:
    """Set the method as spelt, since the library writes it in capitals. Methods are case-sensitive (RFC 9110, 9.1)."""
    message.method = method
    return message
