"""The private attributes that guards rely on exist in the installed HTTP libraries."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import h11
import pytest

from tests.support.origin import serving
from xcaas_core.transport import _leftovers

_source: Any = vars(_leftovers)["_source"]


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    return import_module(request.param)


def test_the_parser_of_a_blocking_response_is_found(library: Any) -> None:
    with serving() as origin, library.Client() as client, client.stream("GET", origin.url) as response:
        connection: Any = _source(response.stream)._connection
        assert isinstance(connection._h11_state, h11.Connection)
        assert not connection.is_idle()
        assert not connection.is_closed()


def test_the_parser_and_the_buffer_of_an_async_response_are_found(library: Any) -> None:
    async def main(url: str) -> None:
        async with library.AsyncClient() as client, client.stream("GET", url) as response:
            connection: Any = _source(response.stream)._connection
            assert isinstance(connection._h11_state, h11.Connection)
            network: Any = response.extensions["network_stream"]
            buffer = network._stream._protocol.read_queue
            assert not _leftovers.unread(network)
            buffer.append(b"more")
            assert _leftovers.unread(network)
            buffer.clear()

    with serving() as origin:
        asyncio.run(main(origin.url))


def test_the_source_of_a_body_in_memory_is_its_bytes(library: Any) -> None:
    assert _source(library.ByteStream(b"whole")) == b"whole"
    assert _source(library.ByteStream(b"")) == b""
