"""CC Chat: the older chat product. Flat pages, customers instead of users, states only as a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._examples import response_example
from .._replies import Reply
from .._store import filtered, members, ordered
from ._chat import Chat, Conversation
from ._pages import numbered

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product
    from .._webhooks import Webhooks

__all__ = ["CCChat"]


class CCChat:
    """Chats over `Chat` in this product's words."""

    def __init__(self, product: Product, clock: Clock, webhooks: Webhooks) -> None:
        self._clock = clock
        example: Node = response_example(product, "getConversation")
        webhook, channel = response_example(product, "getWebhook"), response_example(product, "getChannel")
        self._chat = Chat(
            clock,
            webhooks,
            webhook=webhook,
            channel=channel,
            conversation_id=example["id"],
            customer=example["customer"],
        )
        hooks, channels = self._chat.webhooks, self._chat.channels
        self.handlers: dict[str, Handler] = {
            "listWebhooks": lambda call: _page(call, hooks.rows()),
            "createWebhook": lambda call: Reply(self._chat.keep_webhook(hooks.new_id(), call.json())),
            "verifyWebhook": lambda call: self._chat.verify(call.json()),
            "getWebhook": lambda call: Reply(hooks.get(call.parameter("web-hook-id"))),
            "replaceWebhook": lambda call: Reply(
                self._chat.keep_webhook(hooks.get(call.parameter("web-hook-id"))["id"], call.json())
            ),
            "deleteWebhook": lambda call: _gone(hooks.remove(call.parameter("web-hook-id"))),
            "listChannels": lambda call: _page(call, channels.rows()),
            "createChannel": lambda call: Reply(self._chat.keep_channel(channels.new_id(), call.json())),
            "getChannel": lambda call: Reply(channels.get(call.parameter("channel-id"))),
            "replaceChannel": lambda call: Reply(
                self._chat.keep_channel(channels.get(call.parameter("channel-id"))["id"], call.json())
            ),
            "deleteChannel": lambda call: _gone(channels.remove(call.parameter("channel-id"))),
            "listConversations": self.list,
            "createConversation": self.open,
            "getConversation": lambda call: Reply(_shown(self._one(call))),
            "listParticipants": lambda call: Reply({"participants": self._chat.participants(self._one(call))}),
            "removeCustomer": self.leave,
            "listMessages": self.messages,
            "sendMessage": self.send,
            "getPublicKey": lambda call: self._chat.key(call.parameter("jwk-id")),
        }

    def list(self, call: Call) -> Reply:
        status = call.query.get("status", "all")
        channel, email = call.query.get("channel-id"), call.query.get("customer.email")
        found = [
            _shown(one)
            for one in self._chat.conversations()
            if status in ("all", self._status(one))
            and channel in (None, one.channel_id)
            and email in (None, one.customer.get("email"))
        ]
        if call.query.get("order") == "desc":
            found.reverse()
        return _page(call, found)

    def open(self, call: Call) -> Reply:
        wanted: Node = call.json()
        conversation = self._chat.open(wanted["channelId"], wanted["customer"], None)
        for message in members(wanted, "history", "messages"):
            self._chat.say(conversation, message.get("type", "user"), message["text"])
        queue = str(conversation.assignment.get("id"))
        self._chat.tell(conversation, "QUEUED", messageType="SYSTEM", queueId=queue, queueName=f"Queue {queue}")
        return Reply({"conversationId": conversation.id, "timestamp": self._clock.milliseconds()}, status=202)

    def leave(self, call: Call) -> Reply:
        self._one(call).left = True
        return Reply(status=204)

    def messages(self, call: Call) -> Reply:
        conversation = self._one(call)
        wanted = call.query.get("interaction-id", conversation.interaction_id)
        about = {"interactionId": conversation.interaction_id}
        rows = [
            {**about, "originalText": message["text"], "authorType": message["author"]}
            for message in conversation.messages
            if wanted == conversation.interaction_id
        ]
        return Reply({"messages": rows})

    def send(self, call: Call) -> Reply:
        message = call.json()
        self._chat.say(self._one(call), message.get("authorType", "user"), message["text"])
        return Reply(status=202)

    def _one(self, call: Call) -> Conversation:
        return self._chat.conversation(call.parameter("conversation-id"))

    def _status(self, conversation: Conversation) -> str:
        if conversation.left:
            return "deleted"
        return "handling" if self._chat.is_taken(conversation) else "created"


def _shown(conversation: Conversation) -> Node:
    interaction = {"id": conversation.interaction_id, "startTime": conversation.created}
    return {
        "id": conversation.id,
        "channelId": conversation.channel_id,
        "customer": conversation.customer,
        "startTime": conversation.created,
        "interactions": [interaction],
    }


def _page(call: Call, rows: Sequence[Node]) -> Reply:
    sort = call.query.get("sort")
    found = numbered(call, ordered(filtered(rows, call.query.get("filter")), [sort] if sort else []))
    about = {
        "pageSize": found.size,
        "pageIndex": found.number,
        "elementCount": found.total,
        "pageCount": found.pages,
    }
    return Reply({"data": list(found.rows), "page": about})


def _gone(_: Node) -> Reply:
    return Reply(status=204)
