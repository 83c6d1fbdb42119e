"""Chat events with FastAPI: `uvicorn examples.webhooks_fastapi:app` (needs `pip install 'xcaas[webhooks]' fastapi`)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from xcaas.chat_gateway.models import ChatEvent, MessageEvent, WebhookVerifyEvent
from xcaas.chat_gateway.webhooks import CHAT_EVENT
from xcaas.webhooks import AsyncVerifier, WebhookError


def handle(event: ChatEvent) -> None:
    """Handle an event. Put long work into a queue: the service waits for the response."""
    match event:
        case MessageEvent(data=data) if data is not None:
            print(f"{event.conversation_id}: {data.text}")
        case WebhookVerifyEvent():
            print("the service has verified this address")
        case _:
            print(event.to_dict())


def create_app(verifier: AsyncVerifier[ChatEvent], handle: Callable[[ChatEvent], None] = handle) -> FastAPI:
    """Return an application with one verifier, which keeps keys and received events."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with verifier:
            yield

    app = FastAPI(lifespan=lifespan)

    async def receive(request: Request) -> Response:
        try:
            async with verifier.receive(request.headers, await request.body()) as delivery:
                handle(delivery.event)
        except WebhookError as error:
            return Response(status_code=error.response_status)
        return Response(status_code=204)

    app.add_api_route("/events", receive, methods=["POST"])
    return app


app = create_app(AsyncVerifier(CHAT_EVENT, tenants=["acmecorp01"]))
