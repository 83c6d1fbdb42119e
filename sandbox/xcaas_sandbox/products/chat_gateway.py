"""Chat Gateway: HAL pages, conversations that are created, active or idle, files and cards."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply
from .._store import filtered, members, ordered
from ._chat import AGENT, Chat, Conversation
from ._pages import numbered

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product
    from .._webhooks import Webhooks

__all__ = ["ChatGateway"]

EXAMPLE_FILE: Final = "T6c-pPJYJoeiTZOJ4RxEOzXMBcmx"
EXAMPLE_CARD: Final = "card-7"


class ChatGateway:
    """The handlers of the product, based on `Chat`, with files, cards and signals."""

    def __init__(self, product: Product, clock: Clock, webhooks: Webhooks) -> None:
        self._clock = clock
        example: Node = response_example(product, "getConversation")
        webhook, channel = response_example(product, "getWebhook"), response_example(product, "getChannel")
        self._chat = Chat(
            clock, webhooks, webhook=webhook, channel=channel, conversation_id=example["id"], customer=example["user"]
        )
        self._files: dict[str, list[tuple[Node, bytes]]] = {}
        self._numbers = itertools.count(1)
        first = self._chat.conversation(example["id"])
        card: Node = response_example(product, "listCards")["_embedded"]["cards"][0]
        cards = [{**card, "id": name} for name in (EXAMPLE_CARD, "card-8", "card-9")]
        self._chat.message(first, "msg-204")["cards"] = cards
        for index, name in enumerate(("invoice.pdf", "photo.jpg", "voice.ogg")):
            self._store_file(first, name, f"sandbox {name}".encode(), None if index else EXAMPLE_FILE)
        self.handlers: dict[str, Handler] = {
            **self._registry(),
            **self._conversations(),
            **self._messages(),
            "getPublicKey": lambda call: self._chat.key(call.parameter("jwkId"), code="not_found"),
        }

    def _registry(self) -> dict[str, Handler]:
        hooks, channels = self._chat.webhooks, self._chat.channels
        return {
            "listWebhooks": lambda call: _page(call, "webhooks", hooks.rows()),
            "createWebhook": lambda call: Reply(self._chat.put_webhook(hooks.new_id(), call.json())),
            "verifyWebhook": lambda call: self._chat.verify(call.json()),
            "getWebhook": lambda call: Reply(hooks.get(call.parameter("webhookId"))),
            "replaceWebhook": lambda call: Reply(
                self._chat.put_webhook(hooks.get(call.parameter("webhookId"))["id"], call.json())
            ),
            "deleteWebhook": lambda call: _no_content(hooks.remove(call.parameter("webhookId"))),
            "listChannels": lambda call: _page(call, "channels", channels.rows()),
            "createChannel": lambda call: Reply(self._chat.put_channel(channels.new_id(), call.json())),
            "getChannel": lambda call: Reply(channels.get(call.parameter("channelId"))),
            "replaceChannel": lambda call: Reply(
                self._chat.put_channel(channels.get(call.parameter("channelId"))["id"], call.json())
            ),
            "deleteChannel": lambda call: _no_content(channels.remove(call.parameter("channelId"))),
        }

    def _conversations(self) -> dict[str, Handler]:
        return {
            "listConversations": lambda call: _page(
                call, "conversations", [self._data(conversation) for conversation in self._chat.conversations()]
            ),
            "createConversation": self.open,
            "getConversation": lambda call: Reply(self._data(self._conversation(call))),
            "replaceConversation": self.change,
            "updateConversation": self.change,
            "listInteractions": self.interactions,
            "listParticipants": self.participants,
            "updateUserParticipant": self.leave,
            "createPostAgentAssignment": self.assign,
            "sendTyping": self.signal,
            "sendThinking": self.signal,
            "sendReadReceipt": self.signal,
        }

    def _messages(self) -> dict[str, Handler]:
        return {
            "listMessages": lambda call: _page(
                call, "messages", [self._message(call, message) for message in self._conversation(call).messages]
            ),
            "sendMessage": self.send,
            "getMessage": lambda call: Reply(
                self._message(call, self._chat.message(self._conversation(call), call.parameter("messageId")))
            ),
            "listCards": lambda call: _page(
                call,
                "cards",
                members(self._chat.message(self._conversation(call), call.parameter("messageId")), "cards"),
            ),
            "listAttachments": lambda call: _page(
                call, "attachments", [about for about, _ in self._conversation_files(call)]
            ),
            "uploadAttachment": self.upload,
            "getAttachment": lambda call: Reply(self._file(call)[0]),
            "downloadAttachment": self.download,
            "submitCardAction": lambda call: self.mark_card(call, "actionSubmitted"),
            "executeCardAction": lambda call: self.mark_card(call, "actionExecuted"),
        }

    def open(self, call: Call) -> Reply:
        request: Node = call.json()
        conversation = self._chat.open(request["channelId"], request["user"], request.get("assignment"))
        for message in members(request, "history", "messages"):
            self._chat.add_message(conversation, message.get("authorType", "user"), message.get("text"))
        data = {"state": "created", "assignment": conversation.assignment, "user": conversation.customer}
        self._chat.send_event(conversation, "CONVERSATION_UPDATE", data=data)
        queue = str(conversation.assignment.get("id"))
        self._chat.send_event(conversation, "QUEUED", data={"queueId": queue, "queueName": f"Queue {queue}"})
        return Reply({"conversationId": conversation.id, "createdAt": conversation.created}, status=202)

    def change(self, call: Call) -> Reply:
        conversation, changes = self._conversation(call), call.json()
        conversation.customer = changes.get("user", conversation.customer)
        conversation.assignment = changes.get("assignment", conversation.assignment)
        conversation.channel_id = changes.get("channelId", conversation.channel_id)
        return Reply(self._data(conversation), status=202)

    def interactions(self, call: Call) -> Reply:
        conversation = self._conversation(call)
        row = {"id": conversation.interaction_id, "startTime": conversation.created, "endTime": None}
        return _only_page(call, "interactions", [row])

    def participants(self, call: Call) -> Reply:
        rows = [{**person, "removed": False} for person in self._chat.participants(self._conversation(call))]
        return _only_page(call, "participants", rows)

    def leave(self, call: Call) -> Reply:
        conversation = self._conversation(call)
        conversation.left = call.json().get("removed", conversation.left)
        user = str(conversation.customer.get("userId", "customer"))
        if conversation.left:
            self._chat.send_event(
                conversation, "MEMBERS_CHANGED", data={"memberType": "user", "change": "left", "id": user}
            )
        return Reply(status=204)

    def assign(self, call: Call) -> Reply:
        self._conversation(call)
        if call.json()["id"] not in self._chat.webhooks:
            raise Problem(400, "There is no such webhook", code="invalid_webhook", field="id")
        return Reply(status=201)

    def signal(self, call: Call) -> Reply:
        self._conversation(call)
        return Reply(status=204)

    def send(self, call: Call) -> Reply:
        conversation, message = self._conversation(call), call.json()
        if ("text" in message) == ("externalProvider" in message):
            raise Problem(400, "Give either text or externalProvider", code="invalid_message")
        known = {about["id"] for about, _ in self._files.get(conversation.id, ())}
        if any(file["id"] not in known for file in members(message, "attachments")):
            raise Problem(400, "There is no such attachment", code="invalid_attachment")
        cards = [{**card, "id": f"card-{next(self._numbers)}-{conversation.id}"} for card in members(message, "cards")]
        fields = {name: message[name] for name in ("attachments", "externalProvider") if name in message}
        self._chat.add_message(conversation, message["authorType"], message.get("text"), cards=cards, **fields)
        sender = {"id": str(conversation.customer.get("userId", "customer")), "type": message["authorType"]}
        self._chat.send_event(
            conversation, "MESSAGE", data={"isEcho": True, "sender": sender, "text": message.get("text")}
        )
        return Reply(status=202)

    def mark_card(self, call: Call, mark: str) -> Reply:
        for message in self._conversation(call).messages:
            for card in members(message, "cards"):
                if card["id"] == call.parameter("cardId"):
                    card[mark] = True
                    return Reply(status=204)
        raise Problem(404, f"There is no card {call.parameter('cardId')}", code="not_found")

    def upload(self, call: Call) -> Reply:
        conversation = self._conversation(call)
        for part in _parts(call):
            if part.get_param("name", header="content-disposition") == "attachment":
                content = part.get_payload(decode=True)
                name = part.get_filename() or "attachment"
                return Reply(self._store_file(conversation, name, content if isinstance(content, bytes) else b""))
        raise Problem(400, "The form has no attachment", code="invalid_attachment")

    def download(self, call: Call) -> Reply:
        about, content = self._file(call)
        headers = {
            "Content-Disposition": f'attachment; filename="{about["filename"]}"',
            "Content-Length": str(len(content)),
        }
        return Reply(stream=[content], headers=headers, media_type="application/octet-stream")

    def _store_file(self, conversation: Conversation, name: str, content: bytes, file_id: str | None = None) -> Node:
        about = {
            "id": file_id or f"file-{next(self._numbers)}",
            "filename": name,
            "sizeInBytes": len(content),
            "createdAt": self._clock.stamp(),
        }
        self._files.setdefault(conversation.id, []).append((about, content))
        return about

    def _conversation_files(self, call: Call) -> list[tuple[Node, bytes]]:
        return self._files.get(self._conversation(call).id, [])

    def _file(self, call: Call) -> tuple[Node, bytes]:
        for about, content in self._conversation_files(call):
            if about["id"] == call.parameter("attachmentId"):
                return about, content
        raise Problem(404, f"There is no attachment {call.parameter('attachmentId')}", code="not_found")

    def _conversation(self, call: Call) -> Conversation:
        return self._chat.conversation(call.parameter("conversationId"))

    def _data(self, conversation: Conversation) -> Node:
        has_agent = self._chat.has_agent(conversation)
        return {
            "id": conversation.id,
            "channelId": conversation.channel_id,
            "state": "idle" if conversation.left else "active" if has_agent else "created",
            "assignment": {"type": "agent", "id": AGENT} if has_agent else conversation.assignment,
            "user": conversation.customer,
        }

    def _message(self, call: Call, message: Node) -> Node:
        user = self._conversation(call).customer.get("userId", "customer")
        author = {"id": {"agent": AGENT, "bot": "bot"}.get(message["author"], user), "type": message["author"]}
        return {"attachments": [], "cards": [], **message, "author": author}


def _parts(call: Call) -> Sequence[EmailMessage]:
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    form = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + call.body)
    return [part for part in form.iter_parts() if isinstance(part, EmailMessage)]


def _page(call: Call, name: str, rows: Sequence[Node]) -> Reply:
    field, _, direction = call.query.get("sort", "").partition(":")
    keys = [f"{'-' if direction == 'desc' else ''}{field}"] if field else []
    page = numbered(call, ordered(filtered(rows, call.query.get("filter")), keys))
    counts = {"size": page.size, "number": page.number, "totalElements": page.total, "totalPages": page.pages}
    return _embedded(call, name, page.rows, counts)


def _only_page(call: Call, name: str, rows: Sequence[Node]) -> Reply:
    """Return a list that has only one page, with its page object."""
    return _embedded(call, name, rows, {"size": 20, "number": 0, "totalElements": len(rows), "totalPages": 1})


def _embedded(call: Call, name: str, rows: Sequence[Node], page: Node) -> Reply:
    return Reply({"_embedded": {name: list(rows)}, "_links": {"self": {"href": call.url}}, "page": page})


def _no_content(_: Node) -> Reply:
    return Reply(status=204)
