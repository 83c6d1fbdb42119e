"""Settings per product are checked against the products that there are."""

from __future__ import annotations

import pytest

from xcaas import AsyncXCaaS, ConfigurationError, RateLimit, XCaaS


@pytest.mark.parametrize("client", [XCaaS, AsyncXCaaS])
def test_a_region_for_no_product_is_refused(client: type[XCaaS] | type[AsyncXCaaS]) -> None:
    with pytest.raises(ConfigurationError, match=r"region names storge.*storage"):
        client(region={"storge": "uk"})


def test_limits_for_no_product_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"rate_limits names contcts"):
        XCaaS(rate_limits={"contcts": [RateLimit(1, 1)]})


def test_known_products_are_fine() -> None:
    with XCaaS(region={"storage": "uk", "cc_realtime": "eu"}) as client:
        assert client.with_options(timeout=5).options.region == {"storage": "uk", "cc_realtime": "eu"}
