"""The verifiers, blocking and async."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from ..client._setup import make_async_transport, make_sync_transport
from ..sansio._drivers import run, run_async
from ._headers import Headers
from ._verification import Body, Delivery, Verification

if TYPE_CHECKING:
    from ..sansio._drivers import AsyncTransport, SyncTransport

__all__ = ["AsyncVerifier", "Verifier"]

T = TypeVar("T")


class Verifier(Verification[T]):
    """Verifies webhooks, for blocking code. Safe to share between threads; create one and keep it.

    Example:
        verifier = Verifier(chat_gateway.webhooks.CHAT_EVENT, tenants=["acmecorp01"])
        event = verifier.verify(request.headers, request.get_data())
    """

    @cached_property
    def _io(self) -> SyncTransport:
        return make_sync_transport(self._options)

    def verify(self, headers: Headers, body: Body) -> T:
        """Return the event of a request, and remember it as received.

        Args:
            headers: All headers of the request.
            body: The raw body, before any JSON parsing.

        Raises:
            WebhookError: It is not genuine, too old, not new, or could not be checked. `reason` says which.
        """
        return run(self._check(headers, body), self._io).event

    @contextmanager
    def receive(self, headers: Headers, body: Body) -> Generator[Delivery[T]]:
        """Return a context manager to handle an event in. If its block raises, the event is forgotten, and accepted
        when the service sends it again.

        Raises:
            WebhookError: As for `verify`.
        """
        delivery = run(self._check(headers, body), self._io)
        try:
            yield delivery
        except BaseException:
            run(self._release(delivery), self._io)
            raise

    def close(self) -> None:
        """Close the connections that this verifier opened. May be called more than once."""
        self._io.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncVerifier(Verification[T]):
    """Verifies webhooks, for async code. Create one and keep it.

    Example:
        verifier = AsyncVerifier(chat_gateway.webhooks.CHAT_EVENT, tenants=["acmecorp01"])
        event = await verifier.verify(request.headers, await request.body())
    """

    @cached_property
    def _io(self) -> AsyncTransport:
        return make_async_transport(self._options)

    async def verify(self, headers: Headers, body: Body) -> T:
        """Return the event of a request, and remember it as received.

        Args:
            headers: All headers of the request.
            body: The raw body, before any JSON parsing.

        Raises:
            WebhookError: It is not genuine, too old, not new, or could not be checked. `reason` says which.
        """
        return (await run_async(self._check(headers, body), self._io)).event

    @asynccontextmanager
    async def receive(self, headers: Headers, body: Body) -> AsyncGenerator[Delivery[T]]:
        """Return a context manager to handle an event in. If its block raises, the event is forgotten, and accepted
        when the service sends it again.

        Raises:
            WebhookError: As for `verify`.
        """
        delivery = await run_async(self._check(headers, body), self._io)
        try:
            yield delivery
        except BaseException:
            from anyio import CancelScope

            with CancelScope(shield=True):  # a cancelled event was not handled either
                await run_async(self._release(delivery), self._io)
            raise

    async def aclose(self) -> None:
        """Close the connections that this verifier opened in this event loop. May be called more than once."""
        await self._io.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
