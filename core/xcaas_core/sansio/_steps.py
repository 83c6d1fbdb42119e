"""The steps that sans-I/O code yields, and the messages that travel with them.

A *flow* is a generator that decides what happens next in a call: which bytes
leave, how long to wait, whose token to use. It never touches a socket, a lock
or a clock. It yields a step and receives the step's result; two drivers in
`_drive.py` carry steps out, one blocking and one for event loops. Everything
above them exists once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from ..operations._operation import Operation

__all__ = [
    "Chunk",
    "Close",
    "Content",
    "Flow",
    "Offload",
    "Park",
    "Part",
    "Read",
    "Request",
    "Response",
    "Send",
    "Sleep",
    "Step",
    "Waitable",
]

T = TypeVar("T")

# One part of a multipart body: name, and (file name, content, content type) as HTTP libraries take it.
Part: TypeAlias = "tuple[str, tuple[str | None, bytes | IO[bytes], str | None]]"
Content: TypeAlias = "bytes | Callable[[], Iterator[bytes] | AsyncIterator[bytes]] | None"


class Request:
    """A request as plain data, ready for any HTTP library.

    `content` is bytes, or a callable that opens the body afresh each time the
    request is sent; `parts` opens a multipart body likewise, and leaves the
    boundary to the HTTP library. A body that can be sent only once sets
    `replayable` false.

    `timeout` is what is left of the call's total, in seconds. `connect_timeout` and
    `read_timeout` bound single network operations within it. `operation` is the operation that
    the request calls, for fakes that stand in for the network; None for requests for tokens.
    """

    __slots__ = (
        "connect_timeout",
        "content",
        "headers",
        "method",
        "operation",
        "parts",
        "read_timeout",
        "replayable",
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


class Response(Protocol):
    """What a flow may know of an answer. Bodies are read through `Read`."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]:
        """Case-insensitive."""
        ...

    @property
    def content(self) -> bytes:
        """The whole body; empty until a `Read` step is done."""
        ...


class Waitable(Protocol):
    """Something that another thread or task will finish (a token request in flight)."""

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call back once, from any thread; at once if already done."""
        ...


class Send:
    """Send a request. Result: a `Response` with headers; the body follows with `Read`,
    or is there already unless `stream` is set."""

    __slots__ = ("request", "stream")

    def __init__(self, request: Request, *, stream: bool = False) -> None:
        self.request = request
        self.stream = stream


class Read:
    """Read the rest of a streamed answer into `content`. Result: None."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


class Chunk:
    """Read the next piece of a streamed answer, decoded. Result: bytes, empty at the end."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


class Close:
    """Give up an answer and return its connection. Result: None."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


class Sleep:
    """Wait. Result: None."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Park:
    """Wait until somebody else's work is done, or `timeout` seconds. Result: whether it was done."""

    __slots__ = ("timeout", "waitable")

    def __init__(self, waitable: Waitable, timeout: float | None = None) -> None:
        self.waitable = waitable
        self.timeout = timeout


class Offload:
    """Run blocking work (a file, a lock between processes) where it holds up no event loop. Result: the function's."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], object]) -> None:
        self.function = function


Step: TypeAlias = Send | Read | Chunk | Close | Sleep | Park | Offload

# A step's result depends on the step, which Generator's single send type cannot say.
# `_drive.py` has the only code that relies on the pairing above.
Flow: TypeAlias = Generator[Step, object, T]
