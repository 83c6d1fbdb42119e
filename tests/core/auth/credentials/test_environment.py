"""Credentials from environment variables."""

from __future__ import annotations

import pickle

import pytest

from tests.support.credentials import World
from xcaas_core import BasicToken, ClientCredentials, credentials_from_env
from xcaas_core._errors import MissingCredentialsError

NAMES = ("CLIENT_ID", "CLIENT_SECRET", "API_KEY", "API_TOKEN", "USERNAME", "PASSWORD", "TENANT")


@pytest.fixture(autouse=True)
def no_credentials_in_env(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"XCAAS_{name}", raising=False)


def kinds_from_env(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    for name, value in values.items():
        monkeypatch.setenv(f"XCAAS_{name}", value)
    return [type(credential).__name__ for credential in credentials_from_env()]


def test_empty_environment_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kinds_from_env(monkeypatch) == []
    assert kinds_from_env(monkeypatch, CLIENT_ID=" ", API_KEY="") == []


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"CLIENT_ID": "i", "CLIENT_SECRET": "s"}, ["ClientCredentials"]),
        ({"API_KEY": "k"}, ["ApiKey"]),
        ({"API_KEY": "k", "USERNAME": "u", "PASSWORD": "p"}, ["ApiKey", "WorkAnalyticsLogin"]),
        ({"TENANT": "t", "API_TOKEN": "x"}, ["BasicToken"]),
        ({"TENANT": "t"}, []),
    ],
)
def test_variables_select_the_kinds_of_credentials(
    values: dict[str, str], kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kinds_from_env(monkeypatch, **values) == kinds


def test_api_key_and_token_are_references_to_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds_from_env(monkeypatch, API_KEY="k", API_TOKEN="t")
    key = credentials_from_env()[0]
    assert repr(key) == "ApiKey(key=EnvironmentVariable('XCAAS_API_KEY'), token=EnvironmentVariable('XCAAS_API_TOKEN'))"


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"CLIENT_ID": "i"}, "XCAAS_CLIENT_SECRET"),
        ({"CLIENT_SECRET": "s"}, "XCAAS_CLIENT_ID"),
        ({"USERNAME": "u", "PASSWORD": "p"}, "XCAAS_API_KEY"),
        ({"USERNAME": "u"}, "XCAAS_PASSWORD"),
    ],
)
def test_incomplete_pairs_raise_and_name_the_missing_variable(
    values: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingCredentialsError, match=f"but {missing} is not"):
        kinds_from_env(monkeypatch, **values)


def test_options_apply_to_each_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds_from_env(monkeypatch, TENANT="t", API_TOKEN="x")
    (token,) = credentials_from_env(role="data", products=["calls"])
    assert isinstance(token, BasicToken)
    assert (token.role, token.products) == ("data", frozenset({"calls"}))


def test_variables_are_read_when_needed_and_pickles_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds_from_env(monkeypatch, CLIENT_ID="id", CLIENT_SECRET="monday")
    (credential,) = credentials_from_env()
    data = pickle.dumps(credential)
    assert b"monday" not in data
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "tuesday")
    unpickled = pickle.loads(data)
    assert isinstance(unpickled, ClientCredentials)
    world = World(credential=unpickled)
    world.token()
    assert world.endpoint.requests == 1
