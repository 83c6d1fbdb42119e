"""Event streaming: a log of events, and subscriptions that remember what was acknowledged.

The log makes its events when they are asked for, from their place in it, so that it may be as long as a test likes.
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

_LIFE: Final = (
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
    """What was sent of a log, and what comes again. A reader has one for itself."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.again: list[int] = []
        self.redeliveries: Counter[int] = Counter()
        self.consumers = 0

    def take(self, length: int) -> int | None:
        """Return the place of the next event to send."""
        if self.again:
            return self.again.pop(0)
        if self.position >= length:
            return None
        self.position += 1
        return self.position - 1

    def give_back(self, place: int) -> None:
        """Let an event come again: it was sent, and nobody acknowledged it."""
        bisect.insort(self.again, place)
        self.redeliveries[place] += 1


class Events:
    """The log of one tenant. `publish` and `extend` may be called from any thread.

    `oldest` is the first event that is still kept, `acknowledged` how many acknowledgements came.
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
        self._own: dict[int, Node] = {}

    def publish(self, payload: Node) -> None:
        """Add an event of your own."""
        self._own[self.length] = payload
        self.length += 1

    def extend(self, count: int) -> None:
        """Add events of interactions that live and end."""
        self.length += count

    def payload(self, place: int) -> Node:
        """Return an event by its place."""
        if place in self._own:
            return self._own[place]
        interaction, step = divmod(place, len(_LIFE))
        kind, fields = _LIFE[step]
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
                "msgInfo": {"instanceId": "sandbox-1", "sequenceId": place + 1, "timestamp": now},
            }
        }

    def published(self) -> str:
        """Return the time that a frame says."""
        return datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def id_of(self, place: int) -> str:
        """Return the opaque id of a place. It has characters that have to be encoded in an address."""
        return base64.b64encode(b"\xfb\xff" + place.to_bytes(6, "big")).decode()

    def place_of(self, id: str) -> int | None:
        """Return the place of an id; None if it is none."""
        try:
            raw = base64.b64decode(id, validate=True)
        except ValueError:
            return None
        return int.from_bytes(raw[2:], "big") if len(raw) == 8 else None

    def start(self, position: str) -> int | None:
        """Return where a reader starts: after the event of an id, and at the oldest one if that is gone."""
        if position in ("latest", "earliest"):
            return self.length if position == "latest" else self.oldest
        place = self.place_of(position)
        return None if place is None else max(place + 1, self.oldest)

    @staticmethod
    def is_in(payload: Node, topic: str) -> bool:
        """Return whether an event is in a topic."""
        space, _, name = topic.partition("/")
        (wrapper, fields), *_ = payload.items()
        if space == "agent-v1":
            return bool(fields.get("agentId") == name)
        return name in ("all", wrapper, fields.get("event"))
