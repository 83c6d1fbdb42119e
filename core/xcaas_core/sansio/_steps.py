"""The steps that sans-I/O code yields.

A *flow* is a generator that makes the decisions of a call: what to send, how long to wait, which token
to use. It does no I/O: it yields a step and receives the step's result. Two drivers in `_drivers.py`
carry steps out, one blocking and one for event loops, so flows need no async twins.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import inf
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from ._messages import Request, Response

__all__ = [
    "Close",
    "Flow",
    "Read",
    "ReadChunk",
    "RunInThread",
    "Send",
    "Sleep",
    "Step",
    "WaitFor",
    "Waitable",
    "backoff_delay",
    "read_chunk",
    "run_in_thread",
    "send",
    "wait_for",
]

T = TypeVar("T")


class Waitable(Protocol):
    """Something that another thread or task completes, such as a token request."""

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call `callback` once, from any thread; at once if already done."""
        ...


class Send:
    """Send a request. Result: a `Response`, with its body unless `stream` is set."""

    __slots__ = ("request", "stream")

    def __init__(self, request: Request, *, stream: bool = False) -> None:
        self.request = request
        self.stream = stream


class _ResponseStep:
    """A step with a response."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


class Read(_ResponseStep):
    """Read the rest of a streamed response into `content`. Result: None."""

    __slots__ = ()


class ReadChunk(_ResponseStep):
    """Read the next chunk of a streamed response, decoded. Result: bytes, empty at the end."""

    __slots__ = ()


class Close(_ResponseStep):
    """Close a response and release its connection. Result: None."""

    __slots__ = ()


class Sleep:
    """Wait. Result: None."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class WaitFor:
    """Wait until a waitable is done, at most `timeout` seconds. Result: whether it is done."""

    __slots__ = ("timeout", "waitable")

    def __init__(self, waitable: Waitable, timeout: float | None = None) -> None:
        self.waitable = waitable
        self.timeout = timeout


class RunInThread:
    """Run a blocking function where it blocks no event loop. Result: what it returns."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], object]) -> None:
        self.function = function


Step: TypeAlias = Send | Read | ReadChunk | Close | Sleep | WaitFor | RunInThread

# A step's result depends on the step, which Generator's one send type cannot express. The functions
# below give each result its type; only `_drivers.py` relies on the pairing, too.
Flow: TypeAlias = Generator[Step, object, T]
_Typed: TypeAlias = Generator[Step, Any, T]


def send(request: Request, *, stream: bool = False) -> _Typed[Response]:
    """Carry out `Send`."""
    response: Response = yield Send(request, stream=stream)
    return response


def read_chunk(response: Response) -> _Typed[bytes]:
    """Carry out `ReadChunk`."""
    chunk: bytes = yield ReadChunk(response)
    return chunk


def wait_for(waitable: Waitable, timeout: float | None = None) -> _Typed[bool]:
    """Carry out `WaitFor`."""
    is_done: bool = yield WaitFor(waitable, timeout)
    return is_done


def run_in_thread(function: Callable[[], T]) -> _Typed[T]:
    """Carry out `RunInThread`."""
    result: T = yield RunInThread(function)
    return result


def backoff_delay(initial: float, attempt: int, maximum: float = inf, factor: float = 2.0) -> float:
    """Return the exponential backoff before retry `attempt` (from 1)."""
    # The exponent is bounded because 2.0**1024 overflows.
    return min(maximum, initial * factor ** min(attempt - 1, 64))
