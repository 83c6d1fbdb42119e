"""Calls on asyncio go over connections of the SDK's own making: what breaks, stalls, fills up, or is left behind."""

from __future__ import annotations

import asyncio
import gc
import ssl
import time
import warnings
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import trustme

from tests.core.origin import Answer, serving
from tests.core.shop import AsyncShop
from xcaas_core import (
    CallTimeoutError,
    CertificateError,
    ConnectError,
    ConnectionLostError,
)
from xcaas_core._asyncio_stream import AsyncioStream
from xcaas_core._http import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\ntrue"


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """The port of a server that treats each connection as it is told."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every request that has no body."""
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()


def beginning(ended: asyncio.Event) -> Handler:
    """Sends the beginning of a long answer, and tells when the client is gone."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 10000000\r\n\r\n" + bytes(100))
        await writer.drain()
        try:
            await reader.read()
        finally:
            ended.set()

    return handler


def core() -> Any:
    return import_module("httpcore")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    certificate: Any = authority.issue_cert(*names)
    certificate.configure_cert(context)
    return context


def trusting(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_calls_over_tls(authority: trustme.CA) -> None:
    spoken: list[str | None] = []

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await answering(reader, writer)

    async def main() -> None:
        tls = server_side(authority, "localhost")
        async with (
            listening(noting, tls) as port,
            AsyncShop(base_url=f"https://localhost:{port}", verify=trusting(authority)) as client,
        ):
            assert [await client.shop.items.get(str(n)) for n in range(3)] == [True, True, True]

    asyncio.run(main())
    assert spoken == ["http/1.1"]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_strangers_or_for_another_name_is_refused(authority: trustme.CA, trusted: bool) -> None:
    async def main() -> None:
        tls = server_side(authority, "elsewhere.example" if trusted else "localhost")
        verify = trusting(authority if trusted else trustme.CA())
        async with (
            listening(answering, tls) as port,
            AsyncShop(base_url=f"https://localhost:{port}", verify=verify, retries=3) as client,
        ):
            with pytest.raises(CertificateError, match="certificate was refused") as caught:
                await client.shop.items.get("1")
            assert len(caught.value.attempts) == 1

    asyncio.run(main())


def test_no_server_and_a_server_that_does_not_speak_tls(authority: trustme.CA) -> None:
    async def babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-babble\r\n")
        await writer.drain()

    async def main() -> None:
        async with (
            listening(babbling) as port,
            AsyncShop(base_url=f"https://localhost:{port}", retries=0) as client,
        ):
            with pytest.raises(ConnectError):
                await client.shop.items.create({})
        async with AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(ConnectError, match="Check the network"):
                await client.shop.items.create({})

    asyncio.run(main())


def test_a_handshake_that_never_ends() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> None:
        async with (
            listening(silent) as port,
            AsyncShop(base_url=f"https://localhost:{port}", retries=0, timeout=0.2) as client,
        ):
            with pytest.raises(CallTimeoutError, match="no connection was made in time") as caught:
                await client.shop.items.get("1")
            assert not caught.value.connected

    asyncio.run(main())


def test_an_answer_that_never_comes_closes_its_connection() -> None:
    ended = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await reader.read()
        finally:
            ended.set()

    async def main() -> None:
        async with listening(silent) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(CallTimeoutError, match="did not answer in time"):
                await client.with_options(timeout=0.2).shop.items.get("1")
            await asyncio.wait_for(ended.wait(), 10)
            ended.clear()
            task = asyncio.create_task(client.shop.items.get("1"))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(main())


@pytest.mark.parametrize("cut", ["before", "inside"])
def test_a_connection_that_breaks(cut: str) -> None:
    async def main(url: str) -> None:
        async with AsyncShop(base_url=url, retries=0) as client:
            with pytest.raises(ConnectionLostError):
                await client.shop.items.get("1")
            assert await client.shop.items.get("1") == {}

    with serving(Answer(cut=cut), Answer()) as origin:
        asyncio.run(main(origin.url))


def test_a_connection_that_the_server_ended_meanwhile_is_not_used() -> None:
    """Nor is one whose end the loop had no time to notice: a POST sent on it would be lost, and not sent again."""
    served = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        await reader.readuntil(b"\r\n\r\n{}")
        served += 1
        writer.write(OK)
        await writer.drain()

    async def main(port: int) -> None:
        async with AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            await client.shop.items.create({})
            await asyncio.sleep(0.2)
            await client.shop.items.create({})
            time.sleep(0.2)
            await client.shop.items.create({})

    async def both() -> None:
        # The server lives in a loop of its own: this one is busy for a while.
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()

        def other() -> None:
            async def serve() -> None:
                async with listening(once) as port:
                    loop.call_soon_threadsafe(ready.set_result, port)
                    while served < 3:
                        await asyncio.sleep(0.02)
                    await asyncio.sleep(0.1)

            asyncio.run(asyncio.wait_for(serve(), 30))

        thread = asyncio.create_task(asyncio.to_thread(other))
        await main(await ready)
        await thread

    asyncio.run(both())
    assert served == 3


def test_unused_connections_are_kept_to_a_few_servers_only() -> None:
    made: list[int] = []

    async def main() -> None:
        connection = Connection()
        library = import_module(connection.library)
        transport = connection.asyncio_transport()

        async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            made.append(writer.get_extra_info("sockname")[1])
            await answering(reader, writer)

        async def ask(port: int) -> None:
            request = library.Request("GET", f"http://127.0.0.1:{port}/", extensions={"timeout": {"connect": 5}})
            answer = await transport.handle_async_request(request)
            assert await answer.aread() == b"true"

        async with AsyncExitStack() as servers:
            ports = [await servers.enter_async_context(listening(noting)) for _ in range(5)]
            for port in (*ports, ports[1], ports[0]):
                await ask(port)
            await transport.aclose()
        assert made == [*ports, ports[0]]

    asyncio.run(main())


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


def test_an_early_refusal_is_told_though_the_body_could_not_be_sent() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refusal)
        await writer.drain()
        writer.write_eof()
        while await reader.read(1 << 20):
            pass

    async def main() -> None:
        async with listening(refusing) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(Exception, match="413"):
                await client.shop.items.store("1", bytes(32 << 20))

    asyncio.run(main())


@pytest.mark.parametrize("begun", [True, False])
def test_a_cancelled_reader_closes_the_connection(begun: bool) -> None:
    """Also in a scope of anyio, where everything that waits is cancelled again, closing included."""
    ended = asyncio.Event()

    async def main() -> None:
        async with listening(beginning(ended)) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            with anyio.CancelScope() as scope:
                async with client.streaming(client.shop.items.content, "1") as answer:
                    if begun:
                        await anext(aiter(answer.iter_bytes()))
                    scope.cancel()
                    await anyio.sleep_forever()
            assert scope.cancelled_caught
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(main())


def test_nothing_is_left_open() -> None:
    """Not by clients that were closed, and not by answers that nobody read to their end."""
    ended = asyncio.Event()

    async def main() -> None:
        async with listening(answering) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            await asyncio.gather(*(client.shop.items.get(str(n)) for n in range(10)))
        async with listening(beginning(ended)) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            async with client.streaming(client.shop.items.content, "1") as answer:
                async for _ in answer.iter_bytes():
                    break
            await asyncio.wait_for(ended.wait(), 10)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(main())
        gc.collect()
