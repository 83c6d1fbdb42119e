"""Credentials from the profile file."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest

from tests.support.credentials import World, request
from tests.support.simulation import Simulation, fake_context
from xcaas_core import ApiKey, BasicToken, ClientCredentials, SecretUnavailableError, credentials_from_profile
from xcaas_core.auth.credentials._from_profile import ProfileEntry, default_profile_path
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.operations._product import Product, Scheme

PROFILES = """
[default]
client_id = "id"
client_secret = "monday"
api_key = "key"
api_token = "token"
username = "me"
password = "pass"
tenant = "acme"

[[default.api_keys]]
key = "to-search"
products = ["contacts"]
role = "search"

[[default.api_keys]]
key = "with"
token = "token"

[[default.basic_tokens]]
tenant = "acme"
token = "act"
role = "action"
products = "post_call_survey"

[staging]
client_id = "id-2"
client_secret = "s-2"

[broken]
client_id = "id-3"

[odd]
client_id = 7
client_secret = "s"
api_keys = "not a list"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "credentials.toml"
    path.write_text(PROFILES)
    path.chmod(0o600)
    return path


def test_profile_yields_all_kinds_of_credentials(file: Path) -> None:
    credentials = credentials_from_profile(file=file)
    assert [repr(credential) for credential in credentials] == [
        "ClientCredentials(client_id='id', client_secret=default.client_secret)",
        "ApiKey(key=default.api_key, token=default.api_token)",
        "WorkAnalyticsLogin(username='me', api_key=default.api_key, password=default.password)",
        "BasicToken(tenant='acme', token=default.api_token)",
        "ApiKey(key=default.api_keys.0.key, products=['contacts'], role='search')",
        "ApiKey(key=default.api_keys.1.key, token=default.api_keys.1.token)",
        "BasicToken(tenant='acme', token=default.basic_tokens.0.token, products=['post_call_survey'], role='action')",
    ]
    assert isinstance(credentials[4], ApiKey)
    assert isinstance(credentials[6], BasicToken)


def test_profile_is_selected_by_name(file: Path) -> None:
    (credential,) = credentials_from_profile("staging", file=file)
    assert isinstance(credential, ClientCredentials)
    assert credential.client_id == "id-2"


def test_profile_edits_take_effect_without_a_restart(file: Path) -> None:
    credential = credentials_from_profile(file=file)[0]
    assert isinstance(credential, ClientCredentials)
    assert b"monday" not in pickle.dumps(credential)
    file.write_text(PROFILES.replace("monday", "tuesday"))
    world = World(credential=pickle.loads(pickle.dumps(credential)))
    world.token()
    assert world.endpoint.seen[0].headers["authorization"] == "Basic aWQ6dHVlc2RheQ=="


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_profile_readable_by_others_is_rejected(file: Path, mode: int) -> None:
    credential = credentials_from_profile(file=file)[0]
    file.chmod(mode)
    with pytest.raises(SecretUnavailableError, match="others can read it") as caught:
        credentials_from_profile(file=file)
    assert f"chmod 600 {file}" in str(caught.value)
    assert isinstance(credential, ClientCredentials)
    with pytest.raises(SecretUnavailableError, match="others can read it"):
        World(credential=credential).token()


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("nowhere", r"no profile \[nowhere\]"),
        ("broken", "no broken.client_secret"),
        ("odd", "odd.client_id is not text"),
    ],
)
def test_invalid_profiles_raise_and_name_the_key(file: Path, profile: str, message: str) -> None:
    with pytest.raises(SecretUnavailableError, match=message):
        credentials_from_profile(profile, file=file)


@pytest.mark.parametrize(
    ("content", "message"), [(b"[default", "not valid TOML"), (b"\xff", "not valid TOML"), (None, "No such file")]
)
def test_unreadable_profile_files_raise(file: Path, content: bytes | None, message: str) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(SecretUnavailableError, match=message):
        credentials_from_profile(file=file)


def test_api_keys_must_be_a_list_of_tables(file: Path) -> None:
    file.write_text(PROFILES.replace("client_id = 7\n", 'client_id = "7"\n'))
    with pytest.raises(SecretUnavailableError, match="api_keys is not a list of tables"):
        credentials_from_profile("odd", file=file)


def test_default_profile_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert default_profile_path() == tmp_path / "xcaas" / "credentials.toml"
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert default_profile_path() == tmp_path / "xcaas" / "credentials.toml"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert default_profile_path() == Path(os.path.expanduser("~")) / ".config" / "xcaas" / "credentials.toml"


def test_profile_entries_compare_by_file_and_path() -> None:
    entry, same = ProfileEntry(Path("a"), ("default", "key")), ProfileEntry(Path("a"), ("default", "key"))
    assert entry == same
    assert hash(entry) == hash(same)
    assert entry != ProfileEntry(Path("b"), ("default", "key"))


def test_removed_list_entry_raises_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text('[default]\n[[default.api_keys]]\nkey = "a"\n[[default.api_keys]]\nkey = "b"\n')
    file.chmod(0o600)
    second = credentials_from_profile(file=file)[1]
    assert isinstance(second, ApiKey)
    file.write_text('[default]\n[[default.api_keys]]\nkey = "a"\n')
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(second), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    with pytest.raises(SecretUnavailableError, match=r"default\.api_keys\.1\.key"):
        simulation.call(authorizer.authorize(request(), deadline=None))
