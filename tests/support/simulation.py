"""Fakes for tests of tokens: a clock, a token endpoint, and a simulation of many callers.

    world = Simulation(TokenEndpoint(lifetime=60))
    tasks = [world.start(flow()) for _ in range(100)]
    world.run()
    assert world.endpoint.requests == 1

Nothing here sleeps, opens a socket or starts a thread: the clock advances when all flows wait.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Generic, TypeAlias, TypeVar

from xcaas_core._errors import CallTimeoutError
from xcaas_core.auth._interface import AuthContext
from xcaas_core.http._urls import token_address
from xcaas_core.sansio._messages import Request
from xcaas_core.sansio._steps import Flow, RunInThread, Send, Sleep, Step, WaitFor

__all__ = ["FakeClock", "FakeResponse", "Outcome", "Simulation", "Task", "TokenEndpoint", "fake_context"]

T = TypeVar("T")


class FakeClock:
    """A clock that is advanced by hand. Call it for the time."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now: float = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.now = self.now + seconds


class FakeResponse:
    """A response as flows receive it. Header names are lower case."""

    def __init__(self, status: int = 200, content: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.content = content
        self.headers: Mapping[str, str] = dict(headers or {})


Outcome: TypeAlias = FakeResponse | BaseException
"""The result of a request to a fake endpoint: a response, or an error to raise."""


class TokenEndpoint:
    """Responds to token requests, by default as 8x8 does, after `latency` seconds.

    Responses in `script` are sent first, one per request.
    """

    def __init__(
        self,
        *,
        lifetime: object = "1799",
        latency: float = 0.1,
        products: tuple[str, ...] = ("storage", "QM - API"),
        script: tuple[Outcome, ...] = (),
    ) -> None:
        self.lifetime = lifetime
        self.latency = latency
        self.products = products
        self.script: list[Outcome] = list(script)
        self.seen: list[Request] = []
        self.seen_at: list[float] = []

    @property
    def requests(self) -> int:
        """The number of token requests received."""
        return len(self.seen)

    def answer(self, request: Request, now: float) -> Outcome:
        """Return the response to a request."""
        self.seen.append(request)
        self.seen_at.append(now)
        return self.script.pop(0) if self.script else self.token(f"token-{self.requests}")

    def token(self, text: str, **fields: object) -> FakeResponse:
        """Return a response with a token; `fields` override its fields, and None omits them."""
        body: dict[str, object] = {
            "access_token": text,
            "token_type": "BearerToken",
            "expires_in": self.lifetime,
            "issued_at": "1700000000000",
            "status": "approved",
            "scope": "",
            "refresh_count": "0",
            "developer.email": "deprecated",
            "api_product_list": f"[{', '.join(self.products)}]",
            "api_product_list_json": list(self.products),
        }
        body |= fields
        present = {name: value for name, value in body.items() if value is not None}
        return FakeResponse(200, json.dumps(present).encode(), {"content-type": "application/json"})


class Task(Generic[T]):
    """A flow in a simulation, and its result."""

    def __init__(self, flow: Flow[T]) -> None:
        self.flow = flow
        self.done: bool = False
        self.finished_at: float = 0.0
        self.error: BaseException | None = None
        self._values: list[T] = []
        self.turn = 0

    @property
    def value(self) -> T:
        """The value that the flow returned; raises the error that it raised."""
        if self.error is not None:
            raise self.error
        if not self.done:
            raise AssertionError("the flow has not finished")
        return self._values[0]

    def succeed(self, value: T, now: float) -> None:
        """Set the result of the flow."""
        self._values.append(value)
        self.done, self.finished_at = True, now

    def fail(self, error: BaseException, now: float) -> None:
        """Set the error of the flow."""
        self.done, self.error, self.finished_at = True, error, now


class Simulation:
    """Runs flows concurrently in simulated time, in deterministic order."""

    def __init__(self, endpoint: TokenEndpoint | None = None, clock: FakeClock | None = None) -> None:
        self.endpoint: TokenEndpoint = endpoint or TokenEndpoint()
        self.clock: FakeClock = clock or FakeClock()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._ticket = count()

    def start(self, flow: Flow[T], *, after: float = 0.0) -> Task[T]:
        """Start a flow, now or after a delay in seconds."""
        task = Task(flow)
        self.at(after, lambda: self._resume(task, lambda: next(flow)))
        return task

    def at(self, after: float, action: Callable[[], None]) -> None:
        """Schedule an action `after` seconds from now."""
        heapq.heappush(self._queue, (self.clock.now + after, next(self._ticket), action))

    def cancel(self, task: Task[T], error: BaseException) -> None:
        """Throw an error into a flow, as when a task is cancelled."""
        if not task.done:
            self._resume(task, lambda: task.flow.throw(error))

    def run(self, *, until: float | None = None) -> None:
        """Run until nothing is scheduled, or for `until` seconds."""
        end = None if until is None else self.clock.now + until
        while self._queue and (end is None or self._queue[0][0] <= end):
            when, _, action = heapq.heappop(self._queue)
            self.clock.now = max(self.clock.now, when)
            action()
        if end is not None:
            self.clock.now = max(self.clock.now, end)

    def call(self, flow: Flow[T]) -> T:
        """Run one flow and return its value."""
        task = self.start(flow)
        self.run()
        return task.value

    def _resume(self, task: Task[T], step: Callable[[], Step]) -> None:
        if task.done:
            return
        task.turn += 1
        try:
            self._perform(task, step())
        except StopIteration as stop:
            task.succeed(stop.value, self.clock.now)
        except BaseException as error:
            task.fail(error, self.clock.now)

    def _perform(self, task: Task[T], step: Step) -> None:
        turn = task.turn

        def resume_with(result: object) -> None:
            if task.turn == turn:
                self._resume(task, lambda: task.flow.send(result))

        def resume_or_throw(answer: Outcome) -> None:
            if task.turn == turn and isinstance(answer, BaseException):
                self._resume(task, lambda: task.flow.throw(answer))
            else:
                resume_with(answer)

        match step:
            case Send():
                answer = self.endpoint.answer(step.request, self.clock.now)
                timeout = step.request.timeout
                if timeout is not None and self.endpoint.latency >= timeout:
                    self.at(timeout, lambda: resume_or_throw(CallTimeoutError("no answer in time")))
                else:
                    self.at(self.endpoint.latency, lambda: resume_or_throw(answer))
            case Sleep():
                self.at(step.seconds, lambda: resume_with(None))
            case WaitFor():
                step.waitable.on_done(lambda: self.at(0.0, lambda: resume_with(True)))
                if step.timeout is not None:
                    self.at(step.timeout, lambda: resume_with(False))
            case RunInThread():
                self._run_in_thread(task, step, resume_with)
            case _:
                self.at(0.0, lambda: resume_with(None))

    def _run_in_thread(self, task: Task[T], step: RunInThread, resume_with: Callable[[object], None]) -> None:
        try:
            result = step.function()
        except Exception as error:
            raised = error
            self.at(0.0, lambda: self._resume(task, lambda: task.flow.throw(raised)))
        else:
            self.at(0.0, lambda: resume_with(result))


def fake_context(
    clock: Callable[[], float], *, base_url: str | None = None, random: Callable[[], float] = lambda: 0.5
) -> AuthContext:
    """Return the context of authorizers with a given clock and random function."""
    return AuthContext(
        clock=clock,
        random=random,
        rebase=lambda url: token_address(url, base_url),
    )
