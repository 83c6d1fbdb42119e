"""TLS that fails: in the handshake, by its certificate, and without a goodbye. Each is a typed error, and no POST goes twice."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARYS_OWN, outcomes, own_client
from tests.adversarial.raw_server import listening, respond, serving

# Handshakes of users' own clients are their own.
OURS = KINDS[:3]
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def options(kind: str, library: str, authority: Any) -> dict[str, Any]:
    """Let a client of this kind trust the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    if kind.startswith("own"):
        return {"http_client": own_client(kind, library, verify=context)}
    return {"verify": context}


def server_side(certificate: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def asked(kind: str, library: str, authority: trustme.CA, url: str, call: str = "get") -> Any:
    (found,) = outcomes(
        kind, library, url, [(call, {} if call == "create" else "a")], timeout=5, **options(kind, library, authority)
    )
    return found


CERTIFICATES: dict[str, Callable[[trustme.CA], trustme.LeafCert]] = {
    "expired": lambda authority: authority.issue_cert(
        "localhost", not_before=PAST, not_after=PAST + dt.timedelta(days=30)
    ),
    "not yet valid": lambda authority: authority.issue_cert(
        "localhost", not_before=dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    ),
    "of another host": lambda authority: authority.issue_cert("elsewhere.example"),
    "of an unknown authority": lambda authority: trustme.CA().issue_cert("localhost"),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("issue", CERTIFICATES.values(), ids=CERTIFICATES)
def test_certificates_that_are_refused(kind: str, library: str, issue: Any, authority: trustme.CA) -> None:
    with serving(lambda asked: [respond(b"{}")], server_side(issue(authority))) as server:
        assert asked(kind, library, authority, server.url) == "CertificateError"
        assert server.asked == []


def abort(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def after_hello(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.close()


def reset_after_hello(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    abort(connection)


def garbage(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"HTTP/1.1 400 No TLS here\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def half_a_record(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"\x16\x03\x03\x40\x00" + bytes(100))
    connection.close()


def alert(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # handshake_failure
    connection.close()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("serve", [socket.socket.close, after_hello, reset_after_hello, garbage, half_a_record, alert])
def test_handshakes_that_fail(kind: str, library: str, serve: Any, authority: trustme.CA) -> None:
    connections: list[socket.socket] = []

    def noted(connection: socket.socket) -> None:
        connections.append(connection)
        serve(connection)

    with listening(noted) as port:
        assert asked(kind, library, authority, f"https://localhost:{port}", "create") == "ConnectError"


BODIES = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n" + b'{"id":"a"',
    "chunks": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "no head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "nothing": b"",
}


@pytest.mark.filterwarnings(LIBRARYS_OWN)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("close", [socket.socket.close, abort])
def test_connections_that_end_without_a_goodbye(
    kind: str, library: str, sent: bytes, close: Any, authority: trustme.CA
) -> None:
    context = server_side(authority.issue_cert("localhost"))
    posts: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        try:
            secure = context.wrap_socket(connection, server_side=True)
            posts.append(secure.recv(1 << 14))
            secure.sendall(sent)
            close(secure)  # without `unwrap`, which would send close_notify
        except OSError:
            connection.close()

    with listening(serve) as port:
        found = asked(kind, library, authority, f"https://localhost:{port}", "create")
    assert found == "ConnectionLostError"
    assert len(posts) == 1
