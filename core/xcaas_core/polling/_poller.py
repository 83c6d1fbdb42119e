"""Jobs on the server that callers wait for: `Poller` and its async twin."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._lazy import public
from ..calls._handle import Handle
from ._job import Job, PollProgress, check_job_id

if TYPE_CHECKING:
    from typing import Self

    from ..calls._session import AsyncSession, Session
    from ..operations._operation import Call

__all__ = ["AsyncPoller", "Poller"]

T_co = TypeVar("T_co", covariant=True)


class _PollerBase(Handle):
    """The base of both pollers: properties that send no request."""

    __slots__ = ("_job",)

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def id(self) -> str:
        """The service's id of the job. Keep it to resume from another process.

        Of an async poller, raises `PollerError` before the job is started.
        """
        if self._job.id is None:
            raise self._job.not_started()
        return self._job.id

    @property
    def done(self) -> bool:
        """Whether the job had succeeded or failed at the latest status request. Sends nothing."""
        return self._job.done or self._job.failed

    @property
    def partial(self) -> bool:
        """Whether the job succeeded with part of its work undone, such as a zip without some of its files.

        `wait` returns the result all the same, and logs a warning.
        """
        return self._job.partial

    @property
    def state(self) -> str | None:
        """The state at the latest status request, in the service's words. Sends nothing."""
        return self._job.state

    def _pickle_advice(self) -> str:
        resumer = self._job.resumer
        return "Send its `id` there." if resumer is None else f"Send its `id` there; `{resumer}` follows the same job."

    def __repr__(self) -> str:
        details = (self._job.id or "not started", self._job.state, "partial" if self._job.partial else None)
        return f"<{type(self).__name__} of {self._job.name}: {' '.join(detail for detail in details if detail)}>"


@public
class Poller(_PollerBase, Generic[T_co]):
    """A job on the server. `wait` returns its result.

    Example:
        poller = client.storage.bulk_downloads.download(object_ids=ids)
        with poller.wait(timeout=600) as archive:
            archive.save("calls.zip")
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session, call: Call[object]) -> None:
        super().__init__(Job(session.engine, call))
        self._session = session
        session.run(self._job.start())

    @classmethod
    def resume(cls, session: Session, call: Call[object], id: str) -> Self:
        """Return a poller for a job that has already been started, perhaps by another process. Sends nothing."""
        self = cls.__new__(cls)
        _PollerBase.__init__(self, Job(session.engine, call, check_job_id(id)))
        self._session = session
        return self

    def wait(self, timeout: float | None = None, *, progress: Callable[[PollProgress], object] | None = None) -> T_co:
        """Wait until the job ends, and return its result.

        Args:
            timeout: Maximum wait in seconds; by default, the spec's. The status is requested at least once, even
                with 0, and a request in progress is completed.
            progress: Called after each status request. An exception from it ends the wait.

        Raises:
            ArgumentError: `timeout` is invalid. Nothing was sent.
            PollerError: The job failed or was cancelled; `reason` is the service's message.
            PollerTimeoutError: The job did not end in time. It is still running; `wait` may be called again.
        """
        self._session.run(self._job.wait(timeout, progress))
        call = self._job.result_call()
        value: T_co = _last_response(self._job) if call is None else _fetch(self._session, call)
        return value

    def status(self) -> str | None:
        """Get the job's status once."""
        return self._session.run(self._job.request_status())

    def cancel(self) -> None:
        """Ask the service to stop the job. Raises `PollerError` if it cannot."""
        self._session.run(self._job.cancel())


@public
class AsyncPoller(_PollerBase, Generic[T_co]):
    """The async twin of `Poller`. Await it to start the job, wait and get the result.

    Example:
        archive = await client.storage.bulk_downloads.download(object_ids=ids)
    """

    __slots__ = ("_session",)

    def __init__(self, session: AsyncSession, call: Call[object]) -> None:
        super().__init__(Job(session.engine, call))
        self._session = session

    @classmethod
    def resume(cls, session: AsyncSession, call: Call[object], id: str) -> Self:
        """Return a poller for a job that has already been started, perhaps by another process. Sends nothing."""
        self = cls(session, call)
        self._job.id = check_job_id(id)
        return self

    def __await__(self) -> Generator[Any, None, T_co]:
        return self.wait().__await__()

    async def start(self) -> Self:
        """Start the job, without waiting for it to end."""
        await self._session.run(self._job.start())
        return self

    async def wait(
        self, timeout: float | None = None, *, progress: Callable[[PollProgress], object] | None = None
    ) -> T_co:
        """Start the job if needed, wait until it ends, and return its result. See `Poller.wait`."""
        await self._session.run(self._job.wait(timeout, progress))
        call = self._job.result_call()
        value: T_co = _last_response(self._job) if call is None else await _fetch_async(self._session, call)
        return value

    async def status(self) -> str | None:
        """Get the job's status once. Raises `PollerError` if it was not started."""
        return await self._session.run(self._job.request_status())

    async def cancel(self) -> None:
        """Ask the service to stop the job. Raises `PollerError` if it cannot."""
        await self._session.run(self._job.cancel())


def _last_response(job: Job) -> Any:
    return None if job.response is None else job.response.value()


def _fetch(session: Session, call: Call[object]) -> Any:
    """Return the result of a job: a download, a pager, or a value."""
    if _streams(call):
        from ..downloads._download import Download

        call.stream = True
        return Download(session, call)
    if call.operation.paging is not None:
        from ..paging._pager import Pager

        return Pager[object](session, call)
    return session.exchange(call).value()


async def _fetch_async(session: AsyncSession, call: Call[object]) -> Any:
    if _streams(call):
        from ..downloads._download import AsyncDownload

        call.stream = True
        return AsyncDownload(session, call)
    if call.operation.paging is not None:
        from ..paging._pager import AsyncPager

        return AsyncPager[object](session, call)
    return (await session.exchange(call)).value()


def _streams(call: Call[object]) -> bool:
    operation = call.operation
    if operation.download is not None:
        return True
    for status, specs in operation.responses.items():
        alternatives = specs if isinstance(specs, tuple) else (specs,)
        if status.startswith("2") and alternatives and alternatives[0].kind == "binary":
            return True
    return False
