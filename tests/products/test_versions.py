"""Administration: every call has the versions of its content and of the response."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from xcaas import AsyncXCaaS, BadRequestError, Pager, XCaaS
from xcaas.testing import FakeServer

from .support import CREDENTIALS, MANIFEST, SPECS, Row, arguments, call_of

ROWS = [row for row in MANIFEST if row["product"] == "administration"]
VERSIONED = re.compile(r"application/vnd\.[a-z.-]+\.v[0-9]+\+json")
IDS: dict[str, object] = {"address_id": "a", "operation_id": "o"}


def first_request(server: FakeServer, call: Callable[[], object]) -> Any:
    with pytest.raises(BadRequestError):
        call()
    return server.requests[0]


def walk(response: object) -> None:
    if isinstance(response, Pager):
        response.first()


def check(row: Row, request: Any) -> None:
    assert all(VERSIONED.fullmatch(part.strip()) for part in request.headers["Accept"].split(","))
    if SPECS["administration", row["operation_id"]].body is not None:
        assert VERSIONED.fullmatch(request.headers["Content-Type"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["call"])
def test_blocking_calls_have_versions(row: Row) -> None:
    server = FakeServer().respond(row["call"], status=400)
    with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
        method = call_of(client, row)
        values = arguments(method, SPECS["administration", row["operation_id"]], IDS)
        check(row, first_request(server, lambda: walk(method(**values))))


def test_async_calls_have_versions() -> None:
    server = FakeServer().respond("administration.sites.get", status=400)

    async def run() -> None:
        async with AsyncXCaaS(http_client=server, credentials=CREDENTIALS) as client:
            await client.administration.sites.get("one")

    request = first_request(server, lambda: asyncio.run(run()))
    assert request.headers["Accept"] == "application/vnd.sites.v1+json"
