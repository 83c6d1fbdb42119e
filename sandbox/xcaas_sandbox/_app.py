"""The ASGI application: it matches, checks and authorizes requests, responds, and checks the responses."""

from __future__ import annotations

import inspect
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from ._check import check_request, check_response
from ._clock import Clock
from ._credentials import Credentials
from ._examples import example_of_media
from ._faults import Faults
from ._handlers import Call
from ._limits import RateLimits, RateLimitStatus
from ._paged import paged_example
from ._replies import Problem, Reply, error_body
from ._specs import Node, Operation, Product, load_products
from ._streams import Streams
from ._webhooks import Webhooks
from .products import SELF_AUTHENTICATING, Services

__all__ = ["SandboxState", "create_app"]

ALL_METHODS: Final = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"]


class SandboxState:
    """Everything the sandbox holds: products, credentials, faults, limits and each product's state.

    Args:
        token_lifetime: Lifetime of tokens in seconds.
        faults: The faults to inject.
        speed: Factor by which everything that takes time is faster.
        strict_limits: Respond with 429 beyond a documented rate limit.
        wall: The clock for dates in responses, in seconds since 1970.
        until: End of the initial data, with a time zone; by default, the current minute.
    """

    def __init__(
        self,
        *,
        token_lifetime: float = 1799,
        faults: Faults | None = None,
        speed: float = 1.0,
        strict_limits: bool = False,
        wall: Callable[[], float] = time.time,
        until: datetime | None = None,
    ) -> None:
        self.products: tuple[Product, ...] = load_products()
        self.credentials = Credentials(self.products, lifetime=token_lifetime)
        self.faults = faults or Faults()
        self.clock = Clock(_to_utc(until, wall), speed, wall)
        self.limits = RateLimits(self.products, self.clock, strict=strict_limits)
        self.webhooks = Webhooks(self.clock)
        self.services = Services(self.products, self.credentials, self.clock, self.webhooks)
        self._routes = sorted(
            ((operation, product) for product in self.products for operation in product.operations),
            key=lambda row: row[0].wildcards,
        )

    def reset(self) -> None:
        """Restore the initial data. Tokens, faults and counts are kept."""
        self.services = Services(self.products, self.credentials, self.clock, self.webhooks)

    def match(self, method: str, path: str) -> tuple[Operation, Product, dict[str, str]]:
        allowed: list[str] = []
        for operation, product in self._routes:
            match = operation.pattern.fullmatch(path)
            if match and operation.method == method:
                groups = {name[2:]: value for name, value in match.groupdict().items()}
                return operation, product, groups
            if match:
                allowed.append(operation.method)
        if allowed:
            raise Problem(405, f"{method} is not allowed here", headers={"Allow": ", ".join(sorted(allowed))})
        raise Problem(404, f"No API at {path}: wrong region, version or path", code="messaging.adaptors.http.NoRoute")

    async def respond(self, request: Request) -> Response:
        operation: Operation | None = None
        limit_status: RateLimitStatus | None = None
        try:
            self.credentials.stats.calls += 1
            # The raw path keeps percent-encoded slashes inside a parameter apart from real ones.
            raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
            operation, product, groups = self.match(request.method, raw.decode("ascii").split("?")[0])
            body = await request.body()
            call = Call(operation, str(request.url), _unquote(groups), request.query_params, request.headers, body)
            if (product.name, operation.id) not in SELF_AUTHENTICATING:
                self.credentials.check(product, operation, request.headers, request.query_params)
                limit_status = self.limits.count(product, operation, request.headers)
            response = self._respond(operation, call, await self._handle(product, call), request.headers)
        except Problem as problem:
            response = self._error_response(operation, problem, request.url.path)
        except ClientDisconnect:
            return Response(status_code=499)
        if operation is not None:
            response.headers.update(_common_headers(operation, response.status_code, limit_status))
        return response

    async def _handle(self, product: Product, call: Call) -> Reply:
        problems = check_request(call.operation, call.path, call.query, call.headers, call.body)
        if problems:
            self.credentials.stats.violations.append(f"{call.operation.product}.{call.operation.id}: {problems[0]}")
            raise Problem(400, "; ".join(problems[:3]), code="VALIDATION_ERROR")
        service = self.services.get(product.name)
        handler = service.handlers.get(call.operation.id) if service else None
        if handler is None:
            return _example(call)
        result = handler(call)
        return await result if inspect.isawaitable(result) else result

    def _respond(self, operation: Operation, call: Call, reply: Reply, headers: Headers) -> Response:
        if reply.stream is not None:
            return StreamingResponse(reply.stream, reply.status, reply.headers, reply.media_type)
        media_type = reply.media_type or _negotiate(operation, reply.status, headers.get("accept", "*/*"))
        if reply.body is None and media_type is None:
            return Response(None, reply.status, reply.headers)
        problems = check_response(operation, reply.status, media_type, reply.sample)
        if problems:
            # An error of the sandbox itself must not go unnoticed in somebody's test.
            return JSONResponse(
                {"sandbox": f"{operation.product}.{operation.id} responds wrongly", "problems": problems}, 500
            )
        return Response(json.dumps(reply.body), reply.status, reply.headers, media_type)

    def _error_response(self, operation: Operation | None, problem: Problem, path: str) -> Response:
        self.credentials.stats.refuse(problem.status)
        if problem.raw is not None:
            media_type, text = problem.raw
            return Response(text, problem.status, problem.headers, media_type)
        error = error_body(operation, problem, path)
        if error is None:
            return Response(None, problem.status, problem.headers)
        media_type, body = error
        return Response(json.dumps(body), problem.status, problem.headers, media_type)


def _to_utc(until: datetime | None, wall: Callable[[], float]) -> datetime:
    if until is None:
        return datetime.fromtimestamp(wall() // 60 * 60, UTC)
    if until.tzinfo is None:
        raise ValueError(f"until={until!r} has no time zone")
    return until.astimezone(UTC)


def _common_headers(operation: Operation, status: int, limit_status: RateLimitStatus | None) -> dict[str, str]:
    """Return the headers of all responses of a product, according to its spec."""
    headers = {} if limit_status is None else limit_status.headers(operation, status)
    if "X-Response-Id" in (operation.response(status) or {}).get("headers", {}):
        headers["X-Response-Id"] = str(uuid.uuid4())
    return headers


def _unquote(groups: dict[str, str]) -> dict[str, str]:
    return {name: unquote(value) for name, value in groups.items()}


def _negotiate(operation: Operation, status: int, accept: str) -> str | None:
    content: Node = (operation.response(status) or {}).get("content", {})
    if not content:
        return None
    accepted = [part.split(";")[0].strip() for part in accept.split(",")]
    for media_type in accepted:
        if media_type in content:
            return media_type
    if "*/*" in accepted or "application/*" in accepted:
        return next((m for m in content if m.endswith("json")), next(iter(content)))
    raise Problem(406, f"Accept {accept!r} fits none of {', '.join(content)}")


def _example(call: Call) -> Reply:
    """Return the spec's example of the first successful response, page by page if the operation is paged."""
    operation = call.operation
    status = next((key for key in sorted(operation.responses) if key.startswith("2")), "200")
    by_media_type: Node = operation.responses.get(status, {}).get("content", {})
    if not by_media_type:
        return Reply(status=int(status))
    media_type = _negotiate(operation, int(status), call.headers.get("accept", "*/*")) or next(iter(by_media_type))
    if not media_type.endswith("json"):
        content = f"sandbox {operation.id}".encode()
        return Reply(stream=[content], status=int(status), media_type=media_type.replace("*/*", "text/plain"))
    paging = operation.node.get("x-xcaas-pagination")
    if paging:
        return paged_example(call, paging, by_media_type[media_type], media_type)
    return Reply(example_of_media(by_media_type[media_type]), status=int(status), media_type=media_type)


def create_app(state: SandboxState) -> Starlette:
    """Return the application for a state, with `/_sandbox/*` to inspect and control it."""

    async def stats(_: Request) -> Response:
        counts = state.credentials.stats
        return JSONResponse({**vars(counts), "faults_fired": state.faults.fired})

    async def revoke(_: Request) -> Response:
        return JSONResponse({"revoked": state.credentials.revoke()})

    async def reset(_: Request) -> Response:
        state.reset()
        return JSONResponse({"reset": True})

    async def stream(socket: WebSocket) -> None:
        await streams.serve(socket, state.services.events)

    product = next(product for product in state.products if product.name == "events")
    streams = Streams(product, state.credentials, state.faults)

    async def log(request: Request) -> Response:
        events = state.services.events
        if request.method == "POST":
            events.extend(int(request.query_params.get("count", "1")))
        counts = {"length": events.length, "acknowledged": events.acknowledged, "opened": streams.opened}
        return JSONResponse({**counts, "subscriptions": sorted(events.subscriptions)})

    routes = [Route("/_sandbox/stats", stats), Route("/_sandbox/revoke", revoke, methods=["POST"])]
    routes.append(Route("/_sandbox/reset", reset, methods=["POST"]))
    routes.append(Route("/_sandbox/events", log, methods=["GET", "POST"]))
    catch_all = Route("/{path:path}", state.respond, methods=ALL_METHODS)
    app = Starlette(routes=[*routes, WebSocketRoute("/{path:path}", stream), catch_all])
    app.add_middleware(state.faults.middleware)
    return app
