"""Extra data in buffers of TLS, event loops, proxies and users' code is not read by other calls."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import anyio
import pytest
import trustme

from tests.adversarial.clients import KINDS, LIBRARIES, make, outcomes, own_client, run_async
from tests.adversarial.raw_server import Piece, Request, json, listening, respond, serving
from xcaas_core.transport import _leftovers

EVIL = json("EVIL")
CALLS = [("get", id) for id in ("a", "bait", "b", "c", "d")]
USER_KINDS = [kind for kind in KINDS if kind.startswith("own")]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert("localhost")
    certificate.configure_cert(context)
    return context


def client_context(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def client_options(kind: str, library: str, authority: trustme.CA, **settings: Any) -> dict[str, Any]:
    """Return options of the SDK's client, or of a user's HTTP client."""
    settings["verify"] = client_context(authority)
    return {"http_client": own_client(kind, library, **settings)} if kind.startswith("own") else settings


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("records", [1, 2])
def test_extra_data_in_tls_is_not_read_by_other_calls(
    records: int, kind: str, library: str, authority: trustme.CA
) -> None:
    """A separate record is decrypted only when it is read."""

    def script(request: Request) -> list[Piece]:
        if request.id != "bait":
            return [json(request.id)]
        return [json("bait") + EVIL] if records == 1 else [(json("bait"), EVIL)]

    with serving(script, server_context(authority)) as server:
        results = outcomes(kind, library, server.url, CALLS, **client_options(kind, library, authority))
        assert results == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_tls_connections_without_extra_data_are_reused(kind: str, library: str, authority: trustme.CA) -> None:
    with serving(lambda request: [json(request.id)], server_context(authority)) as server:
        results = outcomes(kind, library, server.url, CALLS, **client_options(kind, library, authority))
        assert results == ["a", "bait", "b", "c", "d"]
        assert server.connections == 1


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("size", [1 << 16, 2 << 16])
def test_extra_data_in_asyncio_buffers_is_not_read_by_other_calls(size: int, library: str) -> None:
    """asyncio reads more at a time than the library requests, all at once after the loop was blocked."""
    bait = respond(b'{"id":"bait","pad":"' + bytes(size).replace(b"\0", b"x") + b'"}')
    body = bait.partition(b"\r\n\r\n")[2]
    bait = respond(body[: -(len(bait) - size) - 2] + b'"}')
    assert len(bait) == size

    def script(request: Request) -> list[Piece]:
        return [0.05, bait + EVIL] if request.id == "bait" else [json(request.id)]

    async def main() -> list[Any]:
        socket_options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)]
        module = import_module(library)
        http_client = module.AsyncClient(transport=module.AsyncHTTPTransport(socket_options=socket_options))
        async with http_client, make("own asyncio", library, server.url, http_client=http_client) as client:
            results = [await client.shop.items.get("a")]
            async with anyio.create_task_group() as group:
                group.start_soon(block_loop)
                results += [await client.shop.items.get(id) for id in ("bait", "b", "c")]
            return [item["id"] for item in results]

    async def block_loop() -> None:
        await anyio.sleep(0.02)
        time.sleep(0.15)

    with serving(script) as server:
        assert run_async("asyncio", main) == ["a", "bait", "b", "c"]
        assert server.connections == 2


@contextmanager
def tunnel_proxy() -> Generator[str]:
    """Run a proxy that tunnels to this machine. Yield its address."""

    def serve(client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            target = lines.readline().split()[1].decode()
            while lines.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2]))) as server:
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=relay, args=(server, client), daemon=True)
                back.start()
                relay(client, server)
                back.join(10)

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"


def relay(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_extra_data_in_a_tunnel_is_not_read_by_other_calls(kind: str, library: str, authority: trustme.CA) -> None:
    def script(request: Request) -> list[Piece]:
        return [json(request.id) + EVIL] if request.id == "bait" else [json(request.id)]

    with serving(script, server_context(authority)) as server, tunnel_proxy() as proxy:
        results = outcomes(kind, library, server.url, CALLS, **client_options(kind, library, authority, proxy=proxy))
        assert results == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_extra_data_from_a_forwarding_proxy_is_not_read_by_other_calls(kind: str, library: str) -> None:
    """The proxy itself responds; only its data matters."""

    def script(request: Request) -> list[Piece]:
        assert request.target.startswith("http://127.0.0.1:9/")
        return [json(request.id) + EVIL] if request.id == "bait" else [json(request.id)]

    with serving(script) as proxy:
        options = (
            {"http_client": own_client(kind, library, proxy=proxy.url)} if kind in USER_KINDS else {"proxy": proxy.url}
        )
        assert outcomes(kind, library, "http://127.0.0.1:9", CALLS, **options) == ["a", "bait", "b", "c", "d"]
        assert proxy.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "asyncio", "trio"])
def test_extra_data_is_not_read_with_a_proxy_in_the_environment(
    kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with serving(lambda request: [json(request.id) + EVIL]) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["a", "bait", "b", "c", "d"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_extra_data_between_requests_of_an_auth_object_is_not_read(kind: str, library: str) -> None:
    """The library itself reads the first response and sends the second request."""

    def script(request: Request) -> list[Piece]:
        if "authorization" in request.headers:
            return [json(request.id)]
        challenge = json("no", 401, 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        return [challenge + EVIL]

    with serving(script) as server:
        auth = import_module(library).DigestAuth("user", "password")
        options = {"http_client": own_client(kind, library, auth=auth)} if kind in USER_KINDS else {"auth": auth}
        assert outcomes(kind, library, server.url, CALLS, **options) == ["a", "bait", "b", "c", "d"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", USER_KINDS)
def test_extra_data_after_a_users_hook_is_not_read_by_other_calls(kind: str, library: str) -> None:
    async def aread(response: Any) -> None:
        await response.aread()

    def read(response: Any) -> None:
        response.read()

    hooks = {"response": [read if "blocking" in kind else aread]}
    with serving(lambda request: [json(request.id) + (EVIL if request.id == "bait" else b"")]) as server:
        http_client = own_client(kind, library, event_hooks=hooks)
        assert outcomes(kind, library, server.url, CALLS, http_client=http_client) == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_connections_are_not_reused_with_an_unknown_parser(
    kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No connection is reused, and one warning says so."""
    monkeypatch.setattr(_leftovers, "_source", object.__repr__)
    monkeypatch.setattr(_leftovers, "_warned", False)
    with serving(lambda request: [json(request.id)]) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert outcomes(kind, library, server.url, CALLS) == ["a", "bait", "b", "c", "d"]
        assert server.connections == len(CALLS)
    warned = [warning for warning in caught if "not used again" in str(warning.message)]
    assert len(warned) == 1
