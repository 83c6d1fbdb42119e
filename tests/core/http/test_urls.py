"""URLs: server templates, regions, base_url, plain HTTP and links in responses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core import ConfigurationError
from xcaas_core.http._urls import refuse_plain_http, resolve_link, same_origin, token_address
from xcaas_core.sdk import Server, Variable
from xcaas_core.serialization._servers import server_address

REGION = Variable("region", "us-west", ("us-west", "uk"), source="region")
PREFIX = Variable("region", "", ("", "/eu"), names={"us": "", "eu": "/eu"}, source="region")
SEGMENT = Server("https://api.8x8.com/storage/{region}/v3", (REGION,))
OPTIONAL = Server("https://api.8x8.com{region}/analytics", (PREFIX,))
CLUSTER = Server("https://vcc-{cluster}.8x8.com/api/v1", (Variable("cluster", source="cluster"),))


def address(server: Server, settings: Mapping[str, str] | None = None, base_url: str | None = None) -> str:
    return server_address(server, (settings or {}).get, base_url)


@pytest.mark.parametrize(
    ("server", "settings", "expected"),
    [
        (SEGMENT, {}, "https://api.8x8.com/storage/us-west/v3"),
        (SEGMENT, {"region": "uk"}, "https://api.8x8.com/storage/uk/v3"),
        (OPTIONAL, {}, "https://api.8x8.com/analytics"),
        (OPTIONAL, {"region": "us"}, "https://api.8x8.com/analytics"),
        (OPTIONAL, {"region": "eu"}, "https://api.8x8.com/eu/analytics"),
        (OPTIONAL, {"region": "/eu"}, "https://api.8x8.com/eu/analytics"),
        (CLUSTER, {"cluster": "na12"}, "https://vcc-na12.8x8.com/api/v1"),
        (Server("//api.8x8.com/chat/"), {}, "https://api.8x8.com/chat"),
    ],
)
def test_variables_are_filled_from_settings(server: Server, settings: Mapping[str, str], expected: str) -> None:
    assert address(server, settings) == expected


@pytest.mark.parametrize("host", ["x..example", ".example", ".", "x.example..", f"{'a' * 64}.example"])
def test_invalid_host_names_raise(host: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the name of a host"):
        address(SEGMENT, base_url=f"https://{host}")
    with pytest.raises(ConfigurationError, match="cannot be the name of a host"):
        resolve_link(f"https://{host}/2", "https://api.8x8.com/1", "https://api.8x8.com/1", None)


def test_setting_must_not_create_an_invalid_host() -> None:
    with pytest.raises(ConfigurationError, match=r"'vcc-na12\.\.8x8\.com' cannot be the name of a host"):
        address(CLUSTER, {"cluster": "na12."})


@pytest.mark.parametrize("host", ["x.example.", "a", f"{'a' * 63}.example", "[::ffff:10.0.0.1]", "münchen.example"])
def test_valid_host_names_are_accepted(host: str) -> None:
    assert address(SEGMENT, base_url=f"https://{host}") == f"https://{host}/storage/us-west/v3"


def test_unknown_region_raises_and_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"region 'mars' .* Choose one of us-west, uk"):
        address(SEGMENT, {"region": "mars"})
    with pytest.raises(ConfigurationError, match="Choose one of us, eu"):
        address(OPTIONAL, {"region": "uk"})


def test_empty_default_is_used() -> None:
    server = Server("https://{where}a.example/{base}", (Variable("where", ""), Variable("base", "")))
    assert address(server) == "https://a.example"
    assert address(server, {"where": "eu.", "base": "v2"}) == "https://eu.a.example/v2"


def test_missing_setting_raises_and_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"Pass cluster=… to the client"):
        address(CLUSTER)


@pytest.mark.parametrize("word", ["evil.example/", "a b", "x#", "a@b", "..", "na12/../x"])
def test_setting_cannot_change_the_host(word: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be part of an address"):
        address(CLUSTER, {"cluster": word})


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:8088", "http://127.0.0.1:8088/storage/us-west/v3"),
        ("http://localhost:8088/", "http://localhost:8088/storage/us-west/v3"),
        ("https://proxy.example/8x8", "https://proxy.example/8x8/storage/us-west/v3"),
        ("https://proxy.example/storage", "https://proxy.example/storage/us-west/v3"),
        ("http://[::1]:80", "http://[::1]:80/storage/us-west/v3"),
    ],
)
def test_base_url_replaces_the_origin_and_keeps_the_path(base_url: str, expected: str) -> None:
    assert address(SEGMENT, base_url=base_url) == expected


@pytest.mark.parametrize(
    "base_url", ["api.8x8.com", "ftp://x", "https://", "https://x?y=1", "https://x#y", "https://x:port", "", "http://["]
)
def test_invalid_base_url_raises(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="not an address of a server"):
        address(SEGMENT, base_url=base_url)


def test_credentials_in_base_url_raise() -> None:
    with pytest.raises(ConfigurationError, match="credentials=") as caught:
        address(SEGMENT, base_url="https://user:hunter2@api.8x8.com")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.8x8.com",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "http://evil.localhost",
        "http://localhost.",
        "http://127.evil.com",
        "http://127.0.0.1.evil.com",
        "http://127.0.0.256",
        "http://127.0.0.0.1",
        "http://127.999.1.1",
        "http://128.0.0.1",
        "http://[::2]",
        "http://[::ffff:127.0.0.1]",
        "http://[::1%25eth0]",
    ],
)
def test_plain_http_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="plain HTTP"):
        token_address(f"{url}/oauth/v2/token", None)
    with pytest.raises(ConfigurationError, match=r"plain HTTP.*insecure_hosts=\('"):
        refuse_plain_http(address(SEGMENT, base_url=url), ("other.example", "8x8.com"))


def test_plain_http_is_allowed_for_insecure_hosts() -> None:
    refuse_plain_http("http://api.internal:8080/x", ("api.internal",))
    with pytest.raises(
        ConfigurationError, match=r"Use https://, or allow this host: insecure_hosts=\('b.api.internal',\)"
    ):
        refuse_plain_http("http://b.api.internal/x", ("api.internal",))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "LOCALHOST", "127.8.9.1", "127.255.255.255", "[::1]", "[0:0:0:0:0:0:0:1]"]
)
def test_plain_http_is_allowed_to_this_machine(host: str) -> None:
    assert token_address(f"http://{host}:99/x", None) == f"http://{host}:99/x"
    refuse_plain_http(f"http://{host}:99/x", ())


def test_spec_without_a_server_needs_a_base_url() -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        address(Server("/v1"))
    assert address(Server("/v1"), base_url="https://api.example") == "https://api.example/v1"
    assert address(Server("/"), base_url="https://api.example") == "https://api.example"


HERE = "https://api.8x8.com/admin"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/admin/users?page=2", "https://api.8x8.com/admin/users?page=2"),
        ("https://api.8x8.com/admin/x", "https://api.8x8.com/admin/x"),
        ("http://api.8x8.com/admin/x?a=1#top", "https://api.8x8.com/admin/x?a=1"),
        ("https://other.example/x", "https://other.example/x"),
    ],
)
def test_links_are_resolved(link: str, expected: str) -> None:
    assert resolve_link(link, HERE, HERE, None) == expected


def test_link_to_the_specs_server_goes_to_base_url() -> None:
    local = "http://127.0.0.1:8088"
    assert resolve_link(f"{HERE}/x", f"{local}/admin", HERE, local) == f"{local}/admin/x"


@pytest.mark.parametrize("link", ["http://other.example/x", "ftp://api.8x8.com/x", "https://[x"])
def test_unusable_links_raise(link: str) -> None:
    with pytest.raises(ConfigurationError):
        resolve_link(link, HERE, HERE, None)


def test_same_origin_compares_scheme_host_and_port() -> None:
    assert same_origin("https://A.example/x", "https://a.example:443/y")
    assert not same_origin("https://a.example", "https://a.example:8443")
    assert not same_origin("https://a.example", "http://a.example")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_settings_never_leave_the_vendors_domain(word: str) -> None:
    try:
        result = address(CLUSTER, {"cluster": word})
    except ConfigurationError:
        return
    assert result.startswith("https://vcc-")
    assert result.endswith(".8x8.com/api/v1")
    assert "/" not in result.removeprefix("https://").removesuffix("/api/v1")
