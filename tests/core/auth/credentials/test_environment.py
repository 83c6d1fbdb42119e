"""Credentials from environment variables."""

from __future__ import annotations

import pickle

import pytest

from tests.support.credentials import World
from xcaas_core import BasicToken, ClientCredentials, credentials_from_env
from xcaas_core._errors import MissingCredentialsError

NAMES = ("CLIENT_ID", "CLIENT_SECRET", "API_KEY", "API_TOKEN", "USERNAME", "PASSWORD", "TENANT")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"XCAAS_{name}", raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    for name, value in values.items():
        monkeypatch.setenv(f"XCAAS_{name}", value)
    return [type(credential).__name__ for credential in credentials_from_env()]


def test_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch) == []
    assert given(monkeypatch, CLIENT_ID=" ", API_KEY="") == []


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
def test_kinds(values: dict[str, str], kinds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, **values) == kinds


def test_key_with_token(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, API_KEY="k", API_TOKEN="t")
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
def test_halves(values: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingCredentialsError, match=f"but {missing} is not"):
        given(monkeypatch, **values)


def test_options_go_to_each(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, TENANT="t", API_TOKEN="x")
    (token,) = credentials_from_env(role="data", products=["calls"])
    assert isinstance(token, BasicToken)
    assert (token.role, token.products) == ("data", frozenset({"calls"}))


def test_rotation_without_restart_and_pickles_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, CLIENT_ID="id", CLIENT_SECRET="monday")
    (credential,) = credentials_from_env()
    data = pickle.dumps(credential)
    assert b"monday" not in data
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "tuesday")
    arrived = pickle.loads(data)
    assert isinstance(arrived, ClientCredentials)
    world = World(credential=arrived)
    world.token()
    assert world.endpoint.requests == 1
