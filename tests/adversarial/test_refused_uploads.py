"""A server that refuses a body while it is on its way, and closes the connection: the call has the server's reason."""

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
from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARYS_OWN, make, outcomes, own_client, run_async
from tests.adversarial.raw_server import json, listening, respond

pytestmark = [
    pytest.mark.filterwarnings(LIBRARYS_OWN),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# The library closes the connection of a user's own client on asyncio with all that it had not read.
READING = [kind for kind in KINDS if kind != "own asyncio"]
TOO_LARGE = respond(b'{"fault":{"text":"too large"}}', 413, "Connection: close")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def refusing(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        if head.startswith(b"GET"):
            connection.sendall(json("b"))
            connection.recv(1)
        connection.sendall(TOO_LARGE)
        # asyncio gives up a connection whose write fails before it has read what came: leave it the time to read.
        time.sleep(0.1)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", READING)
def test_the_reason(kind: str, library: str) -> None:
    with listening(refusing) as port:
        calls: Any = [("store", "a"), ("get", "b")]
        assert outcomes(kind, library, f"http://127.0.0.1:{port}", calls) == ["ResponseError", "b"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [kind for kind in READING if kind != "own trio"])
def test_the_reason_in_tls(kind: str, library: str, authority: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = {"http_client": own_client(kind, library, verify=trusting)} if "own" in kind else {"verify": trusting}

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            refusing(context.wrap_socket(connection, server_side=True))

    with listening(serve) as port:
        assert outcomes(kind, library, f"https://localhost:{port}", [("store", "a")], **options) == ["ResponseError"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "asyncio", "trio"])
def test_a_body_in_pieces(kind: str, library: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(500):
            yield bytes(1 << 16)

    async def main() -> None:
        async with make(kind, library, f"http://127.0.0.1:{port}") as client:
            with pytest.raises(xcaas.ResponseError, match="413"):
                await client.shop.items.store("a", pieces())

    with listening(refusing) as port:
        if kind != "blocking":
            run_async(kind, main)
            return
        with make(kind, library, f"http://127.0.0.1:{port}") as client, pytest.raises(xcaas.ResponseError, match="413"):
            client.items.store("a", pieces())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_a_response_that_does_not_wait_for_the_body(kind: str, library: str) -> None:
    """The body is taken all the same, and the connection stays in step."""

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
                left = (32 << 20) - len(body)
                while left > 0 and (piece := connection.recv(min(left, 1 << 20))):
                    left -= len(piece)

    calls: Any = [("store", "content"), ("get", "a"), ("get", "b")]
    with listening(serve) as port:
        assert outcomes(kind, library, f"http://127.0.0.1:{port}", calls) == [None, "a", "b"]
