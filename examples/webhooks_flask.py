"""Chat events with Flask: `flask --app examples.webhooks_flask run` (needs `pip install 'xcaas[webhooks]' flask`)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request

from xcaas.chat_gateway.models import ChatEvent, MessageEvent, WebhookVerifyEvent
from xcaas.chat_gateway.webhooks import CHAT_EVENT
from xcaas.webhooks import Verifier, WebhookError


def handle(event: ChatEvent) -> None:
    """Handle an event. Put long work into a queue: the service waits for the response."""
    match event:
        case MessageEvent(data=data) if data is not None:
            print(f"{event.conversation_id}: {data.text}")
        case WebhookVerifyEvent():
            print("the service has verified this address")
        case _:
            print(event.to_dict())


def create_app(verifier: Verifier[ChatEvent], handle: Callable[[ChatEvent], None] = handle) -> Flask:
    """Return an application with one verifier, which keeps keys and received events."""
    app = Flask(__name__)

    def receive() -> Response:
        try:
            with verifier.receive(request.headers, request.get_data()) as delivery:
                handle(delivery.event)
        except WebhookError as error:
            return Response(status=error.response_status)
        return Response(status=204)

    app.add_url_rule("/events", view_func=receive, methods=["POST"])
    return app


app = create_app(Verifier(CHAT_EVENT, tenants=["acmecorp01"]))
