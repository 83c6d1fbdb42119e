"""Invalid credentials, such as the value of a variable that is not set."""

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

INVALID_VALUES: list[Any] = [None, "", " ", 7]
OAUTH = partial(ClientCredentials, "id", "s")
KEY = partial(ApiKey, "k")


@pytest.mark.parametrize("value", INVALID_VALUES)
def test_invalid_arguments_are_named_in_errors(value: Any) -> None:
    factories: dict[str, Callable[[], object]] = {
        "client_id": lambda: ClientCredentials(value, "secret"),
        "client_secret": lambda: ClientCredentials("id", value),
        "key": lambda: ApiKey(value),
        "tenant": lambda: BasicToken(value, "token"),
        "username": lambda: WorkAnalyticsLogin("key", value, "password"),
    }
    for name, factory in factories.items():
        with pytest.raises(ConfigurationError, match=f"^{name} "):
            factory()


@pytest.mark.parametrize(
    ("kind", "options", "message"),
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
def test_arguments_of_the_wrong_type_raise(kind: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}"):
        kind(**options)


def test_trailing_line_breaks_are_stripped() -> None:
    assert ClientCredentials("id\n", "secret").client_id == "id"
    assert BasicToken("acme\r\n", "token").tenant == "acme"
    assert WorkAnalyticsLogin("key", "ada\n", "password").username == "ada"


def test_unknown_options_raise() -> None:
    options: Any = {"product": "sample"}
    with pytest.raises(TypeError, match=r"ApiKey\(\) got an unexpected keyword argument 'product'"):
        ApiKey("k", **options)


@pytest.mark.parametrize(
    ("value", "message"),
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
def test_invalid_credentials_raise_when_a_client_is_created(argument: str, value: object, message: str) -> None:
    options: Any = {argument: value}
    with pytest.raises(ConfigurationError, match=message) as caught:
        Client(**options)
    assert "hunter2" not in str(caught.value)


def test_pair_returned_by_a_provider_raises() -> None:
    with Client(credentials=lambda: ("id", "hunter2")) as client, pytest.raises(ConfigurationError, match="a pair"):  # type: ignore[arg-type, return-value]
        client.sample.get()


def test_positional_credentials_raise() -> None:
    client: Any = Client
    with pytest.raises(TypeError, match=r"credentials are given as Client\(credentials=…\)"):
        client(ClientCredentials("id", "secret"))


def test_credentials_for_other_products_are_accepted() -> None:
    for credentials in (
        ApiKey("k", products=["sample", "pets"]),
        iter([ApiKey("k")]),
        {ApiKey("k")},
        lambda: ApiKey("k"),
    ):
        Client(credentials=credentials).close()


def test_non_finite_numbers_raise_when_encoded() -> None:
    from xcaas_core._json import dumps

    for value in (float("nan"), [None, float("inf")], {"a": {"b": float("-inf")}}):
        with pytest.raises(ValueError, match=r"JSON"):
            dumps(value)
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
