"""Event streams over WebSockets, like those of Apache Pulsar's proxy."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import TYPE_CHECKING, Final, cast

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from ._event_log import Events, Subscription
from ._faults import Fault
from ._replies import Problem

if TYPE_CHECKING:
    from ._credentials import Credentials
    from ._faults import Faults
    from ._specs import Node, Product

__all__ = ["Streams"]

_PATH: Final = re.compile(
    r"/ws/v2/(?P<mode>reader|consumer)/persistent/(?P<tenant>[^/]+)"
    r"/(?P<topic>(?:event|agent)-v1/[^/]+)(?:/(?P<subscription>[^/]+))?"
)
_TENANTS: Final = ("demotenant", "acmecorp01")
_MAX_QUEUE: Final = 1000
_POLL: Final = 0.002  # seconds between checks for new events


class Streams:
    """The endpoint of all streams."""

    def __init__(self, product: Product, credentials: Credentials, faults: Faults) -> None:
        self._product = product
        self._credentials = credentials
        self._faults = faults
        self.opened = 0

    async def serve(self, socket: WebSocket, events: Events) -> None:
        """Serve one connection, from its handshake to its end.

        To return without a close frame makes the server drop the connection, like a network failure.
        """
        self.opened += 1
        fault = self._faults.pick("GET", socket.url.path) or Fault()
        await asyncio.sleep(fault.delay)
        try:
            if fault.status is not None:
                raise Problem(fault.status, fault.body)
            topic, subscription, queue = self._check(socket, events)
        except Problem as problem:
            self._credentials.stats.refuse(problem.status)
            await socket.send_denial_response(Response(None, problem.status, headers=fault.headers))
            return
        await socket.accept()
        connection = _Connection(socket, events, topic, subscription, queue, fault)
        try:
            await asyncio.wait_for(connection.run(), fault.lasts)
        except (WebSocketDisconnect, TimeoutError):
            pass
        finally:
            connection.redeliver()

    def _check(self, socket: WebSocket, events: Events) -> tuple[str, Subscription, int]:
        match = _PATH.fullmatch(socket.url.path)
        if match is None or (match["mode"] == "consumer") is (match["subscription"] is None):
            raise Problem(404, "no such stream")
        verb = "read" if match["mode"] == "reader" else "consume"
        id = f"{verb}AgentEvents" if match["topic"].startswith("agent") else f"{verb}Events"
        operation = next(operation for operation in self._product.operations if operation.id == id)
        self._credentials.check(self._product, operation, socket.headers, socket.query_params)
        if match["tenant"] not in _TENANTS:
            raise Problem(401, "unknown tenant")
        queue = socket.query_params.get("receiverQueueSize", str(_MAX_QUEUE))
        if not queue.isdecimal() or queue == "0":
            raise Problem(400, "receiverQueueSize is no number above 0")
        if match["subscription"] is None:
            index = events.start(socket.query_params.get("messageId", "latest"))
            if index is None:
                raise Problem(400, "messageId is no id")
            return match["topic"], Subscription(index), min(int(queue), _MAX_QUEUE)
        name = f"{match['topic']} {match['subscription']}"
        subscription = events.subscriptions.setdefault(name, Subscription(events.length))
        if subscription.consumers and socket.query_params.get("subscriptionType", "Exclusive") == "Exclusive":
            raise Problem(409, "the subscription has a consumer")
        return match["topic"], subscription, min(int(queue), _MAX_QUEUE)


class _Connection:
    """One connection. It pauses while a full queue of events awaits acknowledgement."""

    def __init__(
        self, socket: WebSocket, events: Events, topic: str, subscription: Subscription, queue: int, fault: Fault
    ) -> None:
        self._socket = socket
        self._events = events
        self._topic = topic
        self._subscription = subscription
        self._queue = queue
        self._fault = fault
        self._unacknowledged: set[int] = set()
        self._acknowledged = asyncio.Event()
        self._sent = 0
        subscription.consumers += 1

    async def run(self) -> None:
        """Send and receive until the connection ends."""
        receiving = asyncio.ensure_future(self._receive())
        sending = asyncio.ensure_future(self._send())
        try:
            done, _ = await asyncio.wait((receiving, sending), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (receiving, sending):
                task.cancel()
            await asyncio.gather(receiving, sending, return_exceptions=True)

    def redeliver(self) -> None:
        """Send all unacknowledged events again."""
        self._subscription.consumers -= 1
        for index in self._unacknowledged:
            self._subscription.redeliver(index)

    async def _receive(self) -> None:
        while True:
            text = await self._socket.receive_text()
            index = self._events.index_of(cast(str, json.loads(text)["messageId"]))
            if index in self._unacknowledged:
                self._unacknowledged.discard(index)
                self._events.acknowledged += 1
            self._acknowledged.set()

    async def _send(self) -> None:
        events = self._events
        while self._fault.cut is None or self._sent < self._fault.cut:
            while len(self._unacknowledged) >= self._queue:
                self._acknowledged.clear()
                await self._acknowledged.wait()
            index = self._subscription.next_index(events.length)
            if index is None:
                await asyncio.sleep(_POLL)
                continue
            payload = events.payload(index)
            if not events.is_in(payload, self._topic):
                continue
            self._unacknowledged.add(index)
            frame = self._frame(index, json.dumps(payload).encode())
            self._sent += 1
            await self._socket.send_text(frame)
            if self._fault.repeat and self._sent % self._fault.repeat == 0:
                await self._socket.send_text(frame)
            if self._fault.pause:
                await asyncio.sleep(self._fault.pause)
            elif self._sent % 64 == 0:
                await asyncio.sleep(0)  # let acknowledgements in

    def _frame(self, index: int, payload: bytes) -> str:
        frame: Node = {
            "messageId": self._events.id_of(index),
            "payload": base64.b64encode(payload).decode(),
            "properties": {},
            "publishTime": self._events.published(),
            "redeliveryCount": self._subscription.redeliveries[index],
        }
        return json.dumps(frame)
