"""Work Chat: messages in rooms, listed with the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["WorkChat"]

DEFAULT_ROOM: Final = "CHAPI sandbox"
PRIVATE_ROOM: Final = "private"


class WorkChat:
    """Rooms are created by their first message. Nobody may post to the room `private`."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._clock = clock
        self._example: Node = response_example(product, "listMessages")[0]
        self._rooms: dict[str, list[Node]] = {}
        for room in (DEFAULT_ROOM, "Shift handover", PRIVATE_ROOM):
            self._add(room, self._example["parsed"])
        self.handlers: dict[str, Handler] = {"listMessages": self.list, "sendMessage": self.send}

    def list(self, call: Call) -> Reply:
        room = self._rooms.get(call.query.get("room", DEFAULT_ROOM))
        if room is None:
            raise Problem(404, f"There is no room {call.query['room']}", code="NOT_FOUND")
        since = call.number("ts", 0)
        messages = [message for message in reversed(room) if message["timestamp"] > since]
        return Reply(messages[: call.number("pageSize", 30)])

    def send(self, call: Call) -> Reply:
        message: Node = call.json()
        room = message.get("room", DEFAULT_ROOM)
        if room == PRIVATE_ROOM:
            raise Problem(403, "The room is private", code="FORBIDDEN")
        self._add(room, message.get("messageRaw", ""))
        return Reply({"parsed": message.get("messageRaw", "")})

    def _add(self, room: str, text: str) -> None:
        messages = self._rooms.setdefault(room, [])
        last = messages[-1]["timestamp"] if messages else 0
        # No two messages have the same time.
        timestamp = max(last + 1, int(self._clock.now() * 1_000_000))
        messages.append(
            {**self._example, "id": f"m-{room}-{len(messages) + 1}", "timestamp": timestamp, "parsed": text}
        )
