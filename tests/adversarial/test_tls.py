"""TLS that fails: in the handshake, by its certificate, in the middle, and without a goodbye.

Each is a typed error, and no POST goes twice. Python's `ssl` cannot begin a renegotiation (TLS 1.2) or a new
key (TLS 1.3); OpenSSL's `s_server` can, where it is installed.
"""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

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


def options(kind: str, library: str, authority: Any, flags: int = 0) -> dict[str, Any]:
    """Let a client of this kind trust the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options |= flags
    authority.configure_trust(context)
    if kind.startswith("own"):
        return {"http_client": own_client(kind, library, verify=context)}
    return {"verify": context}


def server_side(certificate: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def asked(kind: str, library: str, authority: trustme.CA, url: str, call: str = "get", flags: int = 0) -> Any:
    given = options(kind, library, authority, flags)
    (found,) = outcomes(kind, library, url, [(call, {} if call == "create" else "a")], timeout=5, **given)
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


RECORDS = {
    "that cannot be decrypted": b"\x17\x03\x03\x00\x20" + bytes(32),
    "of an unknown kind": b"\x63\x03\x03\x00\x04abcd",
    "that is too long": b"\x17\x03\x03\xff\xff" + bytes(100),
    "with an alert": b"\x15\x03\x03\x00\x02\x02\x50",  # internal_error
    "with a HelloRequest": b"\x16\x03\x03\x00\x04" + bytes(4),
    "without TLS": b"HTTP/1.1 400 No TLS here\r\n\r\n",
}


@pytest.mark.filterwarnings(LIBRARYS_OWN)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_records_in_the_middle_of_a_body(
    kind: str, library: str, version: ssl.TLSVersion, record: bytes, authority: trustme.CA
) -> None:
    context = server_side(authority.issue_cert("localhost"))
    context.maximum_version = version
    posts: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            posts.append(secure.recv(1 << 14))
            secure.sendall(BODIES["a length"])
            with socket.socket(fileno=socket.dup(secure.fileno())) as below, suppress(OSError):
                below.sendall(record)
                below.shutdown(socket.SHUT_WR)

    with listening(serve) as port:
        assert asked(kind, library, authority, f"https://localhost:{port}", "create") == "ConnectionLostError"
    assert len(posts) == 1


@contextmanager
def openssl(certificate: Path, version: str, command: bytes) -> Generator[str]:
    """The address of a server that carries out a command of `s_server` in the middle of its response."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    arguments = ["-accept", f"127.0.0.1:{port}", "-cert", str(certificate), version, "-naccept", "1"]
    with subprocess.Popen(
        ["openssl", "s_server", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        lines, told = server.stdout, server.stdin
        _until(lines, b"ACCEPT")
        responding = threading.Thread(target=_respond, args=(lines, told, command))
        responding.start()
        try:
            yield f"https://localhost:{port}"
        finally:
            server.kill()
            responding.join()


def _until(lines: IO[bytes], text: bytes) -> None:
    while (line := lines.readline()) and text not in line.lower() and text not in line:
        pass


def _respond(lines: IO[bytes], told: IO[bytes], command: bytes) -> None:
    _until(lines, b"user-agent")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
    with suppress(OSError):
        for part in (head + b'{"id":', command, b'"a"}\n'):
            told.write(part)
            time.sleep(0.07)  # it takes for a command what begins a read of its own
        lines.read()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's program is not installed")
@pytest.mark.filterwarnings(LIBRARYS_OWN)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize(
    ("version", "command", "flags", "expected"),
    [
        ("-tls1_2", b"r\n", 0, "a"),
        ("-tls1_2", b"R\n", 0, "a"),  # with a request for a certificate
        ("-tls1_2", b"r\n", ssl.OP_NO_RENEGOTIATION, "ConnectionLostError"),
        ("-tls1_3", b"K\n", 0, "a"),
        ("-tls1_3", b"c\n", 0, "a"),  # refused by the client's hello, so that it is not sent
    ],
    ids=["renegotiation", "renegotiation with a certificate", "renegotiation refused", "new key", "certificate"],
)
def test_handshakes_in_the_middle_of_a_body(
    kind: str,
    library: str,
    version: str,
    command: bytes,
    flags: int,
    expected: str,
    authority: trustme.CA,
    tmp_path: Path,
) -> None:
    certificate = tmp_path / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with openssl(certificate, version, command) as url:
        assert asked(kind, library, authority, url, flags=flags) == expected
