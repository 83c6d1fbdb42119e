"""The steps that sans-I/O code yields.

A *flow* is a generator that decides what happens next in a call: which bytes
leave, how long to wait, whose token to use. It never touches a socket, a lock
or a clock. It yields a step and receives the step's result; two drivers in
`_drivers.py` carry steps out, one blocking and one for event loops. Everything
above them exists once.
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
    "growing_wait",
    "read_chunk",
    "run_in_thread",
    "send",
    "wait_for",
]

T = TypeVar("T")


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


class _ResponseStep:
    """A step that concerns a response."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


class Read(_ResponseStep):
    """Read the rest of a streamed response into `content`. Result: None."""

    __slots__ = ()


class ReadChunk(_ResponseStep):
    """Read the next piece of a streamed response, decoded. Result: bytes, empty at the end."""

    __slots__ = ()


class Close(_ResponseStep):
    """Give up a response and return its connection. Result: None."""

    __slots__ = ()


class Sleep:
    """Wait. Result: None."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class WaitFor:
    """Wait until somebody else's work is done, or `timeout` seconds. Result: whether it was done."""

    __slots__ = ("timeout", "waitable")

    def __init__(self, waitable: Waitable, timeout: float | None = None) -> None:
        self.waitable = waitable
        self.timeout = timeout


class RunInThread:
    """Run blocking work (a file, a lock between processes) where it holds up no event loop. Result: the function's."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], object]) -> None:
        self.function = function


Step: TypeAlias = Send | Read | ReadChunk | Close | Sleep | WaitFor | RunInThread

# A step's result depends on the step, which Generator's single send type cannot say. The functions
# below give each result its type; `_drivers.py` has the only other code that relies on the pairing.
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
    done: bool = yield WaitFor(waitable, timeout)
    return done


def run_in_thread(function: Callable[[], T]) -> _Typed[T]:
    """Carry out `RunInThread`."""
    result: T = yield RunInThread(function)
    return result


def growing_wait(first: float, number: int, longest: float = inf, factor: float = 2.0) -> float:
    """Return the wait of a number (from 1): the first one, times the factor for each before it, up to the longest."""
    # The exponent is bounded because 2.0**1024 is no float; the longest wait rules long before.
    return min(longest, first * factor ** min(number - 1, 64))
