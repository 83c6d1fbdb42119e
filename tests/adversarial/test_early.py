"""A server that speaks before it is asked: nothing is sent to it, and nothing that it said is a response."""

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
FIRST_WORDS = {
    "a response": EVIL,
    "one byte": b"H",
    "a greeting": b"SSH-2.0-OpenSSH_9.6\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n",
    "goodbye": b"",
}


@contextmanager
def speaking_first(words: bytes, heard: list[bytes], rest: Callable[[int], bytes]) -> Generator[str]:
    """The address of a server that says this on each new connection, unless `rest` has a response for it."""
    numbers = iter(range(100))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # of a reset: clients leave what was said unread
            if response := rest(next(numbers)):
                while connection.recv(1 << 16):
                    connection.sendall(response)
                return
            connection.sendall(words)
            if not words:
                connection.shutdown(socket.SHUT_WR)
            _has_spoken.set()
            heard.append(connection.recv(1 << 16))

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"


_has_spoken = threading.Event()


@pytest.fixture
def slow_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server come first, which otherwise it does nearly always."""
    look: Callable[[Any], bool] = vars(_early)["_has_early_data"]

    def slowly(network: Any) -> bool:
        assert _has_spoken.wait(10)
        _has_spoken.clear()
        return look(network)

    monkeypatch.setattr(_early, "_has_early_data", slowly)


@pytest.mark.usefixtures("slow_client")
@pytest.mark.parametrize("words", FIRST_WORDS.values(), ids=FIRST_WORDS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_sent(kind: str, library: str, words: bytes) -> None:
    heard: list[bytes] = []
    with speaking_first(words, heard, lambda number: b"") as url:
        assert outcomes(kind, library, url, CALLS) == ["ConnectError"] * 2
    assert not any(heard)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_is_made_again(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is not safe to repeat: the server has seen nothing of it."""
    first = [True]
    look: Callable[[Any], bool] = vars(_early)["_has_early_data"]

    def slowly(network: Any) -> bool:
        assert not first or (first.pop() and _has_spoken.wait(10))
        return look(network)

    monkeypatch.setattr(_early, "_has_early_data", slowly)
    with speaking_first(EVIL, [], lambda number: b"" if number == 0 else json("made")) as url:
        assert outcomes(kind, library, url, [("create", {})], retries=xcaas.RetryPolicy(1, first_wait=0)) == ["made"]
    _has_spoken.clear()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_in_tls(kind: str, library: str, authority: Any) -> None:
    """The response comes with the end of the handshake, in one packet."""
    heard: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert("localhost").configure_cert(context)

    def serve(connection: socket.socket) -> None:
        received, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(received, to_send, server_side=True)
        with connection, suppress(OSError):
            while True:
                received.write(connection.recv(1 << 16))
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(to_send.read())
            tls.write(EVIL)
            connection.sendall(to_send.read())
            received.write(connection.recv(1 << 16))
            heard.append(tls.read())

    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = {"http_client": own_client(kind, library, verify=trusting)} if "own" in kind else {"verify": trusting}
    with listening(serve) as port:
        assert outcomes(kind, library, f"https://localhost:{port}", [("get", "a")], **options) == ["ConnectError"]
    assert not any(heard)
