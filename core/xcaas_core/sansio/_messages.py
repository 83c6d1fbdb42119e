"""Requests and responses as plain data, ready for any HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from ..operations._operation import Operation

__all__ = ["MAX_ERROR_BYTES", "Content", "Part", "Request", "Response"]


# One part of a multipart body, as HTTP libraries take it: name, and (file name, content, content type, other headers).
Part: TypeAlias = "tuple[str, tuple[str | None, bytes | IO[bytes], str | None, dict[str, str]]]"


Content: TypeAlias = "bytes | Callable[[], Iterator[bytes] | AsyncIterator[bytes]] | None"


MAX_ERROR_BYTES: Final = 4 << 20
"""Maximum bytes read of an error's body: a few compressed bytes may expand to gigabytes."""


class Request:
    """A request as plain data, ready for any HTTP library.

    `content` is bytes, or a callable that opens the body each time the request is sent. `parts` opens a
    multipart body likewise; the HTTP library sets its boundary. `replayable` is false if the body can
    be sent only once.

    `timeout` is the rest of the call's total, in seconds; `connect_timeout` and `read_timeout` limit
    single network operations within it. `operation` is for fakes of the network; None for token requests.
    `secrets` are the credentials on the request, to be masked where a server sends them back.
    """

    __slots__ = (
        "connect_timeout",
        "content",
        "headers",
        "keys",
        "method",
        "operation",
        "parts",
        "read_timeout",
        "replayable",
        "secrets",
        "timeout",
        "url",
    )

    def __init__(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: Content = None,
        *,
        parts: Callable[[], list[Part]] | None = None,
        replayable: bool = True,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
    ) -> None:
        self.method: str = method
        self.url: str = url
        self.headers: dict[str, str] = headers
        self.content: Content = content
        self.parts: Callable[[], list[Part]] | None = parts
        self.replayable: bool = replayable
        self.timeout: float | None = timeout
        self.connect_timeout: float | None = connect_timeout
        self.read_timeout: float | None = read_timeout
        self.operation: Operation[object] | None = None
        self.secrets: list[str] = []
        self.keys: Mapping[str, str] = {}
        """Keys of security schemes that the caller passed, by location: `?name` in the query, `name=` in a cookie."""


class Response(Protocol):
    """A response as flows see it. Bodies are read with `Read`."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]:
        """Case-insensitive."""
        ...

    @property
    def content(self) -> bytes:
        """The body; empty before a `Read` step."""
        ...
