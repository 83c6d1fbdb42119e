"""A wallboard for asyncio: how many interactions wait in each queue, from events, corrected by live metrics.

Events arrive immediately, but metrics are authoritative. If the two differ, after a gap or because calls were already
waiting at the start, the board adopts the metrics.
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
    """The waiting interactions, by queue."""

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
        """Return the number of interactions that wait in a queue."""
        return len(self._waiting[queue]) + self.corrections[queue]

    def check(self, metrics: Mapping[str, int]) -> dict[str, int]:
        """Adopt the metrics, and return by how much the board differed, for queues that differed."""
        differences = {queue: count - self.waiting(queue) for queue, count in metrics.items()}
        for queue, difference in differences.items():
            self.corrections[queue] += difference
        return {queue: difference for queue, difference in differences.items() if difference}


async def live_metrics(client: AsyncXCaaS) -> dict[str, int]:
    """Return the service's number of waiting interactions, by queue."""
    waiting: dict[str, int] = {}
    async for queue in client.cc_realtime.queues.list(metrics=[WAITING]):
        for metric in queue.metrics or []:
            if queue.id is not None and isinstance(metric.value, int | float):
                waiting[queue.id] = int(metric.value)
    return waiting


async def follow(client: AsyncXCaaS, board: Board, *, resume_token: str = "latest") -> None:
    """Update the board with events until the task is cancelled."""
    async with client.events.read("all", resume_token=resume_token) as events:
        async for event in events:
            board.add(event.payload)


async def main() -> None:
    async with AsyncXCaaS.from_env() as client:
        board = Board()
        following = asyncio.create_task(follow(client, board))
        try:
            while not following.done():
                corrections = board.check(await live_metrics(client))
                print(f"corrected: {corrections}" if corrections else "board and metrics agree")
                await asyncio.wait([following], timeout=30)
            await following
        finally:
            following.cancel()


if __name__ == "__main__":
    asyncio.run(main())
