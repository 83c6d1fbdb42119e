"""`FakeServer`, a server for tests that needs no network."""

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
        self._stubs: list[_Stub] = []
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
            for stub in self._stubs:
                if stub.target == target:
                    stub.responses.append(response)
                    return self
            self._stubs.append(_Stub(target, response))
        return self

    def calls(self, target: str | None = None) -> list[FakeRequest]:
        """Return the requests for a call, or for a method and path, oldest first; all requests by default."""
        if target is None:
            return list(self.requests)
        return [request for request in self.requests if _Stub(target, FakeResponse()).matches(request)]

    def reset(self) -> None:
        """Remove all requests and responses."""
        with self._lock:
            self.requests.clear()
            self.token_requests.clear()
            self._stubs.clear()

    def handle(self, request: Request, content: bytes) -> FakeResponse:
        """Respond to one request. Clients do this through `http_client=`."""
        operation = request.operation
        received = FakeRequest(request, content, operation)
        stubbed = self._find(received)
        if operation is None and stubbed is None:
            self.token_requests.append(received)
            return token_response()
        self.requests.append(received)
        if operation is not None:
            self._check_targets(operation)
        if self._check and operation is not None and (problems := problems_of(received, operation)):
            raise RequestMismatch(received, problems)
        if stubbed is not None:
            response = stubbed if isinstance(stubbed, FakeResponse) else stubbed(received)
            if response.error is not None and not any(response.pieces):
                raise response.error
            return response
        if self._only_told or operation is None:
            raise UnexpectedRequest(f"{received!r} ({received.call}) was not expected")
        return default_response(operation)

    def _check_targets(self, operation: Operation[object]) -> None:
        """Raise `UnexpectedRequest` for a target of this product that is not one of its calls."""
        unchecked = [stub for stub in self._stubs if not stub.is_known]
        if not unchecked:
            return
        calls = call_names(operation.product.package) | {operation.call}
        products = {call.partition(".")[0] for call in calls}
        for stub in unchecked:
            stub.is_known = stub.target in calls
            if not stub.is_known and stub.target.partition(".")[0] in products:
                matches = get_close_matches(stub.target, calls, 1)
                hint = f" Did you mean {matches[0]!r}?" if matches else ""
                raise UnexpectedRequest(f"no call is named {stub.target!r}, for which a response was set.{hint}")

    def _find(self, request: FakeRequest) -> FakeResponse | Handler | None:
        with self._lock:
            stub = next((stub for stub in self._stubs if stub.matches(request)), None)
            return None if stub is None else stub.next_response()

    def sync_io(self) -> FakeSyncIO:
        """Return the transport of a blocking client."""
        return FakeSyncIO(self)

    def async_io(self) -> FakeAsyncIO:
        """Return the transport of an async client."""
        return FakeAsyncIO(self)


class _Stub:
    """The responses for one call, or one method and path."""

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

    def next_response(self) -> FakeResponse | Handler:
        return self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
