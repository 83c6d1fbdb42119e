"""Proxies and CA bundles from the environment are checked like options."""

from __future__ import annotations

import socket
from importlib import import_module
from typing import Any
from urllib.request import getproxies

import pytest

from tests.adversarial.raw_server import listening
from tests.support.origin import StubResponse, serving
from tests.support.shop import Shop
from xcaas_core import ConfigurationError, ConnectError
from xcaas_core.transport._library import Connection
from xcaas_core.transport._proxies import proxies_by_pattern


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "ALL_PROXY",
            "socks4://127.0.0.1:9",
            r"ALL_PROXY \(socks4://127.0.0.1:9\) is not an address. It looks like http",
        ),
        ("https_proxy", "http://host:port", r"https_proxy \(http://host:port\) is not an address"),
        ("HTTPS_PROXY", "ftp://me:hush@host", r"HTTPS_PROXY \(\*\*\*@host\) is not an address"),
        (
            "ALL_PROXY",
            "socks5://127.0.0.1:9",
            r"a SOCKS proxy \(ALL_PROXY \(socks5://127.0.0.1:9\)\) needs the package",
        ),
        ("SSL_CERT_FILE", "/nope/ca.pem", "the CA bundle '/nope/ca.pem' of SSL_CERT_FILE cannot be used: No such file"),
        ("SSL_CERT_DIR", "/nope", "the CA bundle '/nope' of SSL_CERT_DIR cannot be used: No such file"),
    ],
)
def test_invalid_variables_raise_and_are_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=f"^{message}"):
        Shop()
    # options override the environment
    Shop(proxy="http://127.0.0.1:9", verify=False).close()


@pytest.mark.parametrize("path", ["a\0b", "\ud800"])
def test_an_impossible_bundle_path_raises(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"the CA bundle .* of verify cannot be used"):
        Shop(verify=path)


@pytest.mark.parametrize(
    ("entry", "pattern"),
    [
        ("::1", "all://[::1]"),
        ("[::1]", "all://[::1]"),
        ("::1/128", "all://[::1]"),
        ("fd00::/8", "all://[fd00::]"),
        ("10.0.0.0/8", "all://10.0.0.0"),
        ("127.0.0.1", "all://127.0.0.1"),
        ("LOCALHOST", "all://localhost"),
        ("example.com", "all://*example.com"),
        (".example.com", "all://*.example.com"),
        ("*.example.com", "all://*.example.com"),
        ("http://inside", "http://inside"),
        ("host:port", "all://*host:port"),
    ],
)
def test_no_proxy_entries_become_patterns(
    monkeypatch: pytest.MonkeyPatch, library: str, entry: str, pattern: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", f" ,{entry}")
    assert proxies_by_pattern(getproxies()) == {"https://": "http://127.0.0.1:9", pattern: None, "http://": None}
    connection = Connection(library=library)
    assert not connection.direct
    connection.make(blocking=True, direct=False).close()


def test_a_star_in_no_proxy_disables_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.com,*")
    assert Connection().direct


def test_plain_http_uses_no_proxy(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    item = StubResponse(body=b'{"id":"1"}')
    options: dict[str, Any] = {"http_library": library}
    with serving(item) as origin, Shop(base_url=origin.url, **options) as client:
        assert client.items.get("1") == {"id": "1"}


@pytest.mark.parametrize(
    ("reply", "check"),
    [
        ("407 Proxy Authentication Required", "Check the user and password"),
        ("403 Forbidden", "may be used for this host"),
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_refusing_proxies_are_named_without_their_login(library: str, is_own: bool, reply: str, check: str) -> None:
    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(1 << 16)
            connection.sendall(f"HTTP/1.1 {reply}\r\nContent-Length: 0\r\n\r\n".encode())

    with listening(serve) as port:
        proxy = f"http://user:not-shown@127.0.0.1:{port}"
        module = import_module(library)
        options: dict[str, Any] = {"http_client": module.Client(proxy=proxy)} if is_own else {"proxy": proxy}
        name = "" if is_own else f" http://127.0.0.1:{port}"
        named = f"the proxy{name} made no connection: {reply}"
        with (
            Shop(base_url="https://api.example", retries=0, **options) as client,
            pytest.raises(ConnectError, match=named) as caught,
        ):
            client.items.get("1")
    assert check in str(caught.value)
    assert "not-shown" not in str(caught.value)
