"""CC Chat, the older chat product: flat pages, customers instead of users, states only in filters."""

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
    """The handlers of the product, based on `Chat`."""

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
            "createWebhook": lambda call: Reply(self._chat.put_webhook(hooks.new_id(), call.json())),
            "verifyWebhook": lambda call: self._chat.verify(call.json()),
            "getWebhook": lambda call: Reply(hooks.get(call.parameter("web-hook-id"))),
            "replaceWebhook": lambda call: Reply(
                self._chat.put_webhook(hooks.get(call.parameter("web-hook-id"))["id"], call.json())
            ),
            "deleteWebhook": lambda call: _no_content(hooks.remove(call.parameter("web-hook-id"))),
            "listChannels": lambda call: _page(call, channels.rows()),
            "createChannel": lambda call: Reply(self._chat.put_channel(channels.new_id(), call.json())),
            "getChannel": lambda call: Reply(channels.get(call.parameter("channel-id"))),
            "replaceChannel": lambda call: Reply(
                self._chat.put_channel(channels.get(call.parameter("channel-id"))["id"], call.json())
            ),
            "deleteChannel": lambda call: _no_content(channels.remove(call.parameter("channel-id"))),
            "listConversations": self.list,
            "createConversation": self.open,
            "getConversation": lambda call: Reply(_data(self._conversation(call))),
            "listParticipants": lambda call: Reply({"participants": self._chat.participants(self._conversation(call))}),
            "removeCustomer": self.leave,
            "listMessages": self.messages,
            "sendMessage": self.send,
            "getPublicKey": lambda call: self._chat.key(call.parameter("jwk-id")),
        }

    def list(self, call: Call) -> Reply:
        status = call.query.get("status", "all")
        channel, email = call.query.get("channel-id"), call.query.get("customer.email")
        matches = [
            _data(conversation)
            for conversation in self._chat.conversations()
            if status in ("all", self._status(conversation))
            and channel in (None, conversation.channel_id)
            and email in (None, conversation.customer.get("email"))
        ]
        if call.query.get("order") == "desc":
            matches.reverse()
        return _page(call, matches)

    def open(self, call: Call) -> Reply:
        request: Node = call.json()
        conversation = self._chat.open(request["channelId"], request["customer"], None)
        for message in members(request, "history", "messages"):
            self._chat.add_message(conversation, message.get("type", "user"), message["text"])
        queue = str(conversation.assignment.get("id"))
        self._chat.send_event(conversation, "QUEUED", messageType="SYSTEM", queueId=queue, queueName=f"Queue {queue}")
        return Reply({"conversationId": conversation.id, "timestamp": self._clock.milliseconds()}, status=202)

    def leave(self, call: Call) -> Reply:
        self._conversation(call).left = True
        return Reply(status=204)

    def messages(self, call: Call) -> Reply:
        conversation = self._conversation(call)
        interaction_id = call.query.get("interaction-id", conversation.interaction_id)
        ids = {"interactionId": conversation.interaction_id}
        rows = [
            {**ids, "originalText": message["text"], "authorType": message["author"]}
            for message in conversation.messages
            if interaction_id == conversation.interaction_id
        ]
        return Reply({"messages": rows})

    def send(self, call: Call) -> Reply:
        message = call.json()
        self._chat.add_message(self._conversation(call), message.get("authorType", "user"), message["text"])
        return Reply(status=202)

    def _conversation(self, call: Call) -> Conversation:
        return self._chat.conversation(call.parameter("conversation-id"))

    def _status(self, conversation: Conversation) -> str:
        if conversation.left:
            return "deleted"
        return "handling" if self._chat.has_agent(conversation) else "created"


def _data(conversation: Conversation) -> Node:
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
    page = numbered(call, ordered(filtered(rows, call.query.get("filter")), [sort] if sort else []))
    counts = {
        "pageSize": page.size,
        "pageIndex": page.number,
        "elementCount": page.total,
        "pageCount": page.pages,
    }
    return Reply({"data": list(page.rows), "page": counts})


def _no_content(_: Node) -> Reply:
    return Reply(status=204)
