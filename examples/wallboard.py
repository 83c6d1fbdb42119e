"""A wallboard for asyncio: who waits in which queue, kept by events and checked against the live metrics.

Events arrive at once, and metrics are authoritative: after a gap, or when the board starts while calls are waiting, the
two differ, and the board adopts the metrics.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

from xcaas import AsyncXCaaS, UnknownModel
from xcaas.events.models import StreamPayload

WAITING = "interactionsWaitInQueue.rt"
LEAVES = frozenset({"InteractionAccepted", "InteractionUnqueued", "InteractionDeleted", "InteractionQueueTimeout"})


class Board:
    """Interactions that wait, by queue."""

    def __init__(self) -> None:
        self.corrections: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, set[str]] = defaultdict(set)

    def add(self, payload: StreamPayload) -> None:
        """Update the board with an event."""
        interaction = payload.interaction
        if interaction is None or isinstance(interaction, UnknownModel):
            return
        queue, id = interaction.queue_id, interaction.interaction_guid
        if queue is None or id is None:
            return
        if interaction.event == "InteractionQueued":
            self._waiting[queue].add(id)
        elif interaction.event in LEAVES:
            self._waiting[queue].discard(id)

    def waiting(self, queue: str) -> int:
        """Return how many wait in a queue."""
        return len(self._waiting[queue]) + self.corrections[queue]

    def check(self, metrics: Mapping[str, int]) -> dict[str, int]:
        """Adopt the metrics, and return by how much each queue was off."""
        wrong = {queue: number - self.waiting(queue) for queue, number in metrics.items()}
        for queue, difference in wrong.items():
            self.corrections[queue] += difference
        return {queue: difference for queue, difference in wrong.items() if difference}


async def live_metrics(client: AsyncXCaaS) -> dict[str, int]:
    """Return how many wait in each queue, as the service counts them."""
    found: dict[str, int] = {}
    async for queue in client.cc_realtime.queues.list(metrics=[WAITING]):
        for metric in queue.metrics or []:
            if queue.id is not None and isinstance(metric.value, int | float):
                found[queue.id] = int(metric.value)
    return found


async def follow(client: AsyncXCaaS, board: Board, *, resume_token: str = "latest") -> None:
    """Keep the board until the task is cancelled."""
    async with client.events.read("all", resume_token=resume_token) as events:
        async for event in events:
            board.add(event.payload)


async def main() -> None:
    async with AsyncXCaaS.from_env() as client:
        board = Board()
        following = asyncio.create_task(follow(client, board))
        try:
            while not following.done():
                wrong = board.check(await live_metrics(client))
                print(f"corrected: {wrong}" if wrong else "board and metrics agree")
                await asyncio.wait([following], timeout=30)
            await following
        finally:
            following.cancel()


if __name__ == "__main__":
    asyncio.run(main())
