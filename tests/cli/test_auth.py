"""Storing credentials in the profile file or keyring, and their status."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click import UsageError

from tests.cli.running import Command, not_installed
from xcaas_cli._auth import auth
from xcaas_cli._connection import connection_options
from xcaas_cli._profiles import store
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

SECRETS = ("demo-secret", "demo-tenant-token", "demo-password")
NOT_SET = {name: "" for name in environment("") if name != "XCAAS_BASE_URL"}


@pytest.fixture
def bare(sandbox: Sandbox, tmp_path: Path) -> Command:
    """Return the command without credentials, with an empty folder for the profile file."""
    return Command(sandbox.base_url, {**NOT_SET, "XDG_CONFIG_HOME": str(tmp_path)})


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is Linux's")
def test_stored_credentials_are_used(bare: Command, tmp_path: Path) -> None:
    outcome = bare.run("storage", "regions", "list")
    assert outcome.code == 2
    assert "Set XCAAS_CLIENT_ID and XCAAS_CLIENT_SECRET." in outcome.err
    assert "xcaas auth login" in outcome.err
    assert "xcaas auth login --profile one" in bare.run("storage", "regions", "list", "--profile", "one").err
    outcome = bare.run("auth", "login", stdin="eght_demo\ndemo-secret\n\n\n")
    file = tmp_path / "xcaas" / "credentials.toml"
    assert (outcome.code, outcome.out) == (0, "")
    assert str(file) in outcome.err
    assert "demo-secret" not in outcome.err
    assert file.stat().st_mode & 0o777 == 0o600
    assert "us-west" in bare.out("storage", "regions", "list")
    bare.run("auth", "login", "--profile", "two", stdin="eght_realtime\ndemo-secret\n\n\n")
    assert set(tomllib.loads(file.read_text("utf-8"))) == {"default", "two"}
    assert json.loads(bare.out("auth", "status", "--profile", "two"))["products"] == ["analytics realtime-api"]
    outcome = bare.run("auth", "status", "--profile", "three")
    assert outcome.code == 2
    assert "no profile [three]. It has default, two. To store it: xcaas auth login --profile three." in outcome.err


def test_status_shows_no_secrets(xcaas: Command) -> None:
    text = xcaas.out("auth", "status")
    status = json.loads(text)
    assert status["source"] == "environment"
    assert "storage" in status["products"]
    assert 0 < status["tokenRemainingSeconds"] <= status["tokenLifetimeSeconds"]
    assert not [secret for secret in SECRETS if secret in text]


def test_status_without_credentials(bare: Command) -> None:
    assert json.loads(bare.out("auth", "status")) == {"credentials": [], "source": "none"}


@pytest.mark.parametrize("stdin", ["", "\n\n", "eght_demo\n"])
def test_incomplete_credentials_are_not_stored(bare: Command, tmp_path: Path, stdin: str) -> None:
    assert bare.run("auth", "login", stdin=stdin).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_secrets_are_not_echoed(bare: Command) -> None:
    terminal, child_terminal = pty.openpty()
    output = b""
    with subprocess.Popen(
        [sys.executable, "-m", "xcaas_cli", "auth", "login"],
        env=bare.environment(),
        stdin=child_terminal,
        stdout=child_terminal,
        stderr=child_terminal,
        start_new_session=True,
    ) as process:
        os.close(child_terminal)
        for question, answer in (
            (b"products", b"eght_demo"),
            (b"secret", b"demo-secret"),
            (b"API key", b""),
            (b"Tenant", b""),
        ):
            while question not in output.rpartition(b"\n")[2]:
                output += os.read(terminal, 1024)
            os.write(terminal, answer + b"\n")
        try:
            while chunk := os.read(terminal, 1024):
                output += chunk
        except OSError:  # raised when the process has ended
            pass
        os.close(terminal)
    assert process.returncode == 0, output
    assert b"eght_demo" in output
    assert b"demo-secret" not in output


def test_store_keeps_the_rest_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    text = '# ours\n[default] # the first\nclient_id = "a" # old\nextra = 1\n\n[[default.api_keys]]\nkey = "k"\n\n[b]\nx = "é"\n'
    file.write_text(text, "utf-8")
    store(file, "default", {"client_id": 'n"\\e', "client_secret": "s"})
    new_text = file.read_text("utf-8")
    assert new_text.startswith("# ours\n[default] # the first\nextra = 1\n")
    assert tomllib.loads(new_text) == {
        "default": {"client_id": 'n"\\e', "client_secret": "s", "extra": 1, "api_keys": [{"key": "k"}]},
        "b": {"x": "é"},
    }


@pytest.mark.parametrize("text", ["[default", 'default.client_id = "a"\n', '[a]\nx = """\n[default]\n"""\n'])
def test_files_that_cannot_be_changed_safely_are_unchanged(tmp_path: Path, text: str) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match="cannot be changed safely"):
        store(file, "default", {"client_id": "n"})
    assert [path.name for path in tmp_path.iterdir()] == ["credentials.toml"]
    assert file.read_text("utf-8") == text


KEYRING = """
kept = {}
def get_password(service, user):
    return kept.get((service, user))
def set_password(service, user, password):
    if user == "locked":
        from .errors import KeyringError
        raise KeyringError("it stays locked")
    kept[service, user] = password
"""


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provide a package `keyring` that stores passwords in a dictionary."""
    package = tmp_path / "packages" / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(KEYRING, "utf-8")
    (package / "errors.py").write_text("class KeyringError(Exception): ...\n", "utf-8")
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("keyring")
@pytest.mark.skipif(sys.platform != "linux", reason="the folder is Linux's")
def test_login_with_keyring_moves_the_profile(bare: Command, tmp_path: Path) -> None:
    file = tmp_path / "xcaas" / "credentials.toml"
    bare.run("auth", "login", stdin="eght_demo\ndemo-secret\n\n\n")
    assert bare.run("auth", "login", "--keyring", stdin="\neght_demo_key\ndemo-tenant-token\n\n\n").code == 0
    assert tomllib.loads(file.read_text("utf-8")) == {"default": {"keyring": "xcaas"}}
    status = json.loads(bare.out("auth", "status"))
    assert status["credentials"] == ["ClientCredentials", "ApiKey"]
    assert status["source"] == "profile default in the keyring"
    assert bare.run("auth", "login", stdin="eght_demo\nanother\n\n\n").code == 0
    assert "another" not in file.read_text("utf-8")
    assert "invalid_client" in bare.run("storage", "regions", "list").err


@pytest.mark.usefixtures("keyring")
def test_locked_keyrings_are_errors(bare: Command, tmp_path: Path) -> None:
    outcome = bare.run("auth", "login", "--keyring", "--profile", "locked", stdin="eght_demo\ndemo-secret\n\n\n")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the keyring cannot be used: it stays locked" in outcome.err
    assert not (tmp_path / "xcaas").exists()
    assert "demo-secret" not in outcome.err


def test_keyring_requires_its_package(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xcaas_cli._keyring.find_spec", not_installed)
    outcome = bare.run("auth", "login", "--keyring", stdin="eght_demo\ndemo-secret\n\n\n")
    assert outcome.code == 2
    assert "pip install keyring" in outcome.err


def test_no_option_takes_a_secret() -> None:
    """Arguments of processes are visible to everybody on the machine, and stored in the shell's history."""
    names = {param.name or "" for param in [*auth.commands["login"].params, *connection_options()]}
    assert "profile" in names
    assert not [name for name in names if re.search("secret|token|password|key$", name)]
