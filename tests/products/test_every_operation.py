"""Every operation of the manifest, called on both clients, returns a typed response of the sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from importlib.resources import files
from typing import Any, cast

import pytest

from xcaas import AsyncDownload, AsyncPager, AsyncXCaaS, Download, Pager
from xcaas_core.models import Model
from xcaas_sandbox import Sandbox

from .support import (
    CREDENTIALS,
    JANUARY,
    MANIFEST,
    SETTINGS,
    SPECS,
    Row,
    arguments,
    call_of,
    client_of,
    known_ids,
    warned,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(speed=100, until=JANUARY) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """Return the server with its initial data."""
    server.state.reset()
    return server


def check_value(value: object) -> None:
    """Check that a response is typed: a model, a string, a number, bytes, or a list of those, not a dictionary."""
    if isinstance(value, list):
        for member in cast("list[object]", value):
            check_value(member)
    elif value is not None:
        assert isinstance(value, (Model, str, int, float, bytes)), type(value)


def take(result: Any) -> object:
    if isinstance(result, Pager):
        items = cast("Pager[object]", result).to_list()
        assert items, "a list without items proves nothing"
        return items
    if isinstance(result, Download):
        return result.read()
    return cast("object", result)


async def take_async(result: Any) -> object:
    if isinstance(result, AsyncPager):
        items = await cast("AsyncPager[object]", result).to_list()
        assert items, "a list without items proves nothing"
        return items
    if isinstance(result, AsyncDownload):
        return await result.read()
    return await cast("Awaitable[object]", result) if isinstance(result, Awaitable) else cast("object", result)


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["call"])
def test_blocking_call_returns_a_typed_response(sandbox: Sandbox, row: Row) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    with client_of(sandbox.base_url) as client, warned(row):
        method = call_of(client, row)
        check_value(take(method(**arguments(method, operation, known_ids(client, row)))))


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["call"])
def test_async_call_returns_a_typed_response(sandbox: Sandbox, row: Row) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    with client_of(sandbox.base_url) as blocking:
        known = known_ids(blocking, row)

    async def run() -> None:
        async with AsyncXCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url, **SETTINGS) as client:
            method = call_of(client, row)
            check_value(await take_async(method(**arguments(method, operation, known))))

    with warned(row):
        asyncio.run(run())


def test_no_operation_is_refused_or_missing() -> None:
    manifest = json.loads(files("xcaas").joinpath("_manifest.json").read_text("utf-8"))
    assert manifest["refused"] == []
    assert {(row["product"], row["operation_id"]) for row in manifest["operations"]} == set(SPECS)
