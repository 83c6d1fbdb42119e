"""A server for tests that needs no network: `FakeServer`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from ._check import RequestMismatch, problems_of
from ._clock import FakeClock
from ._defaults import default_response, token_response
from ._io import FakeAsyncIO, FakeSyncIO
from ._links import call_names
from ._responses import NOTHING, FakeRequest, FakeResponse

if TYPE_CHECKING:
    from ..operations._operation import Operation
    from ..sansio._messages import Request

__all__ = ["FakeServer", "UnexpectedRequest"]

Handler: TypeAlias = Callable[[FakeRequest], FakeResponse]


class UnexpectedRequest(AssertionError):
    """A request that `respond` was not called for, on a server with `only_told=True`; or a misspelt call name in
    `respond`."""


class FakeServer:
    """Replaces the services in tests: responds with examples, and checks and records requests.

        server = FakeServer()
        client = XCaaS(http_client=server, credentials=ClientCredentials("id", "secret"))
        server.respond("storage.objects.get", json={"id": "o1"})
        assert client.storage.objects.get("o1").id == "o1"
        assert server.calls("storage.objects.get")[0].path.endswith("/objects/o1")

    Blocking and async clients may share a server. Nothing waits: a sleep before a retry or
    between status requests only moves `clock` on.

    Args:
        check: Raise `RequestMismatch` from the call if the spec does not allow its request.
        only_told: Raise `UnexpectedRequest` for calls without a `respond`, instead of responding
            with an example.
    """

    def __init__(self, *, check: bool = True, only_told: bool = False) -> None:
        self.clock: FakeClock = FakeClock()
        self.requests: list[FakeRequest] = []
        """All requests, oldest first, without those for tokens."""
        self.token_requests: list[FakeRequest] = []
        self._check = check
        self._only_told = only_told
        self._told: list[_Told] = []
        self._lock = Lock()

    def respond(
        self,
        target: str,
        response: FakeResponse | Handler | None = None,
        *,
        status: int = 200,
        json: object = NOTHING,
        text: str | None = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        error: BaseException | None = None,
    ) -> FakeServer:
        """Give the response to a call. Several for one target come in order, and the last one repeats.

        Args:
            target: A call (`storage.objects.get`), or method and path (`GET /storage/uk/v3/objects/{id}`, where
                a name in braces matches any text without a slash).
            response: The response, or a function that returns one for a request. Or give its parts:
            status: HTTP status.
            json: Body as JSON; models may be part of it.
            text: Body as text.
            content: Body as bytes, whole or in pieces.
            headers: Headers.
            error: Error to raise instead of a response, or after its body: an error from `xcaas`, such as
                `ConnectionLostError("cut")`.

        Returns:
            The server, for chaining.
        """
        if response is None:
            response = FakeResponse(status, json=json, text=text, content=content, headers=headers, error=error)
        with self._lock:
            for told in self._told:
                if told.target == target:
                    told.responses.append(response)
                    return self
            self._told.append(_Told(target, response))
        return self

    def calls(self, target: str | None = None) -> list[FakeRequest]:
        """Return the requests for a call, or for a method and path, oldest first; all requests by default."""
        if target is None:
            return list(self.requests)
        return [request for request in self.requests if _Told(target, FakeResponse()).matches(request)]

    def reset(self) -> None:
        """Forget all requests and responses."""
        with self._lock:
            self.requests.clear()
            self.token_requests.clear()
            self._told.clear()

    def handle(self, request: Request, content: bytes) -> FakeResponse:
        """Respond to one request. Clients do this through `http_client=`."""
        operation = request.operation
        seen = FakeRequest(request, content, operation)
        told = self._find(seen)
        if operation is None and told is None:
            self.token_requests.append(seen)
            return token_response()
        self.requests.append(seen)
        if operation is not None:
            self._refuse_slips(operation)
        if self._check and operation is not None and (problems := problems_of(seen, operation)):
            raise RequestMismatch(seen, problems)
        if told is not None:
            response = told if isinstance(told, FakeResponse) else told(seen)
            if response.error is not None and not any(response.pieces):
                raise response.error
            return response
        if self._only_told or operation is None:
            raise UnexpectedRequest(f"{seen!r} ({seen.call}) was not expected")
        return default_response(operation)

    def _refuse_slips(self, operation: Operation[object]) -> None:
        """Raise `UnexpectedRequest` for a target of this product that none of its calls has: it would never be used."""
        told = [one for one in self._told if not one.is_known]
        if not told:
            return
        calls = call_names(operation.product.package) | {operation.call}
        first = {call.partition(".")[0] for call in calls}
        for one in told:
            one.is_known = one.target in calls
            if not one.is_known and one.target.partition(".")[0] in first:
                near = get_close_matches(one.target, calls, 1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise UnexpectedRequest(f"no call is named {one.target!r}, which the server was told of.{hint}")

    def _find(self, request: FakeRequest) -> FakeResponse | Handler | None:
        with self._lock:
            told = next((told for told in self._told if told.matches(request)), None)
            return None if told is None else told.take()

    def sync_io(self) -> FakeSyncIO:
        """Return the network of a blocking client."""
        return FakeSyncIO(self)

    def async_io(self) -> FakeAsyncIO:
        """Return the network of an async client."""
        return FakeAsyncIO(self)


class _Told:
    """What one call, or one address, is to get."""

    def __init__(self, target: str, response: FakeResponse | Handler) -> None:
        self.target = target
        self.responses = [response]
        method, _, path = target.partition(" ")
        self._call = None if path else target
        self.is_known = bool(path)
        self._method = method
        self._path = re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)))

    def matches(self, request: FakeRequest) -> bool:
        if self._call is not None:
            return request.call == self._call
        return request.method == self._method and self._path.fullmatch(request.path) is not None

    def take(self) -> FakeResponse | Handler:
        return self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
