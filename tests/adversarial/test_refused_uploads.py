"""Servers that reject a body while it is sent and close the connection: the call raises their error."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import trustme

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARY_WARNINGS, make, outcomes, own_client, run_async
from tests.adversarial.raw_server import json, listening, respond

pytestmark = [
    pytest.mark.filterwarnings(LIBRARY_WARNINGS),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# In users' asyncio clients, the library closes the connection without reading the response.
READING_KINDS = [kind for kind in KINDS if kind != "own asyncio"]
TOO_LARGE = respond(b'{"fault":{"text":"too large"}}', 413, "Connection: close")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def reject(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        if head.startswith(b"GET"):
            connection.sendall(json("b"))
            connection.recv(1)
        connection.sendall(TOO_LARGE)
        # After a failed write, asyncio closes the connection without reading: allow it to read first.
        time.sleep(0.1)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", READING_KINDS)
def test_a_rejected_upload_raises_the_servers_error(kind: str, library: str) -> None:
    with listening(reject) as port:
        calls: Any = [("store", "a"), ("get", "b")]
        assert outcomes(kind, library, f"http://127.0.0.1:{port}", calls) == ["ResponseError", "b"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [kind for kind in READING_KINDS if kind != "own trio"])
def test_a_rejected_upload_over_tls_raises_the_servers_error(kind: str, library: str, authority: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    client_context = ssl.create_default_context()
    authority.configure_trust(client_context)
    options = (
        {"http_client": own_client(kind, library, verify=client_context)}
        if "own" in kind
        else {"verify": client_context}
    )

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            reject(context.wrap_socket(connection, server_side=True))

    with listening(serve) as port:
        assert outcomes(kind, library, f"https://localhost:{port}", [("store", "a")], **options) == ["ResponseError"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "asyncio", "trio"])
def test_a_rejected_upload_in_pieces_raises_the_servers_error(kind: str, library: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(500):
            yield bytes(1 << 16)

    async def main() -> None:
        async with make(kind, library, f"http://127.0.0.1:{port}") as client:
            with pytest.raises(xcaas.ResponseError, match="413"):
                await client.shop.items.store("a", pieces())

    with listening(reject) as port:
        if kind != "blocking":
            run_async(kind, main)
            return
        with make(kind, library, f"http://127.0.0.1:{port}") as client, pytest.raises(xcaas.ResponseError, match="413"):
            client.items.store("a", pieces())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_an_early_success_does_not_stop_the_upload(kind: str, library: str) -> None:
    """The body is sent nevertheless, and the connection is reused."""

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while True:
                received = b""
                while b"\r\n\r\n" not in received:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    received += piece
                head, _, body = received.partition(b"\r\n\r\n")
                id = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
                if head.startswith(b"GET"):
                    connection.sendall(json(id))
                    continue
                connection.sendall(respond(status=204))
                remaining = (32 << 20) - len(body)
                while remaining > 0 and (piece := connection.recv(min(remaining, 1 << 20))):
                    remaining -= len(piece)

    calls: Any = [("store", "content"), ("get", "a"), ("get", "b")]
    with listening(serve) as port:
        assert outcomes(kind, library, f"http://127.0.0.1:{port}", calls) == [None, "a", "b"]
