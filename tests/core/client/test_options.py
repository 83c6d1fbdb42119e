"""ClientOptions: the same in the constructor, `from_env` and `with_options`."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

from tests.support.shop import Shop
from xcaas_core import ConfigurationError
from xcaas_core.calls._options import RULES, ClientOptions

SHARED = {name for name, rule in RULES.items() if rule.shared}
# Defaults of options that a client converts.
CONVERTED_DEFAULTS: dict[str, object] = {"headers": {}, "query": {}, "variables": {}}


def test_constructor_from_env_and_with_options_take_the_same_options() -> None:
    parameters = inspect.signature(Shop).parameters
    options = {name: option for name, option in parameters.items() if option.kind is option.KEYWORD_ONLY}
    assert options.keys() == RULES.keys()
    assert dict(inspect.signature(Shop.from_env).parameters) == options
    changeable = inspect.signature(Shop.with_options).parameters
    assert changeable.keys() - {"self"} == options.keys() - SHARED
    documented = re.findall(r"^ {4}(\w+): ", inspect.getdoc(Shop.__init__) or "", re.MULTILINE)
    assert documented == list(options)
    assert all(f"`{name}`" in (Shop.with_options.__doc__ or "") for name in SHARED - {"credentials", "auth"})
    variables = {rule.variable for rule in RULES.values() if rule.variable is not None}
    assert all(f"`{variable}`" in (Shop.from_env.__doc__ or "") for variable in variables)


def test_signatures_have_the_defaults_of_client_options() -> None:
    parameters = inspect.signature(Shop).parameters
    for field in fields(ClientOptions):
        assert parameters[field.name].default == field.default, field.name


def test_omitted_options_have_their_defaults() -> None:
    with Shop() as client:
        for field in fields(ClientOptions):
            value = getattr(client.options, field.name)
            assert value == CONVERTED_DEFAULTS.get(field.name, field.default), field.name


def test_from_env_accepts_all_options() -> None:
    with Shop.from_env(headers={"x-a": "1"}, lenient=True, max_in_flight=3, variables={"stage": "test"}) as client:
        assert client.options.headers == {"x-a": "1"}
        assert (client.options.lenient, client.options.max_in_flight) == (True, 3)
        copy = client.with_options(variables={"stage": "prod"}, trusted_hosts=["files.example.com"])
        assert copy.options.setting("shop", "stage") == "prod"
        assert copy.options.trusted_hosts == ("files.example.com",)
        assert client.options.setting("shop", "stage") == "test"


@pytest.mark.parametrize("address", ["api.8x8.com", "", "ftp://api.8x8.com", "https://a..b", "https://u:p@host"])
def test_an_invalid_base_url_raises_at_once(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Shop(base_url=address)
    with Shop() as client, pytest.raises(ConfigurationError):
        client.with_options(base_url=address)
