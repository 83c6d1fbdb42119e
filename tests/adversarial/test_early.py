"""Servers that send data before the request: no request is sent, and the data is not read as a response."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import trustme

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, outcomes, own_client
from tests.adversarial.raw_server import json, listening
from xcaas_core.transport import _early

EVIL = json("EVIL")
CALLS = [("get", "a"), ("get", "b")]
EARLY_DATA = {
    "a response": EVIL,
    "one byte": b"H",
    "a greeting": b"SSH-2.0-OpenSSH_9.6\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n",
    "goodbye": b"",
}


@contextmanager
def early_server(early: bytes, received: list[bytes], respond_to: Callable[[int], bytes]) -> Generator[str]:
    """Run a server that sends data on each new connection unless `respond_to` returns a response. Yield its address."""
    numbers = iter(range(100))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # a reset, as clients leave the data unread
            if response := respond_to(next(numbers)):
                while connection.recv(1 << 16):
                    connection.sendall(response)
                return
            connection.sendall(early)
            if not early:
                connection.shutdown(socket.SHUT_WR)
            _has_sent.set()
            received.append(connection.recv(1 << 16))

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"


_has_sent = threading.Event()


@pytest.fixture
def slow_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that the server sends first, as it usually does."""
    has_early_data: Callable[[Any], bool] = vars(_early)["_has_early_data"]

    def wait_for_server(network: Any) -> bool:
        assert _has_sent.wait(10)
        _has_sent.clear()
        return has_early_data(network)

    monkeypatch.setattr(_early, "_has_early_data", wait_for_server)


@pytest.mark.usefixtures("slow_client")
@pytest.mark.parametrize("early", EARLY_DATA.values(), ids=EARLY_DATA)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_early_data_raises_and_nothing_is_sent(kind: str, library: str, early: bytes) -> None:
    received: list[bytes] = []
    with early_server(early, received, lambda number: b"") as url:
        assert outcomes(kind, library, url, CALLS) == ["ConnectError"] * 2
    assert not any(received)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_retried_after_early_data(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even an unsafe one, as the server has not seen it."""
    is_first = [True]
    has_early_data: Callable[[Any], bool] = vars(_early)["_has_early_data"]

    def wait_for_server(network: Any) -> bool:
        assert not is_first or (is_first.pop() and _has_sent.wait(10))
        return has_early_data(network)

    monkeypatch.setattr(_early, "_has_early_data", wait_for_server)
    with early_server(EVIL, [], lambda number: b"" if number == 0 else json("made")) as url:
        assert outcomes(kind, library, url, [("create", {})], retries=xcaas.RetryPolicy(1, first_wait=0)) == ["made"]
    _has_sent.clear()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_early_data_in_tls_raises_and_nothing_is_sent(kind: str, library: str, authority: Any) -> None:
    """The data comes in one packet with the end of the handshake."""
    received: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert("localhost").configure_cert(context)

    def serve(connection: socket.socket) -> None:
        incoming, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, to_send, server_side=True)
        with connection, suppress(OSError):
            while True:
                incoming.write(connection.recv(1 << 16))
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(to_send.read())
            tls.write(EVIL)
            connection.sendall(to_send.read())
            incoming.write(connection.recv(1 << 16))
            received.append(tls.read())

    client_context = ssl.create_default_context()
    authority.configure_trust(client_context)
    options = (
        {"http_client": own_client(kind, library, verify=client_context)}
        if "own" in kind
        else {"verify": client_context}
    )
    with listening(serve) as port:
        assert outcomes(kind, library, f"https://localhost:{port}", [("get", "a")], **options) == ["ConnectError"]
    assert not any(received)
