"""A service of your own on top of XCaaS: `uvicorn examples.service_fastapi:app` (needs `pip install xcaas fastapi`).

One client for all requests, opened and closed with the application. Errors of XCaaS become those of the service.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from xcaas import AsyncXCaaS, NotFoundError, RateLimitError, XCaaSError

WAITING = "interactionsWaitInQueue.rt"


def create_app(connect: Callable[[], AsyncXCaaS] = AsyncXCaaS.from_env) -> FastAPI:
    """Return the application; `connect` makes its client."""
    client: AsyncXCaaS

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        nonlocal client
        async with connect() as client:
            yield

    async def waiting() -> dict[str, int | float]:
        """Return the number of waiting interactions in each queue."""
        by_queue: dict[str, int | float] = {}
        async for queue in client.cc_realtime.queues.list(metrics=[WAITING]):
            for metric in queue.metrics or []:
                if queue.name is not None and isinstance(metric.value, int | float):
                    by_queue[queue.name] = metric.value
        return by_queue

    async def recording(id: str) -> StreamingResponse:
        """Stream a recording."""
        item = await client.storage.objects.get(id)
        chunks = client.storage.objects.download(id).iter_bytes()
        return StreamingResponse(chunks, media_type=item.mime_type)

    async def handle_error(_: Request, error: Exception) -> Response:
        if isinstance(error, NotFoundError):
            return JSONResponse({"error": "not found"}, 404)
        status = 503 if isinstance(error, RateLimitError) else 502
        return JSONResponse({"error": type(error).__name__}, status)

    app = FastAPI(lifespan=lifespan, exception_handlers={XCaaSError: handle_error})
    app.add_api_route("/waiting", waiting)
    app.add_api_route("/recordings/{id}", recording, response_class=StreamingResponse)
    return app


app = create_app()
