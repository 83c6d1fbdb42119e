"""Callers that return responses: `raw` and `streaming` of any operation.

They run the generated method on a resource with another caller, so that arguments are checked as usual.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, NoReturn, TypeAlias

from ..._errors import ConfigurationError
from ...calls._call_response import CallResponse
from ...calls._session import AsyncSession, Session, exchange
from ...operations._operation import Call, Operation
from ...sansio._steps import Flow
from .._resources import Arguments, AsyncResource, Resource
from ._raw_response import RawResponse
from ._streamed import AsyncStreamedResponse, StreamedResponse

__all__ = ["raw_method", "streaming_method"]

# Makes the result from a response and a function that returns the plain call's result.
_Wrap: TypeAlias = "Callable[[CallResponse[Any], Callable[[], object]], object]"


class ResponseCaller:
    """Makes calls and wraps their responses. Blocking or async, like its session."""

    __slots__ = ("_pager", "_stream", "_wrap", "session")

    def __init__(self, session: Any, pager: Callable[[Any, Any], object], wrap: _Wrap, *, stream: bool) -> None:
        self.session = session
        self._pager = pager
        self._wrap = wrap
        self._stream = stream

    def call(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Any:
        """Call an operation."""
        return self.session.run(self._response(Call(operation, args, body, stream=self._stream)))

    def paginate(self, operation: Operation[object], args: Arguments = (), body: object = None) -> Any:
        """Get the first page of a list. The pager does not request it again."""
        return self.session.run(self._first_page(Call(operation, args, body)))

    def _response(self, call: Call[object]) -> Flow[object]:
        response = yield from exchange(self.session.engine, call)
        return self._wrap(response, response.value)

    def _first_page(self, call: Call[object]) -> Flow[object]:
        from ._first_page import FirstPage

        source = FirstPage(self.session.engine, call)
        response = yield from exchange(self.session.engine, source.first(stream=self._stream))
        pager = self._pager(self.session, source)

        def value() -> object:
            source.first_response = response
            return pager

        return self._wrap(response, value)

    def download(self, operation: Operation[object], *_: object) -> NoReturn:
        """Raise `ConfigurationError`: a download has its own handle."""
        raise ConfigurationError(
            f"{operation.call} has no raw or streaming variant",
            advice="The download itself has the headers, in `with` and afterwards.",
        )

    def poll(self, operation: Operation[object], *_: object) -> NoReturn:
        """Raise `ConfigurationError`: a job has its own handle."""
        raise ConfigurationError(
            "a job that is followed has no raw or streaming variant",
            advice=f"{operation.call} only starts it, and has both.",
        )

    resume = poll


def raw_method(method: Callable[..., object], session: Session | AsyncSession) -> Callable[..., Any]:
    """Return the method with a `RawResponse`, or an awaitable of one, as its result."""

    def wrap(response: CallResponse[Any], value: Callable[[], object]) -> object:
        return RawResponse(value, response)

    return _rebind(method, session, wrap, stream=False)


def streaming_method(method: Callable[..., object], session: Session | AsyncSession) -> Callable[..., Any]:
    """Return the method with an open response, or an awaitable of one, as its result."""

    def wrap(response: CallResponse[Any], value: Callable[[], object]) -> object:
        if isinstance(session, Session):
            return StreamedResponse(response, session, value)
        return AsyncStreamedResponse(response, session, value)

    return _rebind(method, session, wrap, stream=True)


def _rebind(
    method: Callable[..., object], session: Session | AsyncSession, wrap: _Wrap, *, stream: bool
) -> Callable[..., Any]:
    """Bind the method to its resource with another caller."""
    from ...paging._pager import AsyncPager, Pager

    resource = getattr(method, "__self__", None)
    if not isinstance(method, MethodType) or not isinstance(resource, Resource | AsyncResource):
        raise ConfigurationError(
            "this is not a method of a resource",
            advice="Pass the method itself, not a call of it; its arguments come after it.",
        )
    original = resource._caller  # pyright: ignore[reportPrivateUsage]
    if original.session.io is not session.io:
        raise ConfigurationError(
            "this is a method of another client, which does not share connections with this one",
            advice="Pass a method of the same client, or of a copy of it that with_options made.",
        )
    if original.has_options:
        session = original.session
    pager = Pager if isinstance(resource, Resource) else AsyncPager
    caller: Any = ResponseCaller(session, pager, wrap, stream=stream)
    function: Callable[..., Any] = method.__func__
    return MethodType(function, type(resource)(caller))
