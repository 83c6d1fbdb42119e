"""Which HTTP library calls go through."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.core.origin import serving
from tests.core.shop import AsyncShop, Shop
from xcaas_core import ConfigurationError
from xcaas_core._http import Connection

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
def test_the_option_goes_before_the_variable(
    option: str | None, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    assert Connection(library=option).library == expected


@pytest.mark.parametrize("make", [Shop, AsyncShop, Shop.from_env, AsyncShop.from_env])
def test_what_is_no_library(make: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="http_library must be httpx or httpx2, not 'requests'"):
        make(http_library="requests")
    with pytest.raises(ConfigurationError, match="http_library must be text, not int"):
        make(http_library=3)
    monkeypatch.setenv(VARIABLE, "aiohttp")
    with pytest.raises(ConfigurationError, match="XCAAS_HTTP_LIBRARY must be httpx or httpx2, not 'aiohttp'"):
        make()


def test_one_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ConfigurationError, match=r"http_library is httpx2, which is not installed.*pip install httpx2"):
        Shop(http_library="httpx2")
    monkeypatch.setenv(VARIABLE, "httpx2")
    with pytest.raises(ConfigurationError, match="XCAAS_HTTP_LIBRARY is httpx2, which is not installed"):
        Shop()


def test_a_client_of_the_users_has_its_own() -> None:
    with (
        import_module("httpx").Client() as own,
        pytest.raises(ConfigurationError, match="http_library cannot be given together with http_client"),
    ):
        Shop(http_client=own, http_library="httpx")


@pytest.mark.parametrize("make", [Shop, Shop.from_env])
def test_calls_go_through_it(make: Any, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"httpx": "httpx2", "httpx2": "httpx"}[library]

    def never(*_: object) -> None:
        raise AssertionError(f"{other} was used")

    monkeypatch.setattr(import_module(other).HTTPTransport, "handle_request", never)
    with serving() as origin, make(base_url=origin.url, http_library=library) as client:
        assert client.items.get("1") == {}
