"""Errors of HTTP libraries, deadlines, proxies, pools, and JSON with and without orjson."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest

from tests.support.shop import PRODUCT, Shop
from xcaas_core import (
    ArgumentError,
    CallTimeoutError,
    CertificateError,
    ConnectError,
    ConnectionLostError,
    XCaaSError,
)
from xcaas_core._json import dumps, loads, standard_dumps, standard_loads
from xcaas_core.client._resources import Caller
from xcaas_core.sdk import Operation, empty_response
from xcaas_core.transport._deadlines import Deadline
from xcaas_core.transport._errors import convert
from xcaas_core.transport._library import Connection, is_http_auth, is_http_client
from xcaas_core.transport._pool import AsyncTransportPool, TransportPool


def client_raising(library: str, make: Callable[[Any], BaseException]) -> Shop:
    """Return a client whose HTTP library raises the error that `make` returns."""
    module = import_module(library)

    def handler(request: object) -> object:
        raise make(module)

    return Shop(http_client=module.Client(transport=module.MockTransport(handler)), retries=0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ConnectTimeout", CallTimeoutError),
        ("PoolTimeout", CallTimeoutError),
        ("ReadTimeout", CallTimeoutError),
        ("WriteTimeout", CallTimeoutError),
        ("ConnectError", ConnectError),
        ("ProxyError", ConnectError),
        ("ReadError", ConnectionLostError),
        ("WriteError", ConnectionLostError),
        ("CloseError", ConnectionLostError),
        ("RemoteProtocolError", ConnectionLostError),
        ("DecodingError", ConnectionLostError),
        ("LocalProtocolError", ArgumentError),
        ("UnsupportedProtocol", ArgumentError),
    ],
)
def test_errors_of_the_library_become_the_sdks(library: str, name: str, expected: type[XCaaSError]) -> None:
    client = client_raising(library, lambda module: getattr(module, name)("why it was"))
    with pytest.raises(expected) as caught:
        client.items.get("1")
    assert type(caught.value) is expected
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    if name in ("ConnectTimeout", "PoolTimeout"):
        assert not getattr(caught.value, "connected", True)


def test_the_case_of_methods_is_kept(library: str) -> None:
    module = import_module(library)
    seen: list[str] = []

    def handler(request: Any) -> object:
        seen.append(request.method)
        return module.Response(204)

    purge: Operation[None] = Operation(
        PRODUCT, "purge", "purge-All", "/items", call="shop.items.purge", responses={"204": empty_response()}
    )
    http_client = module.Client(transport=module.MockTransport(handler))
    Caller(Shop(http_client=http_client, retries=0).session).call(purge, ())
    assert seen == ["purge-All"]


def test_a_certificate_error_is_not_retried(library: str) -> None:
    def certificate_error(module: Any) -> BaseException:
        error: BaseException = module.ConnectError("certificate verify failed")
        cause = ssl.SSLCertVerificationError()
        cause.verify_message = "self-signed certificate"
        error.__cause__ = cause
        return error

    client = client_raising(library, certificate_error).with_options(retries=5)
    with pytest.raises(CertificateError, match=r"self-signed certificate.*CA bundle") as caught:
        client.items.get("1")
    assert len(caught.value.attempts) == 1


def test_errors_of_users_code_are_not_converted(library: str) -> None:
    with pytest.raises(ZeroDivisionError):
        client_raising(library, lambda module: ZeroDivisionError()).items.get("1")
    assert convert(ValueError("x")) is None


def test_errors_of_users_hooks_are_not_converted(library: str) -> None:
    assert convert(import_module(library).ResponseNotRead()) is None


def test_subclasses_of_library_errors_are_converted(library: str) -> None:
    class OwnReadError(import_module(library).ReadError):  # type: ignore[misc]
        pass

    assert isinstance(convert(OwnReadError("x")), ConnectionLostError)


def raise_in(*modules: str) -> None:
    """Raise ValueError in a function of the last module, called by those of the modules before it."""
    if not modules:
        raise ValueError("invalid literal for int()")
    FunctionType(raise_in.__code__, {**globals(), "__name__": modules[0]})(*modules[1:])


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (["httpx", "httpcore._sync.http2"], ConnectionLostError),
        (["httpcore._async.http2", "anyio._backends._asyncio"], ConnectionLostError),
        (["httpcore2", "h2.connection"], ConnectionLostError),
        (["httpcore", "app.hooks"], ValueError),
        (["httpcore", "app.bodies", "trio"], ValueError),
        (["httpx"], ValueError),
    ],
)
def test_other_errors_raised_within_the_library_become_connection_lost_errors(
    library: str, modules: list[str], expected: type[Exception]
) -> None:
    # For example, an HTTP/2 status that is not a number.
    def fail(_: Any) -> BaseException:
        raise_in(*modules)
        raise AssertionError

    with pytest.raises(expected, match="invalid literal"):
        client_raising(library, fail).items.get("1")


def test_an_ended_http2_connection_raises_connection_lost_error(library: str) -> None:
    def fail(module: Any) -> BaseException:
        error: BaseException = module.LocalProtocolError("Invalid input SEND_HEADERS in state CLOSED")
        error.__context__ = type("ProtocolError", (Exception,), {"__module__": "h2.exceptions"})()
        return error

    with pytest.raises(ConnectionLostError, match="in state CLOSED"):
        client_raising(library, fail).items.get("1")


def test_limits_do_not_exceed_the_remaining_time() -> None:
    unlimited = Deadline(None, 10, 30)
    assert (unlimited.get("connect"), unlimited.get("read"), unlimited.backstop()) == (10, 30, None)
    unlimited.check()
    limited = Deadline(0.5, 10, None)
    connect, read = limited.get("connect"), limited.get("read")
    assert connect is not None
    assert read is not None
    assert 0 < connect <= 0.5
    assert 0 < read <= 0.5
    expired = Deadline(-1, 10, 10)
    assert expired.get("read") == 0.001
    assert expired.backstop() == 0.1
    with pytest.raises(CallTimeoutError, match="not complete in time"):
        expired.check()


def test_clients_are_made_for_each_kind_of_verify(tmp_path: Any, library: str) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(import_module("certifi").contents())
    for verify in (False, str(bundle), str(tmp_path), ssl.create_default_context()):
        for direct in (True, False):
            connection = Connection(verify=verify, library=library, proxy="http://127.0.0.1:9")
            assert connection.direct
            connection.make(blocking=True, direct=direct).close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_plain_http_uses_no_proxy_from_the_environment(
    library: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    for exceptions in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(exceptions, raising=False)
    connection = Connection(library=library)
    assert not connection.direct
    module = import_module(library)
    with connection.make(blocking=True, direct=False) as client:
        http, https = (client._transport_for_url(module.URL(f"{scheme}://127.0.0.1")) for scheme in ("http", "https"))
        assert http is client._transport
        assert https is not client._transport


def test_clients_and_auth_objects_of_libraries_are_recognised(library: str) -> None:
    module = import_module(library)
    assert is_http_auth(module.BasicAuth("a", "b"))
    assert not is_http_auth("text")
    with module.Client() as client:
        assert is_http_client(client, blocking=True)
        assert not is_http_client(client, blocking=False)
        assert not is_http_auth(client)


class FakeHttpClient:
    """A fake HTTP client."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.closed = False

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_a_pool_reuses_the_last_client_and_closes_idle_ones() -> None:
    time = [0.0]
    pool = TransportPool(FakeHttpClient, separate=True, clock=lambda: time[0])
    first, second, third = pool.acquire(), pool.acquire(), pool.acquire()
    for client in (first, second, third):
        pool.release(client)
    assert pool.acquire() is third
    time[0] = 100.0
    pool.release(third)
    assert (first.closed, second.closed, third.closed) == (True, False, False)
    busy = pool.acquire()
    pool.close()
    assert second.closed
    pool.release(busy)
    assert busy.closed


def test_a_client_released_while_the_pool_closes_is_closed() -> None:
    closing = False

    def clock() -> float:
        if closing:  # as another thread would, during the release
            pool.close()
        return 0.0

    pool = TransportPool(FakeHttpClient, separate=True, clock=clock)
    busy = pool.acquire()
    closing = True
    pool.release(busy)
    assert busy.closed


def test_a_shared_client_is_not_closed_by_calls() -> None:
    pool = TransportPool(FakeHttpClient, separate=False)
    client = pool.acquire()
    pool.release(client)
    assert pool.acquire() is client
    assert not client.closed
    pool.close()
    assert client.closed


def test_an_async_pool_reuses_the_last_client_and_closes_idle_ones() -> None:
    import asyncio

    async def main() -> None:
        time = [0.0]
        pool = AsyncTransportPool(FakeHttpClient, separate=True, clock=lambda: time[0])
        first, second = pool.acquire(), pool.acquire()
        await pool.release(first)
        await pool.release(second)
        time[0] = 100.0
        assert pool.acquire() is second
        await pool.release(second)
        assert first.closed
        busy = pool.acquire()
        await pool.close()
        await pool.release(busy)
        assert busy.closed
        shared_pool = AsyncTransportPool(FakeHttpClient, separate=False)
        client = shared_pool.acquire()
        await shared_pool.release(client)
        assert not client.closed
        await shared_pool.close()
        assert client.closed

    asyncio.run(main())


@pytest.mark.parametrize("content", [b'{"a": [1, 2.5, null, true, "\xc3\xbc"]}', b"1234567890123456789", b"NaN", b"[]"])
def test_json_is_read_the_same_with_and_without_orjson(content: bytes) -> None:
    assert repr(loads(content)) == repr(standard_loads(content))


@pytest.mark.parametrize("value", [{"ä": [1, None]}, 12345678901234567890123, "x"])
def test_json_is_written_the_same_with_and_without_orjson(value: object) -> None:
    assert dumps(value) == standard_dumps(value)


def test_values_that_json_cannot_represent_raise() -> None:
    for write in (dumps, standard_dumps):
        with pytest.raises((TypeError, ValueError)):
            write({"a": object()})
