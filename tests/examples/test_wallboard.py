"""The wallboard: following events and adopting metrics."""

from __future__ import annotations

import asyncio

from examples.wallboard import Board, follow, live_metrics
from xcaas import ApiKey, AsyncXCaaS, ClientCredentials
from xcaas_sandbox import Fault, Sandbox


def event(name: str, queue: str, number: int) -> dict[str, object]:
    return {"Interaction": {"event": name, "queueId": queue, "interactionGUID": f"{queue}-{number}"}}


def test_board_follows_events_and_adopts_metrics() -> None:
    with Sandbox(wall=lambda: 1_790_000_000.0) as sandbox:
        sandbox.state.faults.add(Fault(path="/ws/", cut=10))
        log = sandbox.state.services.events

        async def main() -> None:
            credentials = (ClientCredentials("eght_demo", "demo-secret"), ApiKey("eght_demo_key"))
            async with AsyncXCaaS(
                credentials=credentials, base_url=sandbox.base_url, tenant="demotenant", cluster="na12"
            ) as client:
                metrics = await live_metrics(client)
                board = Board()
                for queue, number in metrics.items():
                    for index in range(number + 1):
                        log.publish(event("InteractionQueued", queue, index))
                    log.publish(event("InteractionAccepted", queue, 0))
                task = asyncio.create_task(follow(client, board, resume_token="earliest"))
                assert sum(metrics.values()) > 0
                async with asyncio.timeout(30):
                    while board.check({}) or any(board.waiting(queue_id) != metrics[queue_id] for queue_id in metrics):
                        await asyncio.sleep(0.01)
                task.cancel()
                await asyncio.wait([task])
                assert board.check(metrics) == {}
                first = next(iter(metrics))
                assert board.check({first: metrics[first] + 2}) == {first: 2}
                assert board.waiting(first) == metrics[first] + 2

        asyncio.run(main())
