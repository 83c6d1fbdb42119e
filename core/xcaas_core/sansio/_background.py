"""Background tasks in asyncio and trio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from importlib import import_module
from typing import Generic, TypeVar

import anyio

from ._event_loops import running_loop

__all__ = ["BackgroundTask"]

T = TypeVar("T")


class BackgroundTask(Generic[T]):
    """Work started before its result is needed. The creator must always call `cancel`, which leaves nothing behind.

    For generators, which cannot hold a nursery open: it must be left in the task that entered it. The
    work runs in a task of the event loop (in trio, a system task), with the creator's context variables.
    `result` raises its exception.
    """

    __slots__ = ("_done", "_error", "_scope", "_task", "_values", "_work")

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._values: list[T] = []
        self._error: BaseException | None = None
        # asyncio holds only weak references to tasks
        self._task: object = _spawn(self._run, self._on_task_done)

    async def result(self) -> T:
        """Wait for the work, and return its result or raise its exception."""
        await self._done.wait()
        if self._error is not None:
            raise self._error
        return self._values[0]

    async def cancel(self) -> None:
        """Cancel the work unless it is done, and wait until it has ended."""
        self._scope.cancel()
        with anyio.CancelScope(shield=True):
            await self._done.wait()

    async def _run(self) -> None:
        try:
            with self._scope:
                self._values.append(await self._work())
        except BaseException as error:
            self._error = error
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise  # the event loop is ending; other exceptions are for the caller (trio would stop the program)
        finally:
            self._done.set()

    def _on_task_done(self, task: asyncio.Future[None]) -> None:
        """Store the result of a task that was cancelled before it started: asyncio never enters its `_run`."""
        if task.cancelled() and self._error is None:
            self._error = asyncio.CancelledError()
        self._done.set()


def _spawn(run: Callable[[], Awaitable[None]], on_done: Callable[[asyncio.Future[None]], None]) -> object:
    loop = running_loop()
    if isinstance(loop, asyncio.AbstractEventLoop):
        task = asyncio.ensure_future(run())
        task.add_done_callback(on_done)
        return task
    # Not an import statement: type checkers of vendored copies may not have trio.
    trio = import_module("trio.lowlevel")
    started: object = trio.spawn_system_task(run, context=copy_context())
    return started
