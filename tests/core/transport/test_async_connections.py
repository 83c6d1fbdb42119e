"""Async calls over connections that break, stall, fill up, or are abandoned."""

from __future__ import annotations

import asyncio
import gc
import gzip
import ssl
import sys
import time
import warnings
from collections.abc import Mapping
from typing import Any

import anyio
import pytest
import trustme
from httpcore import AnyIOBackend

from tests.support.listening import OK, answering, beginning, listening
from tests.support.origin import StubResponse, serving
from tests.support.shop import AsyncShop
from xcaas_core import CallTimeoutError, CertificateError, ConnectError, ConnectionLostError
from xcaas_core.transport._async_connections import AsyncBackend


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    certificate: Any = authority.issue_cert(*names)
    certificate.configure_cert(context)
    return context


def client_context(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_calls_over_tls_use_http11(authority: trustme.CA) -> None:
    protocols: list[str | None] = []

    async def record_protocol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocols.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await answering(reader, writer)

    async def main() -> None:
        tls = server_context(authority, "localhost")
        async with (
            listening(record_protocol, tls) as port,
            AsyncShop(base_url=f"https://localhost:{port}", verify=client_context(authority)) as client,
        ):
            assert [await client.shop.items.get(str(n)) for n in range(3)] == [True, True, True]

    asyncio.run(main())
    assert protocols == ["http/1.1"]


@pytest.mark.parametrize("trusted", [True, False])
def test_untrusted_or_mismatched_certificates_raise_without_retries(authority: trustme.CA, trusted: bool) -> None:
    async def main() -> None:
        tls = server_context(authority, "elsewhere.example" if trusted else "localhost")
        verify = client_context(authority if trusted else trustme.CA())
        async with (
            listening(answering, tls) as port,
            AsyncShop(base_url=f"https://localhost:{port}", verify=verify, retries=3) as client,
        ):
            with pytest.raises(CertificateError, match="certificate was refused") as caught:
                await client.shop.items.get("1")
            assert len(caught.value.attempts) == 1

    asyncio.run(main())


def test_missing_servers_and_servers_without_tls_raise_connect_error(authority: trustme.CA) -> None:
    async def serve_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-babble\r\n")
        await writer.drain()

    async def main() -> None:
        async with (
            listening(serve_garbage) as port,
            AsyncShop(base_url=f"https://localhost:{port}", retries=0) as client,
        ):
            with pytest.raises(ConnectError):
                await client.shop.items.create({})
        async with AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(ConnectError, match="Check the network"):
                await client.shop.items.create({})

    asyncio.run(main())


def test_a_hanging_handshake_raises_a_timeout() -> None:
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


def test_a_timed_out_or_cancelled_call_closes_its_connection() -> None:
    ended = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await reader.read()
        finally:
            ended.set()

    async def main() -> None:
        async with listening(silent) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(CallTimeoutError, match="did not respond in time"):
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
def test_a_broken_connection_raises_and_the_next_call_works(cut: str) -> None:
    async def main(url: str) -> None:
        async with AsyncShop(base_url=url, retries=0) as client:
            with pytest.raises(ConnectionLostError):
                await client.shop.items.get("1")
            assert await client.shop.items.get("1") == {}

    with serving(StubResponse(cut=cut), StubResponse()) as origin:
        asyncio.run(main(origin.url))


def test_a_connection_closed_by_the_server_is_not_reused() -> None:
    """Even if the loop has not noticed the end yet: a POST sent on it would be lost, and not retried."""
    served = 0

    async def serve_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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

    async def run_client_and_server() -> None:
        # The server has its own loop, as this one is blocked for a while.
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()

        def run_server() -> None:
            async def serve() -> None:
                async with listening(serve_once) as port:
                    loop.call_soon_threadsafe(ready.set_result, port)
                    while served < 3:
                        await asyncio.sleep(0.02)
                    await asyncio.sleep(0.1)

            asyncio.run(asyncio.wait_for(serve(), 30))

        thread = asyncio.create_task(asyncio.to_thread(run_server))
        await main(await ready)
        await thread

    asyncio.run(run_client_and_server())
    assert served == 3


def test_compressed_responses_are_decoded() -> None:
    compressed = gzip.compress(b'{"long": "' + b"x" * 100_000 + b'"}')

    async def main(url: str) -> None:
        async with AsyncShop(base_url=url) as client:
            for _ in range(2):
                assert await client.shop.items.get("1") == {"long": "x" * 100_000}

    with serving(StubResponse(body=compressed, headers=["Content-Encoding: gzip"])) as origin:
        asyncio.run(main(origin.url))
        assert origin.connections == 1


def test_an_unknown_host_raises_connect_error() -> None:
    async def main() -> None:
        async with AsyncShop(base_url="https://nobody.invalid", retries=0) as client:
            with pytest.raises(ConnectError, match="no connection could be made"):
                await client.items.get("1")

    asyncio.run(main())


def test_calls_work_with_eager_tasks() -> None:
    """Python 3.12 introduced eager tasks."""
    settings: Mapping[str, Any] = vars(asyncio)
    factory = settings.get("eager_task_factory")
    assert (factory is None) is (sys.version_info < (3, 12))

    async def main(url: str) -> None:
        asyncio.get_running_loop().set_task_factory(factory)
        async with AsyncShop(base_url=url.replace("127.0.0.1", "localhost")) as client:
            assert await client.items.get("1") == {}

    with serving(StubResponse()) as origin:
        asyncio.run(main(origin.url))


def test_an_early_error_response_is_raised_although_the_upload_failed() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

    async def reject_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refusal)
        await writer.drain()
        writer.write_eof()
        while await reader.read(1 << 20):
            pass

    async def main() -> None:
        async with listening(reject_early) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(Exception, match="413"):
                await client.shop.items.store("1", bytes(32 << 20))

    asyncio.run(main())


@pytest.mark.parametrize("has_begun", [True, False])
def test_cancelling_a_stream_closes_its_connection(has_begun: bool) -> None:
    """Also in an anyio cancel scope, which cancels every further wait, including those of closing."""
    ended = asyncio.Event()

    async def main() -> None:
        async with listening(beginning(ended)) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            with anyio.CancelScope() as scope:
                async with client.streaming(client.shop.items.content, "1") as response:
                    if has_begun:
                        await anext(aiter(response.iter_bytes()))
                    scope.cancel()
                    await anyio.sleep_forever()
            assert scope.cancelled_caught
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(main())


def test_clients_and_unread_responses_leave_no_open_sockets() -> None:
    """Neither by closed clients, nor by responses that were not read to the end."""
    ended = asyncio.Event()

    async def main() -> None:
        async with listening(answering) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            await asyncio.gather(*(client.shop.items.get(str(n)) for n in range(10)))
        async with listening(beginning(ended)) as port, AsyncShop(base_url=f"http://127.0.0.1:{port}") as client:
            async with client.streaming(client.shop.items.content, "1") as response:
                async for _ in response.iter_bytes():
                    break
            await asyncio.wait_for(ended.wait(), 10)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(main())
        gc.collect()


def test_data_that_arrives_after_a_long_write_is_noticed() -> None:
    """A connection reads while it writes a long body. Older versions of anyio continue afterwards and empty the socket."""

    async def main() -> None:
        peers: list[asyncio.StreamWriter] = []

        async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(1 << 17)
            peers.append(writer)
            await reader.read()

        async with listening(read_request) as port:
            stream = await AsyncBackend(AnyIOBackend()).connect_tcp("127.0.0.1", port)
            await stream.write(bytes(1 << 17), 5)
            while not peers:
                await asyncio.sleep(0)
            assert not stream.get_extra_info("is_readable")
            peers[0].write(b"HTTP/1.1 200 OK\r\n")
            with anyio.fail_after(5):
                while not stream.get_extra_info("is_readable"):
                    await asyncio.sleep(0)
            for _ in range(5):
                await asyncio.sleep(0)
                assert stream.get_extra_info("is_readable")
            assert await stream.read(1 << 16, 5) == b"HTTP/1.1 200 OK\r\n"
            await stream.aclose()

    asyncio.run(main())
