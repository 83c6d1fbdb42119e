"""Async event streams: lost connections, cancellation, closing."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.events.support import TOPIC, async_client
from xcaas import PermissionDeniedError
from xcaas_sandbox import Fault, Sandbox
from xcaas_sandbox._event_log import Events


def test_lost_connections_lose_no_event(sandbox: Sandbox, log: Events) -> None:
    log.extend(100)
    sandbox.state.faults.add(Fault(path="/ws/", cut=7, repeat=3))

    async def main() -> list[str]:
        ids: list[str] = []
        async with (
            async_client(sandbox.base_url) as client,
            client.events.read(TOPIC, resume_token="earliest") as events,
        ):
            async for event in events:
                ids.append(event.id)
                if len(ids) == 100:
                    break
        return ids

    assert asyncio.run(main()) == [log.id_of(index) for index in range(100)]


def test_cancelled_task_leaves_no_task(sandbox: Sandbox, log: Events) -> None:
    log.extend(1)

    async def main() -> None:
        async with async_client(sandbox.base_url) as client:

            async def wait() -> None:
                async for _ in client.events.read(TOPIC, resume_token="earliest"):
                    pass

            task = asyncio.create_task(wait())
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(100):
                if len(asyncio.all_tasks()) == 1:
                    break
                await asyncio.sleep(0.01)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert log.acknowledged == 1


def test_aclose_ends_a_waiting_iteration(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with async_client(sandbox.base_url) as client:
            events = client.events.read(TOPIC)

            async def close() -> None:
                await asyncio.sleep(0.2)
                await events.aclose()

            closing = asyncio.create_task(close())
            assert [event async for event in events] == []
            await closing

    asyncio.run(main())


def test_refused_handshakes_raise_typed_errors(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with async_client(sandbox.base_url, key="eght_narrow_key") as client:
            with pytest.raises(PermissionDeniedError):
                await anext(client.events.read(TOPIC))

    asyncio.run(main())
