"""The common part of both chat products: webhooks, channels, and conversations that an agent joins after a moment.

`chat_gateway.py` and `cc_chat.py` add what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .._replies import Problem, Reply
from .._store import Store
from .._webhooks import KEY_ID

if TYPE_CHECKING:
    from .._clock import Clock
    from .._specs import Node
    from .._webhooks import Webhooks

__all__ = ["AGENT", "Chat", "Conversation"]

AGENT: Final = "agQ4kXm2nT8aLrY0"
QUEUES: Final = tuple(str(101 + index) for index in range(12))
SECONDS: Final = 1.0  # until an agent joins a conversation
ROWS: Final = 5
CONVERSATIONS: Final = 3


@dataclass
class Conversation:
    id: str
    channel_id: str
    customer: Node
    assignment: Node
    created: str
    began: float
    left: bool = False
    messages: list[Node] = field(default_factory=list[dict[str, object]])

    @property
    def interaction_id(self) -> str:
        return f"int-{self.id[:11]}-chat-00-acmecorp01"


class Chat:
    """One tenant's chats.

    Args:
        clock: The clock, for the time until an agent joins.
        sender: Sends the events of conversations to the webhooks of their channels.
        webhook: The spec's example of a webhook.
        channel: The spec's example of a channel, which has this webhook.
        conversation_id: Id of the first of the initial conversations, which agents have joined.
        customer: The customer of the initial conversations.
    """

    def __init__(
        self,
        clock: Clock,
        sender: Webhooks,
        *,
        webhook: Node,
        channel: Node,
        conversation_id: str,
        customer: Node,
    ) -> None:
        self._clock = clock
        self._sender = sender
        self.webhooks = Store("webhook")
        self.channels = Store("channel")
        self._conversations: dict[str, Conversation] = {}
        self._ids = Store("conversation", "cV")
        self._message_ids = Store("message", "msg-")
        for index in range(ROWS):
            name = {"name": f"{webhook['name']} {index}"} if index else {}
            self.put_webhook(webhook["id"] if index == 0 else self.webhooks.new_id(), {**webhook, **name})
            name = {"name": f"{channel['name']} {index}"} if index else {}
            self.put_channel(channel["id"] if index == 0 else self.channels.new_id(), {**channel, **name})
        for index in range(CONVERSATIONS):
            conversation = self.open(channel["id"], customer, None, None if index else conversation_id)
            conversation.began = float("-inf")
            self.add_message(conversation, "user", "Where is my parcel?", message_id=f"msg-{204 + index}")
            self.add_message(conversation, "agent", "It left us today")
            self.add_message(conversation, "user", "Thank you")

    def put_webhook(self, webhook_id: str, webhook: Node) -> Node:
        return self.webhooks.put(webhook_id, {**webhook, "id": webhook_id})

    def put_channel(self, channel_id: str, channel: Node) -> Node:
        if channel["webHookId"] not in self.webhooks:
            raise Problem(400, "There is no such webhook", code="invalid_webhook", field="webHookId")
        if channel["routingOptions"]["id"] not in QUEUES:
            raise Problem(400, "There is no such queue", code="invalid_queue", field="routingOptions.id")
        return self.channels.put(channel_id, {**channel, "id": channel_id})

    def open(
        self, channel_id: str, customer: Node, assignment: Node | None, conversation_id: str | None = None
    ) -> Conversation:
        if channel_id not in self.channels:
            raise Problem(400, "There is no such channel", code="invalid_channel", field="channelId")
        route = assignment or self.channels.get(channel_id)["routingOptions"]
        conversation = Conversation(
            conversation_id or self._ids.new_id(), channel_id, customer, route, self._clock.stamp(), self._clock.ticks()
        )
        self._conversations[conversation.id] = conversation
        return conversation

    def add_message(self, conversation: Conversation, author: str, text: str | None, **fields: object) -> Node:
        """Add a message. If the customer had left, the conversation goes back into the queue."""
        message_id = fields.pop("message_id", None) or self._message_ids.new_id()
        if conversation.left:
            conversation.left = False
            conversation.began = self._clock.ticks()
        message = {"id": message_id, "text": text, "author": author, "createdAt": self._clock.stamp(), **fields}
        conversation.messages.append(message)
        return message

    def send_event(self, conversation: Conversation, kind: str, **fields: object) -> None:
        """Send an event of a conversation to the webhook of its channel."""
        webhook = self.webhooks.get(self.channels.get(conversation.channel_id)["webHookId"])
        event = {
            "eventType": kind,
            "conversationId": conversation.id,
            "timestamp": self._clock.milliseconds(),
            **fields,
        }
        self._sender.post(webhook["uri"], event)

    def verify(self, webhook: Node) -> Reply:
        """Send the event with which a receiver is verified."""
        event = {"notificationVersion": webhook["version"], "eventType": "WEB_HOOK_VERIFY"}
        self._sender.post(webhook["uri"], event)
        return Reply(status=204)

    def key(self, key_id: str, code: str | None = None) -> Reply:
        """Return the public key that events are signed with."""
        if key_id != KEY_ID:
            raise Problem(404, f"There is no key {key_id}", code=code)
        return Reply(self._sender.jwk)

    def conversations(self) -> list[Conversation]:
        return list(self._conversations.values())

    def conversation(self, conversation_id: str) -> Conversation:
        conversation = self._conversations.get(conversation_id)
        if conversation is None:
            raise Problem(404, f"There is no conversation {conversation_id}", code="not_found")
        return conversation

    def message(self, conversation: Conversation, message_id: str) -> Node:
        for message in conversation.messages:
            if message["id"] == message_id:
                return message
        raise Problem(404, f"There is no message {message_id}", code="not_found")

    def has_agent(self, conversation: Conversation) -> bool:
        """Return whether an agent has joined."""
        return not conversation.left and self._clock.progress(conversation.began, SECONDS) >= 1

    def participants(self, conversation: Conversation) -> list[Node]:
        customer = {"id": str(conversation.customer.get("userId", "customer")), "type": "user", "language": "en"}
        agent = {"id": AGENT, "type": "agent", "language": "en"}
        return [customer, agent] if self.has_agent(conversation) else [customer]
