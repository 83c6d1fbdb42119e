"""Nothing crosses where bytes wait in between: in TLS, in an event loop, behind a proxy, or behind a user's own code."""

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
from tests.adversarial.raw_server import Asked, Piece, json, listening, respond, serving
from xcaas_core.transport import _leftovers

EVIL = json("EVIL")
CALLS = [("get", id) for id in ("a", "bait", "b", "c", "d")]
OWN = [kind for kind in KINDS if kind.startswith("own")]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert("localhost")
    certificate.configure_cert(context)
    return context


def trusting(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def options(kind: str, library: str, authority: trustme.CA, **settings: Any) -> dict[str, Any]:
    """A client's options, or those of the user's own."""
    settings["verify"] = trusting(authority)
    return {"http_client": own_client(kind, library, **settings)} if kind.startswith("own") else settings


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("records", [1, 2])
def test_in_tls(records: int, kind: str, library: str, authority: trustme.CA) -> None:
    """A record of its own is not deciphered before somebody reads it."""

    def script(asked: Asked) -> list[Piece]:
        if asked.id != "bait":
            return [json(asked.id)]
        return [json("bait") + EVIL] if records == 1 else [(json("bait"), EVIL)]

    with serving(script, server_side(authority)) as server:
        found = outcomes(kind, library, server.url, CALLS, **options(kind, library, authority))
        assert found == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_good_tls_connections_are_kept(kind: str, library: str, authority: trustme.CA) -> None:
    with serving(lambda asked: [json(asked.id)], server_side(authority)) as server:
        found = outcomes(kind, library, server.url, CALLS, **options(kind, library, authority))
        assert found == ["a", "bait", "b", "c", "d"]
        assert server.connections == 1


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("size", [1 << 16, 2 << 16])
def test_in_what_an_event_loop_took_from_the_socket(size: int, library: str) -> None:
    """asyncio takes more at a time than the library asks for. A busy loop finds all of it at once."""
    bait = respond(b'{"id":"bait","pad":"' + bytes(size).replace(b"\0", b"x") + b'"}')
    body = bait.partition(b"\r\n\r\n")[2]
    bait = respond(body[: -(len(bait) - size) - 2] + b'"}')
    assert len(bait) == size

    def script(asked: Asked) -> list[Piece]:
        return [0.05, bait + EVIL] if asked.id == "bait" else [json(asked.id)]

    async def main() -> list[Any]:
        roomy = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)]
        module = import_module(library)
        own = module.AsyncClient(transport=module.AsyncHTTPTransport(socket_options=roomy))
        async with own, make("own asyncio", library, server.url, http_client=own) as client:
            found = [await client.shop.items.get("a")]
            async with anyio.create_task_group() as others:
                others.start_soon(busy)
                found += [await client.shop.items.get(id) for id in ("bait", "b", "c")]
            return [item["id"] for item in found]

    async def busy() -> None:
        await anyio.sleep(0.02)
        time.sleep(0.15)

    with serving(script) as server:
        assert run_async("asyncio", main) == ["a", "bait", "b", "c"]
        assert server.connections == 2


@contextmanager
def tunnelling() -> Generator[str]:
    """A proxy that makes tunnels, to this machine."""

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
def test_in_a_tunnel_through_a_proxy(kind: str, library: str, authority: trustme.CA) -> None:
    def script(asked: Asked) -> list[Piece]:
        return [json(asked.id) + EVIL] if asked.id == "bait" else [json(asked.id)]

    with serving(script, server_side(authority)) as server, tunnelling() as proxy:
        found = outcomes(kind, library, server.url, CALLS, **options(kind, library, authority, proxy=proxy))
        assert found == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_behind_a_proxy_that_forwards(kind: str, library: str) -> None:
    """The proxy answers itself: only its bytes count."""

    def script(asked: Asked) -> list[Piece]:
        assert asked.target.startswith("http://127.0.0.1:9/")
        return [json(asked.id) + EVIL] if asked.id == "bait" else [json(asked.id)]

    with serving(script) as proxy:
        given = {"http_client": own_client(kind, library, proxy=proxy.url)} if kind in OWN else {"proxy": proxy.url}
        assert outcomes(kind, library, "http://127.0.0.1:9", CALLS, **given) == ["a", "bait", "b", "c", "d"]
        assert proxy.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "asyncio", "trio"])
def test_with_a_proxy_in_the_environment(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with serving(lambda asked: [json(asked.id) + EVIL]) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["a", "bait", "b", "c", "d"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_between_the_requests_of_an_auth(kind: str, library: str) -> None:
    """The library itself reads the first of them, and sends the second."""

    def script(asked: Asked) -> list[Piece]:
        if "authorization" in asked.headers:
            return [json(asked.id)]
        challenge = json("no", 401, 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
        return [challenge + EVIL]

    with serving(script) as server:
        auth = import_module(library).DigestAuth("user", "password")
        given = {"http_client": own_client(kind, library, auth=auth)} if kind in OWN else {"auth": auth}
        assert outcomes(kind, library, server.url, CALLS, **given) == ["a", "bait", "b", "c", "d"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", OWN)
def test_after_a_hook_of_the_users_has_read_the_response(kind: str, library: str) -> None:
    async def areading(response: Any) -> None:
        await response.aread()

    def reading(response: Any) -> None:
        response.read()

    hooks = {"response": [reading if "blocking" in kind else areading]}
    with serving(lambda asked: [json(asked.id) + (EVIL if asked.id == "bait" else b"")]) as server:
        own = own_client(kind, library, event_hooks=hooks)
        assert outcomes(kind, library, server.url, CALLS, http_client=own) == ["a", "bait", "b", "c", "d"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_where_the_parser_cannot_be_found(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is used twice, and a warning says so, once."""
    monkeypatch.setattr(_leftovers, "_source", object.__repr__)
    monkeypatch.setattr(_leftovers, "_warned", False)
    with serving(lambda asked: [json(asked.id)]) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert outcomes(kind, library, server.url, CALLS) == ["a", "bait", "b", "c", "d"]
        assert server.connections == len(CALLS)
    told = [warning for warning in caught if "not used again" in str(warning.message)]
    assert len(told) == 1
