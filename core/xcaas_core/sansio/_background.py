"""Work that goes on beside its caller, in asyncio or trio alike."""

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
    """Work that was begun before its result is needed. Whoever makes one ends it with `cancel`, in any case.

    It is for generators, which cannot have a nursery: a caller may leave one in the middle, and a nursery
    would have to be left in the task that entered it. So the work runs in a task of the event loop itself
    (trio calls it a system task), sees the context variables of its maker, and keeps what it raises for
    `result`. Nothing of it is left when `cancel` returns.
    """

    __slots__ = ("_done", "_error", "_scope", "_task", "_values", "_work")

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._values: list[T] = []
        self._error: BaseException | None = None
        # asyncio alone holds its tasks weakly
        self._task: object = _spawn(self._run, self._ended)

    async def result(self) -> T:
        """Return what the work returns, or raise its error."""
        await self._done.wait()
        if self._error is not None:
            raise self._error
        return self._values[0]

    async def cancel(self) -> None:
        """Cancel the work unless it is done, and wait until it has let go of everything."""
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
                raise  # the whole loop ends; anything else is the caller's, trio would stop the program for it
        finally:
            self._done.set()

    def _ended(self, task: asyncio.Future[None]) -> None:
        """Note the end of a task. Of one that is cancelled before its turn comes, asyncio runs nothing at all, not even
        `_run`."""
        if task.cancelled() and self._error is None:
            self._error = asyncio.CancelledError()
        self._done.set()


def _spawn(run: Callable[[], Awaitable[None]], ended: Callable[[asyncio.Future[None]], None]) -> object:
    loop = running_loop()
    if isinstance(loop, asyncio.AbstractEventLoop):
        task = asyncio.ensure_future(run())
        task.add_done_callback(ended)
        return task
    # Not an import statement: type checkers of those who vendor this need not know trio.
    trio = import_module("trio.lowlevel")
    started: object = trio.spawn_system_task(run, context=copy_context())
    return started
