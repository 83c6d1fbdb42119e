"""ClientOptions: the same ones on every way to a client."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

from tests.support.shop import Shop
from xcaas_core import ConfigurationError
from xcaas_core.calls._options import RULES, ClientOptions

SHARED = {name for name, rule in RULES.items() if rule.shared}
# The options that a client keeps in another form than they are given in.
KEPT_OTHERWISE: dict[str, object] = {"headers": {}, "query": {}, "variables": {}}


def test_every_way_to_a_client_takes_the_same_options() -> None:
    made = inspect.signature(Shop).parameters
    options = {name: option for name, option in made.items() if option.kind is option.KEYWORD_ONLY}
    assert options.keys() == RULES.keys()
    assert dict(inspect.signature(Shop.from_env).parameters) == options
    changed = inspect.signature(Shop.with_options).parameters
    assert changed.keys() - {"self"} == options.keys() - SHARED
    told = re.findall(r"^ {4}(\w+): ", inspect.getdoc(Shop.__init__) or "", re.MULTILINE)
    assert told == list(options)
    assert all(f"`{name}`" in (Shop.with_options.__doc__ or "") for name in SHARED - {"credentials", "auth"})
    variables = {rule.variable for rule in RULES.values() if rule.variable is not None}
    assert all(f"`{variable}`" in (Shop.from_env.__doc__ or "") for variable in variables)


def test_signatures_state_the_defaults_of_the_table() -> None:
    made = inspect.signature(Shop).parameters
    for declared in fields(ClientOptions):
        assert made[declared.name].default == declared.default, declared.name


def test_options_that_are_not_given_are_their_defaults() -> None:
    with Shop() as client:
        for declared in fields(ClientOptions):
            kept = getattr(client.options, declared.name)
            assert kept == KEPT_OTHERWISE.get(declared.name, declared.default), declared.name


def test_the_environment_leaves_room_for_all_options() -> None:
    with Shop.from_env(headers={"x-a": "1"}, lenient=True, max_in_flight=3, variables={"stage": "test"}) as client:
        assert client.options.headers == {"x-a": "1"}
        assert (client.options.lenient, client.options.max_in_flight) == (True, 3)
        copied = client.with_options(variables={"stage": "prod"}, trusted_hosts=["files.example.com"])
        assert copied.options.setting("shop", "stage") == "prod"
        assert copied.options.trusted_hosts == ("files.example.com",)
        assert client.options.setting("shop", "stage") == "test"


@pytest.mark.parametrize("address", ["api.8x8.com", "", "ftp://api.8x8.com", "https://a..b", "https://u:p@host"])
def test_a_base_address_that_cannot_be_is_refused_at_once(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Shop(base_url=address)
    with Shop() as client, pytest.raises(ConfigurationError):
        client.with_options(base_url=address)
