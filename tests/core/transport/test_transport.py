"""What HTTP libraries raise, as the SDK's errors; certificates, proxies, and JSON with and without orjson."""

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
from xcaas_core.sdk import Operation, empty_response
from xcaas_core.transport._deadlines import Deadline
from xcaas_core.transport._errors import converted
from xcaas_core.transport._library import Connection, is_http_auth, is_http_client
from xcaas_core.transport._pool import AsyncTransportPool, TransportPool


def failing(library: str, make: Callable[[Any], BaseException]) -> Shop:
    """A client whose HTTP library fails with what `make` makes of it."""
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
def test_each_error_of_a_library_has_one_of_ours(library: str, name: str, expected: type[XCaaSError]) -> None:
    client = failing(library, lambda module: getattr(module, name)("why it was"))
    with pytest.raises(expected) as caught:
        client.items.get("1")
    assert type(caught.value) is expected
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    if name in ("ConnectTimeout", "PoolTimeout"):
        assert not getattr(caught.value, "connected", True)


def test_a_method_goes_out_as_it_is_written(library: str) -> None:
    module = import_module(library)
    seen: list[str] = []

    def handler(request: Any) -> object:
        seen.append(request.method)
        return module.Response(204)

    purge: Operation[None] = Operation(
        PRODUCT, "purge", "purge-All", "/items", call="shop.items.purge", responses={"204": empty_response()}
    )
    client = Shop(http_client=module.Client(transport=module.MockTransport(handler)), retries=0)
    client.items._caller.call(purge, ())
    assert seen == ["purge-All"]


def test_a_refused_certificate_is_not_tried_again(library: str) -> None:
    def refuse(module: Any) -> BaseException:
        error: BaseException = module.ConnectError("certificate verify failed")
        cause = ssl.SSLCertVerificationError()
        cause.verify_message = "self-signed certificate"
        error.__cause__ = cause
        return error

    client = failing(library, refuse).with_options(retries=5)
    with pytest.raises(CertificateError, match=r"self-signed certificate.*CA bundle") as caught:
        client.items.get("1")
    assert len(caught.value.attempts) == 1


def test_errors_of_the_users_own_code_come_out_as_they_are(library: str) -> None:
    with pytest.raises(ZeroDivisionError):
        failing(library, lambda module: ZeroDivisionError()).items.get("1")
    assert converted(ValueError("x")) is None


def test_what_a_hook_does_wrong_with_a_body_is_its_own_error(library: str) -> None:
    assert converted(import_module(library).ResponseNotRead()) is None


def test_a_subclass_of_a_librarys_error_is_known_too(library: str) -> None:
    class Mine(import_module(library).ReadError):  # type: ignore[misc]
        pass

    assert isinstance(converted(Mine("x")), ConnectionLostError)


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
def test_what_is_raised_within_a_library_is_the_servers_fault(
    library: str, modules: list[str], expected: type[Exception]
) -> None:
    # As for a status of HTTP/2 that is no number.
    def fail(_: Any) -> BaseException:
        raise_in(*modules)
        raise AssertionError

    with pytest.raises(expected, match="invalid literal"):
        failing(library, fail).items.get("1")


def test_a_connection_of_http2_that_has_ended_is_no_argument_of_the_callers(library: str) -> None:
    def fail(module: Any) -> BaseException:
        error: BaseException = module.LocalProtocolError("Invalid input SEND_HEADERS in state CLOSED")
        error.__context__ = type("ProtocolError", (Exception,), {"__module__": "h2.exceptions"})()
        return error

    with pytest.raises(ConnectionLostError, match="in state CLOSED"):
        failing(library, fail).items.get("1")


def test_limits_are_cut_to_what_is_left() -> None:
    loose = Deadline(None, 10, 30)
    assert (loose.get("connect"), loose.get("read"), loose.backstop()) == (10, 30, None)
    loose.check()
    tight = Deadline(0.5, 10, None)
    connect, read = tight.get("connect"), tight.get("read")
    assert connect is not None
    assert read is not None
    assert 0 < connect <= 0.5
    assert 0 < read <= 0.5
    over = Deadline(-1, 10, 10)
    assert over.get("read") == 0.001
    assert over.backstop() == 0.1
    with pytest.raises(CallTimeoutError, match="not complete in time"):
        over.check()


def test_connections_are_made_as_asked(tmp_path: Any, library: str) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(import_module("certifi").contents())
    for verify in (False, str(bundle), str(tmp_path), ssl.create_default_context()):
        for direct in (True, False):
            connection = Connection(verify=verify, library=library, proxy="http://127.0.0.1:9")
            assert connection.direct
            connection.make(blocking=True, direct=direct).close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_plain_http_stays_on_this_machine(library: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    for exceptions in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(exceptions, raising=False)
    connection = Connection(library=library)
    assert not connection.direct
    module = import_module(library)
    with connection.make(blocking=True, direct=False) as client:
        plain, safe = (client._transport_for_url(module.URL(f"{scheme}://127.0.0.1")) for scheme in ("http", "https"))
        assert plain is client._transport
        assert safe is not client._transport


def test_whose_objects_are_known(library: str) -> None:
    module = import_module(library)
    assert is_http_auth(module.BasicAuth("a", "b"))
    assert not is_http_auth("text")
    with module.Client() as client:
        assert is_http_client(client, blocking=True)
        assert not is_http_client(client, blocking=False)
        assert not is_http_auth(client)


class Counted:
    """Stands in for an HTTP client."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.closed = False

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_lanes_use_the_last_one_first_and_close_those_left_over() -> None:
    time = [0.0]
    pool = TransportPool(Counted, separate=True, clock=lambda: time[0])
    first, second, third = pool.acquire(), pool.acquire(), pool.acquire()
    for lane in (first, second, third):
        pool.release(lane)
    assert pool.acquire() is third
    time[0] = 100.0
    pool.release(third)
    assert (first.closed, second.closed, third.closed) == (True, False, False)
    busy = pool.acquire()
    pool.close()
    assert second.closed
    pool.release(busy)
    assert busy.closed


def test_a_client_that_comes_back_while_the_pool_is_closed_is_closed() -> None:
    closing = False

    def clock() -> float:
        if closing:  # another thread, between the look and the return
            pool.close()
        return 0.0

    pool = TransportPool(Counted, separate=True, clock=clock)
    busy = pool.acquire()
    closing = True
    pool.release(busy)
    assert busy.closed


def test_one_client_for_all_is_never_closed_by_a_call() -> None:
    pool = TransportPool(Counted, separate=False)
    one = pool.acquire()
    pool.release(one)
    assert pool.acquire() is one
    assert not one.closed
    pool.close()
    assert one.closed


def test_async_lanes_likewise() -> None:
    import asyncio

    async def main() -> None:
        time = [0.0]
        pool = AsyncTransportPool(Counted, separate=True, clock=lambda: time[0])
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
        single = AsyncTransportPool(Counted, separate=False)
        one = single.acquire()
        await single.release(one)
        assert not one.closed
        await single.close()
        assert one.closed

    asyncio.run(main())


@pytest.mark.parametrize("content", [b'{"a": [1, 2.5, null, true, "\xc3\xbc"]}', b"1234567890123456789", b"NaN", b"[]"])
def test_json_reads_the_same_with_and_without_orjson(content: bytes) -> None:
    assert repr(loads(content)) == repr(standard_loads(content))


@pytest.mark.parametrize("value", [{"ä": [1, None]}, 12345678901234567890123, "x"])
def test_json_writes_the_same_with_and_without_orjson(value: object) -> None:
    assert dumps(value) == standard_dumps(value)


def test_what_json_cannot_hold() -> None:
    for write in (dumps, standard_dumps):
        with pytest.raises((TypeError, ValueError)):
            write({"a": object()})
