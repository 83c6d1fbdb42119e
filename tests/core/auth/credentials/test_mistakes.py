"""Credentials made from nothing: a variable that was not set, a setting that was not read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from traceback import TracebackException
from typing import Any

import pytest

from tests.support.sample_client import Client
from xcaas_core import (
    ApiKey,
    BasicToken,
    ClientCredentials,
    ConfigurationError,
    EnvironmentVariable,
    WorkAnalyticsLogin,
)

NOTHING: list[Any] = [None, "", " ", 7]
OAUTH = partial(ClientCredentials, "id", "s")
KEY = partial(ApiKey, "k")


@pytest.mark.parametrize("value", NOTHING)
def test_each_part_is_asked_for_by_name(value: Any) -> None:
    makers: dict[str, Callable[[], object]] = {
        "client_id": lambda: ClientCredentials(value, "secret"),
        "client_secret": lambda: ClientCredentials("id", value),
        "key": lambda: ApiKey(value),
        "tenant": lambda: BasicToken(value, "token"),
        "username": lambda: WorkAnalyticsLogin("key", value, "password"),
    }
    for part, make in makers.items():
        with pytest.raises(ConfigurationError, match=f"^{part} "):
            make()


@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        (
            ClientCredentials,
            {"client_id": None, "client_secret": "s"},
            "client_id must be text, not NoneType. Is the variable or setting",
        ),
        (OAUTH, {"token_url": 5}, "token_url must be text, not int"),
        (OAUTH, {"scopes": 5}, "scopes must be text, not int"),
        (OAUTH, {"scopes": ["a", 5]}, "scopes must be text, not list of int and str"),
        (OAUTH, {"client_auth": "post"}, "client_auth must be 'basic' or 'body'"),
        (OAUTH, {"parameters": "x"}, "parameters must be a mapping .*, not str"),
        (OAUTH, {"parameters": {"a": 5}}, "parameters must be .*, not dict of int and str"),
        (KEY, {"products": 5}, "products must be names of products, not int"),
        (KEY, {"products": [5]}, "products must be names of products, not list of int"),
        (KEY, {"role": 5}, "role must be text, not int"),
        (KEY, {"policy": 5}, "policy must be a TokenPolicy, not int"),
        (KEY, {"cache": "/tmp/x"}, "cache must be a token cache, such as .*, not str"),
        (KEY, {"on_event": 5}, "on_event must be a function, not int"),
    ],
)
def test_arguments_of_credentials_that_cannot_be(kind: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{told}"):
        kind(**options)


def test_the_line_end_of_a_file_is_no_part_of_a_name() -> None:
    assert ClientCredentials("id\n", "secret").client_id == "id"
    assert BasicToken("acme\r\n", "token").tenant == "acme"
    assert WorkAnalyticsLogin("key", "ada\n", "password").username == "ada"


def test_an_option_that_credentials_do_not_have_is_not_lost_quietly() -> None:
    wrong: Any = {"product": "sample"}
    with pytest.raises(TypeError, match=r"ApiKey\(\) got an unexpected keyword argument 'product'"):
        ApiKey("k", **wrong)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"client_id": "i", "client_secret": "hunter2"}, r"Pass ClientCredentials\(client_id=…, client_secret=…\)"),
        ({"tenant": "i", "token": "hunter2"}, r"Pass BasicToken\(tenant=…, token=…\)"),
        ({"api_key": "hunter2", "username": "u", "password": "hunter2"}, r"Pass WorkAnalyticsLogin\(api_key=…, user"),
        (["hunter2", "id", "x"], "a list of credentials cannot hold str"),
        (["hunter2", "id"], r"cannot be a pair of strings, which .*Give ClientCredentials"),
        (("id", "hunter2"), r"cannot be a pair of strings, which .*Give ClientCredentials"),
        (ClientCredentials, "credentials cannot be the class ClientCredentials itself"),
        (b"hunter2", "credentials cannot be bytes"),
        (5, "credentials cannot be int"),
        (EnvironmentVariable("HUNTER"), "credentials cannot be EnvironmentVariable"),
        (ApiKey("k", products="sampl"), "for the product 'sampl', which .* Did you mean 'sample'?"),
        ([ApiKey("k", products=["sample", "Sample"])], "the product 'Sample', which this client does not have"),
        ({"key": ApiKey("k", products="samples")}, "the product 'samples', which this client does not have"),
    ],
)
@pytest.mark.parametrize("argument", ["credentials", "auth"])
def test_what_a_client_cannot_take_is_refused_when_it_is_made(argument: str, given: object, told: str) -> None:
    options: Any = {argument: given}
    with pytest.raises(ConfigurationError, match=told) as caught:
        Client(**options)
    assert "hunter2" not in str(caught.value)


def test_a_pair_that_a_function_gives_is_refused_too() -> None:
    with Client(credentials=lambda: ("id", "hunter2")) as client, pytest.raises(ConfigurationError, match="a pair"):  # type: ignore[arg-type, return-value]
        client.sample.get()


def test_credentials_are_given_by_name() -> None:
    client: Any = Client
    with pytest.raises(TypeError, match=r"credentials are given as Client\(credentials=…\)"):
        client(ClientCredentials("id", "secret"))


def test_credentials_may_be_for_products_of_other_clients_too() -> None:
    for given in (ApiKey("k", products=["sample", "pets"]), iter([ApiKey("k")]), {ApiKey("k")}, lambda: ApiKey("k")):
        Client(credentials=given).close()


def test_numbers_that_json_cannot_hold_are_refused() -> None:
    from xcaas_core._json import dumps

    for odd in (float("nan"), [None, float("inf")], {"a": {"b": float("-inf")}}):
        with pytest.raises(ValueError, match=r"JSON"):
            dumps(odd)
    assert dumps({"a": None}) == b'{"a":null}'


@pytest.mark.parametrize(
    "make", [partial(ClientCredentials, "id"), ApiKey, partial(BasicToken, "t"), partial(WorkAnalyticsLogin, "k", "u")]
)
def test_a_traceback_with_locals_can_show_credentials_that_could_not_be_made(make: Callable[[Any], object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make("")
    assert "is empty" in "".join(TracebackException.from_exception(caught.value, capture_locals=True).format())


def test_a_traceback_with_locals_can_show_a_client_that_could_not_be_made() -> None:
    wrong: Any = "soon"
    with pytest.raises(ConfigurationError) as caught:
        Client(timeout=wrong)
    shown = "".join(TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "self = Client()" in shown
