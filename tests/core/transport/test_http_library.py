"""The choice of the HTTP library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.support.origin import serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import ConfigurationError
from xcaas_core.transport._library import Connection

VARIABLE = "XCAAS_HTTP_LIBRARY"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        (None, "", "httpx2"),
        (None, " ", "httpx2"),
        (None, "httpx", "httpx"),
        (None, "httpx2", "httpx2"),
        ("httpx", "", "httpx"),
        ("httpx2", "httpx", "httpx2"),
    ],
)
def test_the_option_overrides_the_variable(
    option: str | None, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    assert Connection(library=option).library == expected


@pytest.mark.parametrize("make", [Shop, AsyncShop, Shop.from_env, AsyncShop.from_env])
def test_unknown_libraries_raise_configuration_error(
    make: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="http_library must be httpx or httpx2, not 'requests'"):
        make(http_library="requests")
    with pytest.raises(ConfigurationError, match="http_library must be text, not int"):
        make(http_library=3)
    monkeypatch.setenv(VARIABLE, "aiohttp")
    with pytest.raises(ConfigurationError, match="XCAAS_HTTP_LIBRARY must be httpx or httpx2, not 'aiohttp'"):
        make()


def test_a_missing_library_raises_and_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ConfigurationError, match=r"http_library is httpx2, which is not installed.*pip install httpx2"):
        Shop(http_library="httpx2")
    monkeypatch.setenv(VARIABLE, "httpx2")
    with pytest.raises(ConfigurationError, match="XCAAS_HTTP_LIBRARY is httpx2, which is not installed"):
        Shop()


def test_http_library_and_http_client_together_raise() -> None:
    with (
        import_module("httpx").Client() as http_client,
        pytest.raises(ConfigurationError, match="http_library cannot be given together with http_client"),
    ):
        Shop(http_client=http_client, http_library="httpx")


@pytest.mark.parametrize("make", [Shop, Shop.from_env])
def test_calls_use_the_chosen_library_only(make: Any, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"httpx": "httpx2", "httpx2": "httpx"}[library]

    def fail(*_: object) -> None:
        raise AssertionError(f"{other} was used")

    monkeypatch.setattr(import_module(other).HTTPTransport, "handle_request", fail)
    with serving() as origin, make(base_url=origin.url, http_library=library) as client:
        assert client.items.get("1") == {}
