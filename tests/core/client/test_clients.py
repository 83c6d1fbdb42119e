"""Clients: options, copies, closing, pickling, event loops, connections."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from importlib import import_module
from typing import Any

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import ConfigurationError, RetryPolicy, Timeout
from xcaas_core.calls._options import UNCHANGED, ClientOptions
from xcaas_core.calls._session import AsyncSession, Session
from xcaas_core.otel import OpenTelemetry
from xcaas_core.sdk import RateLimit
from xcaas_core.transport._async import AsyncHttpTransport
from xcaas_core.transport._library import Connection
from xcaas_core.transport._sync import HttpTransport

ITEM = StubResponse(body=b'{"id":"1"}')


# --- options -----------------------------------------------------------------


def test_with_options_does_not_change_the_client() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, headers={"X-A": "1"}) as client:
        other = client.with_options(timeout=5, retries=0, headers={"X-B": "2"}, region="eu", tenant="acme")
        other.items.get("1")
        client.items.get("1")
    changed, plain = origin.seen
    assert (changed.headers["x-a"], changed.headers["x-b"], changed.headers["x-tenant"]) == ("1", "2", "acme")
    assert changed.path.startswith("/eu/")
    assert plain.headers["x-a"] == "1"
    assert "x-b" not in plain.headers
    assert "x-tenant" not in plain.headers
    assert not plain.path.startswith("/eu/")
    assert other.options.timeout.total == 5
    assert other.options.retries.retries == 0
    assert client.options.timeout.total == 60
    assert type(other) is Shop


def test_with_options_shares_connections_and_limits() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        other = client.with_options(timeout=5)
        client.items.get("1")
        other.items.get("1")
        other.close()
        client.items.get("1")
        assert other.session.engine.shared is client.session.engine.shared
        assert other.session.engine.auth_context is client.session.engine.auth_context
        elsewhere = client.with_options(base_url="http://127.0.0.1:9")
        assert elsewhere.session.engine.auth_context is not client.session.engine.auth_context
    assert origin.connections == 1


def test_a_region_may_be_given_per_product() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, region={"shop": "eu"}) as client:
        client.items.get("1")
    assert origin.seen[0].path.startswith("/eu/")


def test_settings_are_looked_up_by_name() -> None:
    options = ClientOptions(cluster="na12", region="uk")
    assert options.setting("shop", "cluster") == "na12"
    assert options.setting("shop", "region") == "uk"
    assert options.setting("shop", "tenant") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, (5, 5, 5)),
        (120, (120, 10, 120)),
        (None, (None, None, None)),
        (Timeout(9, connect=1, read=2), (9, 1, 2)),
    ],
)
def test_timeouts_are_converted_from_numbers(value: Any, expected: tuple[float | None, ...]) -> None:
    timeout = Timeout.of(value)
    assert (timeout.total, timeout.connect, timeout.read) == expected


@pytest.mark.parametrize("value", [0, -1, float("nan"), "5"])
def test_invalid_timeouts_raise_configuration_error(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        Shop(timeout=value)


@pytest.mark.parametrize("value", [3, "a\r\nb: c", "ü", None])
def test_invalid_header_values_raise_without_being_shown(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"header X-Key cannot be sent\. Its value must be text in ASCII"):
        Shop(headers={"X-Key": value})


class AsyncHook:
    async def before(self, event: object) -> None: ...

    async def after(self, event: object) -> None: ...

    async def reserve(self, key: str) -> None: ...


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": 5}, "region must be one word, or a mapping from product to word, not int"),
        ({"region": {"shop": 5}}, "region must be .*, not dict of int and str"),
        ({"region": b"eu"}, "region must be .*, not bytes"),
        ({"tenant": 5}, "tenant must be text, not int"),
        ({"cluster": 5}, "cluster must be text, not int"),
        ({"variables": "x"}, "variables must be a mapping from name to text, not str"),
        ({"variables": {"a": 5}}, "variables must be a mapping from name to text, not dict of int and str"),
        ({"base_url": 5}, "base_url must be text, not int"),
        ({"timeout": "10"}, "timeout must be a positive number of seconds, a Timeout, or None for no limit, not str"),
        ({"timeout": (1, 2)}, "timeout must be .*, not tuple of int"),
        ({"timeout": True}, "timeout must be .*, not bool"),
        ({"timeout": 0}, "timeout must be .*, not 0"),
        ({"retries": "3"}, "retries must be a whole number from 0, or a RetryPolicy, not str"),
        ({"retries": 1.5}, "retries must be .*, not float"),
        ({"retries": -1}, "retries must be .*, not -1"),
        ({"retries": True}, "retries must be .*, not True"),
        ({"headers": [("a", "b")]}, "headers must be a mapping from name to text, not list of tuple"),
        ({"headers": {5: "x"}}, "5 is not the name of a header. It holds letters"),
        ({"headers": {"a b": "x"}}, "'a b' is not the name of a header"),
        ({"headers": {"": "x"}}, "'' is not the name of a header"),
        ({"hooks": print}, r"hooks must be a list of objects with the methods before and after \(def.*, not builtin"),
        ({"hooks": [OpenTelemetry]}, "hooks must be .*, not list of type"),
        ({"hooks": [print]}, "hooks must be .*, not list of builtin.*Pass a list"),
        ({"hooks": [AsyncHook()]}, r"hooks must be .* \(def, not async def\), not list of AsyncHook"),
        (
            {"rate_limit_store": AsyncHook()},
            r"rate_limit_store must be a store with the method reserve \(def, not asyn",
        ),
        ({"rate_limits": 5}, "rate_limits must be True, False, or a mapping from product to a list of RateLimit"),
        ({"rate_limits": None}, "rate_limits must be .*, not NoneType"),
        ({"rate_limits": {"shop": RateLimit(1, 1)}}, r"rate_limits\['shop'\] must be a list of RateLimit, not RateLim"),
        ({"rate_limits": {"shop": [5]}}, r"rate_limits\['shop'\] must be a list of RateLimit, not list of int"),
        ({"max_in_flight": 0}, "max_in_flight must let at least one call through"),
        ({"max_in_flight": "5"}, "max_in_flight must be a whole number, not str"),
        ({"trusted_hosts": "a.example"}, "trusted_hosts must be a list of hosts, not str. Pass a list"),
        ({"trusted_hosts": [5]}, "trusted_hosts must be a list of hosts, not list of int"),
        ({"credentials": "a", "auth": "b"}, "both credentials and auth were given. They mean the same"),
        ({"proxy": 5}, "proxy must be text, not int"),
        ({"proxy": "localhost"}, "proxy is not an address. It looks like http://host:port"),
        ({"proxy": "ftp://me:hush@host"}, "^proxy is not an address. It looks like http://host:port.$"),
        ({"proxy": "http://"}, "proxy is not an address"),
        ({"proxy": "http://me:hush@host:port"}, "^proxy is not an address. It looks like http://host:port.$"),
        ({"proxy": "socks5://me:hush@host:1080"}, "^a SOCKS proxy needs the package socksio. Run"),
        ({"verify": None}, "verify must be True, False, .*, not NoneType"),
        ({"verify": "/nowhere/ca.pem"}, "the CA bundle '/nowhere/ca.pem' of verify cannot be used: No such file"),
        ({"http_client": 5}, "http_client must be an httpx.Client or httpx2.Client, not int"),
        ({"http_client": import_module("httpx").Client}, "http_client must be .*, not type"),
    ],
)
def test_invalid_options_raise_and_name_the_expected_type(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}"):
        Shop(**options)


def test_unknown_products_in_options_raise_with_a_suggestion() -> None:
    with pytest.raises(ConfigurationError, match=r"region names shopp, .* Did you mean 'shop'?"):
        Shop(region={"shopp": "eu"})
    with pytest.raises(ConfigurationError, match=r"rate_limits names library, .* Choose from "):
        Shop(rate_limits={"library": []})


def test_with_options_raises_for_invalid_options() -> None:
    invalid: Any = [("a", "b")]
    with Shop() as client:
        with pytest.raises(
            ConfigurationError, match=r"^headers must be a mapping from name to text, not list of tuple"
        ):
            client.with_options(headers=invalid)
        with pytest.raises(ConfigurationError, match=r"^region must be"):
            client.with_options(region=invalid)
        with pytest.raises(ConfigurationError, match=r"^timeout must be"):
            client.with_options(timeout=invalid)


def test_invalid_limits_of_a_timeout_are_named() -> None:
    invalid: Any = "1"
    for name in ("total", "connect", "read"):
        with pytest.raises(ConfigurationError, match=f"^{name} of a Timeout must be a positive number .*, not str"):
            Timeout(**{name: invalid})


def test_http_clients_of_the_wrong_kind_raise_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"must be an httpx\.Client or httpx2\.Client, not AsyncClient"):
        Shop(http_client=import_module("httpx").AsyncClient())
    with pytest.raises(ConfigurationError, match=r"must be an httpx\.AsyncClient or httpx2\.AsyncClient, not Client"):
        AsyncShop(http_client=import_module("httpx").Client())
    with pytest.raises(ConfigurationError, match="your own HTTP client"):
        Shop(http_client=import_module("httpx").Client(), verify=False)


def test_secrets_in_headers_are_masked_in_repr() -> None:
    with Shop(headers={"Authorization": "Bearer hunter2", "X-Api-Key": "hunter2", "X-Team": "blue"}) as client:
        changed = client.with_options(headers={"Cookie": "sid=hunter2"})
        for shop in (client, changed):
            assert "hunter2" not in f"{shop.options.headers!r} {shop.options.headers}"
            assert shop.options.headers["authorization"] == "Bearer hunter2"
        assert repr(client.options.headers) == "{'authorization': '***', 'x-api-key': '***', 'x-team': 'blue'}"


def test_reprs_show_the_main_options() -> None:
    with Shop(region="eu", base_url="https://x.example", credentials="s3cret") as client:
        assert repr(client) == "Shop(region='eu', base_url='https://x.example')"
        assert repr(client.shop) == "<ShopProduct>"
        assert repr(client.items) == "<Items>"
        assert client.shop.items is client.shop.items
    assert repr(Timeout(5)) == "Timeout(5, connect=10.0, read=30.0)"
    assert repr(RetryPolicy(3)).startswith("RetryPolicy(3")
    assert repr(UNCHANGED) == "UNCHANGED"
    assert not UNCHANGED
    assert pickle.loads(pickle.dumps(UNCHANGED)) is copy.deepcopy(UNCHANGED) is UNCHANGED


def test_from_env_reads_the_environment_and_arguments_override_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCAAS_REGION", "shop=eu")
    monkeypatch.setenv("XCAAS_TENANT", "acme")
    monkeypatch.setenv("XCAAS_BASE_URL", "https://from.example")
    monkeypatch.setenv("XCAAS_CLUSTER", "na12")
    client = Shop.from_env()
    assert client.options.region == {"shop": "eu"}
    assert client.options.settings == {"tenant": "acme", "cluster": "na12"}
    assert client.options.base_url == "https://from.example"
    overridden = AsyncShop.from_env(region="us", tenant="other", base_url="https://given.example", timeout=3)
    assert (overridden.options.region, overridden.options.base_url) == ("us", "https://given.example")
    assert overridden.options.settings["tenant"] == "other"
    assert overridden.options.timeout.total == 3


# --- closing -----------------------------------------------------------------


def test_calls_of_a_closed_client_raise() -> None:
    with serving(ITEM) as origin:
        client = Shop(base_url=origin.url)
        client.items.get("1")
        client.close()
        client.close()
        with pytest.raises(ConfigurationError, match="the client was closed"):
            client.items.get("1")


def test_calls_of_a_closed_async_client_raise() -> None:
    async def main() -> None:
        client = AsyncShop(base_url="http://127.0.0.1:9")
        await client.aclose()
        with pytest.raises(ConfigurationError, match="the client was closed"):
            await client.items.get("1")

    asyncio.run(main())


def test_a_client_may_be_closed_in_a_loop_without_calls() -> None:
    """Each loop closes its own connections; in both, the client counts as closed."""
    with serving(ITEM) as origin:
        client = AsyncShop(base_url=origin.url)
        caller, other = asyncio.new_event_loop(), asyncio.new_event_loop()
        assert caller.run_until_complete(client.items.get("1")) == {"id": "1"}
        for loop in (other, other, caller):
            loop.run_until_complete(client.aclose())
        for loop in (other, caller):
            with pytest.raises(ConfigurationError, match="the client was closed"):
                loop.run_until_complete(client.items.get("1"))
            loop.close()


def test_a_users_http_client_is_not_closed(library: str) -> None:
    http_client = import_module(library).Client()
    with Shop(http_client=http_client):
        pass
    assert not http_client.is_closed
    http_client.close()

    async def main() -> None:
        async_http_client = import_module(library).AsyncClient()
        async with AsyncShop(http_client=async_http_client):
            pass
        assert not async_http_client.is_closed
        await async_http_client.aclose()

    asyncio.run(main())


# --- other processes and loops -------------------------------------------------


def test_clients_are_pickled_and_copied_with_their_options() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, region="eu", retries=5) as client:
        for restored in (pickle.loads(pickle.dumps(client)), copy.deepcopy(client), copy.copy(client)):
            with restored:
                assert restored.items.get("1") == {"id": "1"}
                assert restored.options.retries.retries == 5
    assert len(origin.seen) == 3


def test_a_client_with_a_users_http_client_cannot_be_pickled(library: str) -> None:
    with pytest.raises(TypeError, match="http_client"):
        pickle.dumps(Shop(http_client=import_module(library).Client()))


def test_an_async_client_works_in_several_loops_in_turn() -> None:
    with serving(ITEM) as origin:
        client = AsyncShop(base_url=origin.url)

        async def main() -> None:
            assert await client.items.get("1") == {"id": "1"}
            await client.session.io.close()  # leave no open connection in this loop

        asyncio.run(main())

        async def call_in_new_loop() -> None:
            async with AsyncShop(base_url=origin.url) as other:
                await other.items.get("1")

        asyncio.run(call_in_new_loop())

    with serving(ITEM) as origin, Shop(base_url=origin.url):
        shared = AsyncShop(base_url=origin.url)
        loops = [asyncio.new_event_loop() for _ in range(2)]
        for _ in range(2):
            for loop in loops:
                assert loop.run_until_complete(shared.items.get("1")) == {"id": "1"}
        assert origin.connections == 2
        for loop in loops:
            loop.run_until_complete(shared.aclose())
            loop.close()


# --- connections ---------------------------------------------------------------


def session_of(origin_url: str, library: str) -> tuple[Session, HttpTransport]:
    engine = Shop(base_url=origin_url).session.engine
    transport = HttpTransport(connection=Connection(library=library))
    return Session(engine, transport), transport


def test_connections_are_reused(library: str) -> None:
    from tests.support.shop import GET

    with serving(ITEM) as origin:
        session, transport = session_of(origin.url, library)
        for number in range(5):
            assert session.call(GET, (str(number),)) == {"id": "1"}
        assert origin.connections == 1
        transport.close()


def test_concurrent_calls_use_a_connection_each(library: str) -> None:
    from tests.support.shop import GET

    with serving(*[StubResponse(together=30)] * 30, ITEM) as origin:
        session, transport = session_of(origin.url, library)
        threads = [threading.Thread(target=session.call, args=(GET, (str(n),))) for n in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert origin.connections == 30
        assert origin.busiest == 30
        for number in range(5):
            session.call(GET, (str(number),))
        assert origin.connections == 30
        transport.close()


def test_concurrent_async_calls_use_a_connection_each(library: str) -> None:
    from tests.support.shop import GET

    with serving(StubResponse(together=30)) as origin:

        async def main() -> None:
            engine = AsyncShop(base_url=origin.url).session.engine
            transport = AsyncHttpTransport(connection=Connection(library=library))
            session = AsyncSession(engine, transport)
            for _ in range(3):
                await asyncio.gather(*(session.call(GET, (str(n),)) for n in range(30)))
            assert origin.connections == 30
            await transport.close()

        asyncio.run(main())
