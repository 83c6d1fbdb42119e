"""TLS failures in the handshake, of the certificate, within a body, and connections without close_notify.

Each raises a typed error, and no POST is sent twice. Python's `ssl` cannot start a renegotiation (TLS 1.2) or a key
update (TLS 1.3); OpenSSL's `s_server` can, if installed.
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

from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARY_WARNINGS, outcomes, own_client
from tests.adversarial.raw_server import listening, respond, serving

# Users' own clients do their own handshakes.
SDK_KINDS = KINDS[:3]
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def client_options(kind: str, library: str, authority: Any, flags: int = 0) -> dict[str, Any]:
    """Return options for a client that trusts the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options |= flags
    authority.configure_trust(context)
    if kind.startswith("own"):
        return {"http_client": own_client(kind, library, verify=context)}
    return {"verify": context}


def server_context(certificate: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def outcome_of(kind: str, library: str, authority: trustme.CA, url: str, call: str = "get", flags: int = 0) -> Any:
    options = client_options(kind, library, authority, flags)
    (outcome,) = outcomes(kind, library, url, [(call, {} if call == "create" else "a")], timeout=5, **options)
    return outcome


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
@pytest.mark.parametrize("kind", SDK_KINDS)
@pytest.mark.parametrize("issue", CERTIFICATES.values(), ids=CERTIFICATES)
def test_invalid_certificates_raise_certificate_error(
    kind: str, library: str, issue: Any, authority: trustme.CA
) -> None:
    with serving(lambda request: [respond(b"{}")], server_context(issue(authority))) as server:
        assert outcome_of(kind, library, authority, server.url) == "CertificateError"
        assert server.requests == []


def abort(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close_after_hello(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.close()


def reset_after_hello(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    abort(connection)


def send_garbage(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"HTTP/1.1 400 No TLS here\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def send_half_a_record(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"\x16\x03\x03\x40\x00" + bytes(100))
    connection.close()


def send_alert(connection: socket.socket) -> None:
    connection.recv(1 << 14)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # handshake_failure
    connection.close()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", SDK_KINDS)
@pytest.mark.parametrize(
    "serve", [socket.socket.close, close_after_hello, reset_after_hello, send_garbage, send_half_a_record, send_alert]
)
def test_failed_handshakes_raise_connect_error(kind: str, library: str, serve: Any, authority: trustme.CA) -> None:
    connections: list[socket.socket] = []

    def record(connection: socket.socket) -> None:
        connections.append(connection)
        serve(connection)

    with listening(record) as port:
        assert outcome_of(kind, library, authority, f"https://localhost:{port}", "create") == "ConnectError"


BODIES = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n" + b'{"id":"a"',
    "chunks": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "no head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "nothing": b"",
}


@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("close", [socket.socket.close, abort])
def test_connections_closed_without_close_notify_raise(
    kind: str, library: str, sent: bytes, close: Any, authority: trustme.CA
) -> None:
    context = server_context(authority.issue_cert("localhost"))
    posts: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        try:
            secure = context.wrap_socket(connection, server_side=True)
            posts.append(secure.recv(1 << 14))
            secure.sendall(sent)
            close(secure)  # without `unwrap`, so no close_notify
        except OSError:
            connection.close()

    with listening(serve) as port:
        outcome = outcome_of(kind, library, authority, f"https://localhost:{port}", "create")
    assert outcome == "ConnectionLostError"
    assert len(posts) == 1


RECORDS = {
    "that cannot be decrypted": b"\x17\x03\x03\x00\x20" + bytes(32),
    "of an unknown kind": b"\x63\x03\x03\x00\x04abcd",
    "that is too long": b"\x17\x03\x03\xff\xff" + bytes(100),
    "with an alert": b"\x15\x03\x03\x00\x02\x02\x50",  # internal_error
    "with a HelloRequest": b"\x16\x03\x03\x00\x04" + bytes(4),
    "without TLS": b"HTTP/1.1 400 No TLS here\r\n\r\n",
}


@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_invalid_records_within_a_body_raise(
    kind: str, library: str, version: ssl.TLSVersion, record: bytes, authority: trustme.CA
) -> None:
    context = server_context(authority.issue_cert("localhost"))
    context.maximum_version = version
    posts: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            posts.append(secure.recv(1 << 14))
            secure.sendall(BODIES["a length"])
            with socket.socket(fileno=socket.dup(secure.fileno())) as raw, suppress(OSError):
                raw.sendall(record)
                raw.shutdown(socket.SHUT_WR)

    with listening(serve) as port:
        assert outcome_of(kind, library, authority, f"https://localhost:{port}", "create") == "ConnectionLostError"
    assert len(posts) == 1


@contextmanager
def openssl_server(certificate: Path, version: str, command: bytes) -> Generator[str]:
    """Yield the address of an `s_server` that executes a command within its response."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
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
        lines, commands = server.stdout, server.stdin
        _read_until(lines, b"ACCEPT")
        responding = threading.Thread(target=_respond, args=(lines, commands, command))
        responding.start()
        try:
            yield f"https://localhost:{port}"
        finally:
            server.kill()
            responding.join()


def _read_until(lines: IO[bytes], text: bytes) -> None:
    while (line := lines.readline()) and text not in line.lower() and text not in line:
        pass


def _respond(lines: IO[bytes], commands: IO[bytes], command: bytes) -> None:
    _read_until(lines, b"user-agent")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
    with suppress(OSError):
        for part in (head + b'{"id":', command, b'"a"}\n'):
            commands.write(part)
            time.sleep(0.07)  # commands must begin a read of their own
        lines.read()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's program is not installed")
@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", SDK_KINDS)
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
def test_renegotiation_and_key_updates_within_a_body(
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
    with openssl_server(certificate, version, command) as url:
        assert outcome_of(kind, library, authority, url, flags=flags) == expected
