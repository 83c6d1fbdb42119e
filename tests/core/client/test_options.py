"""Options: the same ones on every way to a client."""

from __future__ import annotations

import inspect
import re

from tests.support.shop import Shop
from xcaas_core.client._setup import ClientOptions

SHARED = {"credentials", "auth", "rate_limits", "max_in_flight", "http_client", "verify", "proxy", "http_library"}


def test_every_way_to_a_client_takes_the_same_options() -> None:
    made = inspect.signature(Shop).parameters
    options = {name: option for name, option in made.items() if option.kind is option.KEYWORD_ONLY}
    assert list(options) == list(ClientOptions.__annotations__)
    assert dict(inspect.signature(Shop.from_env).parameters) == options
    changed = inspect.signature(Shop.with_options).parameters
    assert changed.keys() - {"self"} == options.keys() - SHARED
    told = re.findall(r"^ {12}(\w+): ", Shop.__init__.__doc__ or "", re.MULTILINE)
    assert told == list(options)
    assert all(f"`{name}`" in (Shop.with_options.__doc__ or "") for name in SHARED - {"credentials", "auth"})


def test_the_environment_leaves_room_for_all_options() -> None:
    with Shop.from_env(headers={"x-a": "1"}, lenient=True, max_in_flight=3, variables={"stage": "test"}) as client:
        assert client.options.headers == {"x-a": "1"}
        assert (client.options.lenient, client.options.max_in_flight) == (True, 3)
        copied = client.with_options(variables={"stage": "prod"}, trusted_hosts=["files.example.com"])
        assert copied.options.setting("shop", "stage") == "prod"
        assert copied.options.trusted_hosts == ("files.example.com",)
        assert client.options.setting("shop", "stage") == "test"
