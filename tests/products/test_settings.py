"""Settings per product are checked against the existing products."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xcaas import AsyncXCaaS, ConfigurationError, RateLimit, XCaaS


@pytest.mark.parametrize("client", [XCaaS, AsyncXCaaS])
def test_region_of_an_unknown_product_is_refused(client: type[XCaaS] | type[AsyncXCaaS]) -> None:
    with pytest.raises(ConfigurationError, match=r"region names storge.*storage"):
        client(region={"storge": "uk"})


def test_limits_of_an_unknown_product_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"rate_limits names contcts"):
        XCaaS(rate_limits={"contcts": [RateLimit(1, 1)]})


def test_settings_of_known_products_are_accepted() -> None:
    with XCaaS(region={"storage": "uk", "cc_realtime": "eu"}) as client:
        assert client.with_options(timeout=5).options.region == {"storage": "uk", "cc_realtime": "eu"}


@pytest.mark.parametrize("client", [XCaaS, AsyncXCaaS])
@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("mars", r"no product has the region 'mars'\. There are .*ap, ca, uk, .* \(quality_management, storage\)"),
        ({"storage": "uk", "journey": "mars"}, r"journey has no region 'mars'\. Choose one of eu, us\."),
        ({"administration": "us"}, r"administration has no regions, but 'us' is given for it"),
    ],
)
def test_unknown_region_is_refused_at_once(
    client: type[XCaaS] | type[AsyncXCaaS],
    region: str | dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        client(region=region, base_url="http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match=message):
        client().with_options(region=region)
    words = region if isinstance(region, str) else ",".join(f"{name}={word}" for name, word in region.items())
    monkeypatch.setenv("XCAAS_REGION", words)
    with pytest.raises(ConfigurationError, match=message):
        client.from_env()


def test_known_regions_are_those_of_the_products() -> None:
    for name, words in XCaaS._regions:  # pyright: ignore[reportPrivateUsage]
        for word in words:
            with XCaaS(region={name: word}) as client:
                assert client.options.setting(name, "region") == word


def test_region_is_checked_without_loading_products() -> None:
    code = "import sys, xcaas; xcaas.XCaaS(region='uk'); print([m for m in sys.modules if m.startswith('xcaas.s')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
