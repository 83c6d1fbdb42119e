"""Event streaming: a log of events, and subscriptions with their acknowledgements.

Events are generated on demand, from their index, so that the log may be of any length.
"""

from __future__ import annotations

import base64
import bisect
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ._replies import Problem

if TYPE_CHECKING:
    from ._clock import Clock
    from ._handlers import Call, Handler
    from ._replies import Reply
    from ._specs import Node

__all__ = ["Events", "Subscription"]

_LIFECYCLE: Final = (
    ("InteractionCreated", {"callState": "CS_IDLE"}),
    ("InteractionQueued", {"callState": "CS_QUEUED"}),
    ("InteractionAssigned", {"callState": "CS_INPROGRESS", "agentPhone": 14085550123}),
    ("InteractionAccepted", {"callState": "CS_CONNECTED"}),
    ("LineHoldStatus", {"status": True}),
    ("LineHoldStatus", {"status": False}),
    ("RecordingStatus", {"status": "pause"}),
    ("InteractionDeleted", {"callState": "CS_DISCONNECTED", "dispositionCode": 100}),
)


def _upgrade(_: Call) -> Reply:
    raise Problem(426, "Events come over a WebSocket", headers={"Upgrade": "websocket"})


class Subscription:
    """The position in a log, and the events to send again. A reader has one of its own."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.unacknowledged: list[int] = []
        self.redeliveries: Counter[int] = Counter()
        self.consumers = 0

    def next_index(self, length: int) -> int | None:
        """Return the index of the next event to send."""
        if self.unacknowledged:
            return self.unacknowledged.pop(0)
        if self.position >= length:
            return None
        self.position += 1
        return self.position - 1

    def redeliver(self, index: int) -> None:
        """Send an event again, as it was not acknowledged."""
        bisect.insort(self.unacknowledged, index)
        self.redeliveries[index] += 1


class Events:
    """The log of one tenant. `publish` and `extend` may be called from any thread.

    `oldest` is the index of the first event that is still kept, `acknowledged` a number of acknowledgements.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.handlers: dict[str, Handler] = dict.fromkeys(
            ("readEvents", "readAgentEvents", "consumeEvents", "consumeAgentEvents"), _upgrade
        )
        self.length = 0
        self.oldest = 0
        self.acknowledged = 0
        self.subscriptions: dict[str, Subscription] = {}
        self._published: dict[int, Node] = {}

    def publish(self, payload: Node) -> None:
        """Add an event with this payload."""
        self._published[self.length] = payload
        self.length += 1

    def extend(self, count: int) -> None:
        """Add generated events of interactions."""
        self.length += count

    def payload(self, index: int) -> Node:
        """Return the payload of an event."""
        if index in self._published:
            return self._published[index]
        interaction, event = divmod(index, len(_LIFECYCLE))
        kind, fields = _LIFECYCLE[event]
        now = self.clock.milliseconds()
        return {
            "Interaction": {
                "event": kind,
                "interactionGUID": f"int-{interaction:x}-phone-00-demotenant",
                "interactionEventTS": now // 1000,
                "agentId": f"ag000{interaction % 5 + 1}",
                "queueId": "102",
                "mediaType": "phone",
                **fields,
                "msgInfo": {"instanceId": "sandbox-1", "sequenceId": index + 1, "timestamp": now},
            }
        }

    def published(self) -> str:
        """Return the publish time for a frame."""
        return datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def id_of(self, index: int) -> str:
        """Return the opaque id of an index, with characters that URLs must encode."""
        return base64.b64encode(b"\xfb\xff" + index.to_bytes(6, "big")).decode()

    def index_of(self, id: str) -> int | None:
        """Return the index of an id; None if it is invalid."""
        try:
            raw = base64.b64decode(id, validate=True)
        except ValueError:
            return None
        return int.from_bytes(raw[2:], "big") if len(raw) == 8 else None

    def start(self, position: str) -> int | None:
        """Return the index at which a reader starts: after the event of an id, or at the oldest one if it is gone."""
        if position in ("latest", "earliest"):
            return self.length if position == "latest" else self.oldest
        index = self.index_of(position)
        return None if index is None else max(index + 1, self.oldest)

    @staticmethod
    def is_in(payload: Node, topic: str) -> bool:
        """Return whether an event is in a topic."""
        namespace, _, name = topic.partition("/")
        (type, fields), *_ = payload.items()
        if namespace == "agent-v1":
            return bool(fields.get("agentId") == name)
        return name in ("all", type, fields.get("event"))
