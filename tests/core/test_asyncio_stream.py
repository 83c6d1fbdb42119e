"""The SDK's own connections on asyncio: peers that don't read, don't stop, or go away."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import pytest

from tests.support.listening import listening
from xcaas_core._asyncio_stream import AsyncioStream


def core() -> Any:
    return import_module("httpcore")


def test_a_server_that_does_not_read_holds_the_sender_back() -> None:
    async def stubborn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def main() -> None:
        async with listening(stubborn) as port:
            stream = await AsyncioStream.connect(core(), "127.0.0.1", port, None, 5)
            with pytest.raises(core().WriteTimeout):
                await stream.write(bytes(256 << 20), 0.1)
            await stream.aclose()

    asyncio.run(main())


def test_a_server_that_stops_reading_for_a_while_gets_everything() -> None:
    got = 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal got
        await asyncio.sleep(0.2)
        while piece := await reader.read(1 << 20):
            got += len(piece)
            if got == 64 << 20:
                writer.write(b"thanks")
                await writer.drain()

    async def main() -> None:
        async with listening(slow) as port:
            stream = await AsyncioStream.connect(core(), "127.0.0.1", port, None, 5)
            for _ in range(64):
                await stream.write(bytes(1 << 20), 20)
            assert await stream.read(100, 20) == b"thanks"
            await stream.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("full", [True, False])
def test_a_server_that_goes_away_while_it_is_sent_to(full: bool) -> None:
    async def leaving(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.transport.abort()

    async def main() -> None:
        async with listening(leaving) as port:
            stream = await AsyncioStream.connect(core(), "127.0.0.1", port, None, 5)
            if not full:
                await asyncio.sleep(0.3)
            with pytest.raises(core().WriteError, match="closed the connection"):
                await stream.write(bytes(64 << 20), 20)
            if not full:
                with pytest.raises(core().WriteError, match="closed the connection"):
                    await stream.write(b"more")
            await stream.aclose()

    asyncio.run(main())


def test_what_is_not_read_is_not_piled_up() -> None:
    """The server is held back by the system once a little lies unread, and goes on when it is read."""
    sent = 0

    async def pouring(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        for _ in range(64):
            writer.write(bytes(1 << 20))
            await writer.drain()
            sent += 1 << 20

    async def main() -> None:
        async with listening(pouring) as port:
            stream = await AsyncioStream.connect(core(), "127.0.0.1", port, None, 5)
            await asyncio.sleep(0.3)
            assert sent < 64 << 20
            got = 0
            while piece := await stream.read(65536, 10):
                got += len(piece)
            assert got == 64 << 20
            await stream.aclose()

    asyncio.run(main())
