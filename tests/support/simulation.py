"""Fakes for tests of code that depends on tokens: a clock, a token endpoint, and a simulation of many callers.

    world = Simulation(TokenEndpoint(lifetime=60))
    tasks = [world.start(flow()) for _ in range(100)]
    world.run()
    assert world.endpoint.requests == 1

Nothing here sleeps, opens a socket or starts a thread: time passes when everybody waits.
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

__all__ = ["Answer", "FakeClock", "FakeResponse", "Simulation", "Task", "TokenEndpoint", "fake_context"]

T = TypeVar("T")


class FakeClock:
    """A clock that moves only when told to. Call it for the time."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now: float = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now = self.now + seconds


class FakeResponse:
    """An answer as flows see it. Header names are given in lower case."""

    def __init__(self, status: int = 200, content: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.content = content
        self.headers: Mapping[str, str] = dict(headers or {})


Answer: TypeAlias = FakeResponse | BaseException
"""What a fake endpoint gives: an answer, or an error to raise."""


class TokenEndpoint:
    """Answers token requests, as 8x8 does unless told otherwise, after `latency` seconds.

    Answers put into `script` are given first, one per request.
    """

    def __init__(
        self,
        *,
        lifetime: object = "1799",
        latency: float = 0.1,
        products: tuple[str, ...] = ("storage", "QM - API"),
        script: tuple[Answer, ...] = (),
    ) -> None:
        self.lifetime = lifetime
        self.latency = latency
        self.products = products
        self.script: list[Answer] = list(script)
        self.seen: list[Request] = []
        self.seen_at: list[float] = []

    @property
    def requests(self) -> int:
        """How many token requests have arrived."""
        return len(self.seen)

    def answer(self, request: Request, now: float) -> Answer:
        """The answer to one request."""
        self.seen.append(request)
        self.seen_at.append(now)
        return self.script.pop(0) if self.script else self.token(f"token-{self.requests}")

    def token(self, text: str, **fields: object) -> FakeResponse:
        """An answer with this token; `fields` replace or, when None, leave out what is in it."""
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
        kept = {name: value for name, value in body.items() if value is not None}
        return FakeResponse(200, json.dumps(kept).encode(), {"content-type": "application/json"})


class Task(Generic[T]):
    """A flow in a simulation, and what came of it."""

    def __init__(self, flow: Flow[T]) -> None:
        self.flow = flow
        self.done: bool = False
        self.finished_at: float = 0.0
        self.error: BaseException | None = None
        self._values: list[T] = []
        self.turn = 0

    @property
    def value(self) -> T:
        """What the flow returned; raises what it raised."""
        if self.error is not None:
            raise self.error
        if not self.done:
            raise AssertionError("the flow has not finished")
        return self._values[0]

    def succeed(self, value: T, now: float) -> None:
        """Note that the flow returned."""
        self._values.append(value)
        self.done, self.finished_at = True, now

    def fail(self, error: BaseException, now: float) -> None:
        """Note that the flow raised."""
        self.done, self.error, self.finished_at = True, error, now


class Simulation:
    """Runs any number of flows side by side in simulated time, always in the same order."""

    def __init__(self, endpoint: TokenEndpoint | None = None, clock: FakeClock | None = None) -> None:
        self.endpoint: TokenEndpoint = endpoint or TokenEndpoint()
        self.clock: FakeClock = clock or FakeClock()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._ticket = count()

    def start(self, flow: Flow[T], *, after: float = 0.0) -> Task[T]:
        """Begin a flow, now or later."""
        task = Task(flow)
        self.at(after, lambda: self._resume(task, lambda: next(flow)))
        return task

    def at(self, after: float, action: Callable[[], None]) -> None:
        """Do something `after` seconds from now."""
        heapq.heappush(self._queue, (self.clock.now + after, next(self._ticket), action))

    def cancel(self, task: Task[T], error: BaseException) -> None:
        """Throw an error into a flow, as a cancelled task or a killed thread would."""
        if not task.done:
            self._resume(task, lambda: task.flow.throw(error))

    def run(self, *, until: float | None = None) -> None:
        """Let time pass until nothing is left to do, or `until` seconds from now."""
        end = None if until is None else self.clock.now + until
        while self._queue and (end is None or self._queue[0][0] <= end):
            when, _, action = heapq.heappop(self._queue)
            self.clock.now = max(self.clock.now, when)
            action()
        if end is not None:
            self.clock.now = max(self.clock.now, end)

    def call(self, flow: Flow[T]) -> T:
        """Run one flow to its end."""
        task = self.start(flow)
        self.run()
        return task.value

    def _resume(self, task: Task[T], step: Callable[[], Step]) -> None:
        if task.done:
            return
        task.turn += 1
        try:
            self._carry_out(task, step())
        except StopIteration as stop:
            task.succeed(stop.value, self.clock.now)
        except BaseException as error:
            task.fail(error, self.clock.now)

    def _carry_out(self, task: Task[T], step: Step) -> None:
        turn = task.turn

        def give(result: object) -> None:
            if task.turn == turn:
                self._resume(task, lambda: task.flow.send(result))

        def give_answer(answer: Answer) -> None:
            if task.turn == turn and isinstance(answer, BaseException):
                self._resume(task, lambda: task.flow.throw(answer))
            else:
                give(answer)

        match step:
            case Send():
                answer = self.endpoint.answer(step.request, self.clock.now)
                patience = step.request.timeout
                if patience is not None and self.endpoint.latency >= patience:
                    self.at(patience, lambda: give_answer(CallTimeoutError("no answer in time")))
                else:
                    self.at(self.endpoint.latency, lambda: give_answer(answer))
            case Sleep():
                self.at(step.seconds, lambda: give(None))
            case WaitFor():
                step.waitable.on_done(lambda: self.at(0.0, lambda: give(True)))
                if step.timeout is not None:
                    self.at(step.timeout, lambda: give(False))
            case RunInThread():
                self._offload(task, step, give)
            case _:
                self.at(0.0, lambda: give(None))

    def _offload(self, task: Task[T], step: RunInThread, give: Callable[[object], None]) -> None:
        try:
            result = step.function()
        except Exception as error:
            trouble = error
            self.at(0.0, lambda: self._resume(task, lambda: task.flow.throw(trouble)))
        else:
            self.at(0.0, lambda: give(result))


def fake_context(
    clock: Callable[[], float], *, base_url: str | None = None, random: Callable[[], float] = lambda: 0.5
) -> AuthContext:
    """What a client lends to its authorizers, with a clock and randomness of the test's choice."""
    return AuthContext(
        clock=clock,
        random=random,
        rebase=lambda url: token_address(url, base_url),
    )
