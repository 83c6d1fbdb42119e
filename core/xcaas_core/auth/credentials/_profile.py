"""Credentials from a profile file that only its owner can read.

# ~/.config/xcaas/credentials.toml
[default]
client_id = "eght_…"
client_secret = "…"
api_key = "eght_…"            # with api_token, username and password as in the environment
tenant = "acme"

[[default.api_keys]]          # further keys, each for certain products or one role
key = "eght_…"
products = ["contacts"]
role = "management"

[[default.basic_tokens]]
tenant = "acme"
token = "…"
role = "action"
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Unpack, cast

from ..._secrets import Secret
from ..tokens._errors import SecretUnavailableError
from ._base import Credential, Options
from ._kinds import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin
from ._sources import Source

__all__ = ["ProfileEntry", "credentials_from_profile", "default_profile_path"]


def default_profile_path() -> Path:
    """Where the profile file is looked for: `credentials.toml` in the user's configuration folder for xcaas.

    On Linux that is `$XDG_CONFIG_HOME/xcaas`, mostly `~/.config/xcaas`; elsewhere what platformdirs says
    (extra `profiles`), or the same as on Linux without it.
    """
    try:
        from platformdirs import user_config_path
    except ImportError:
        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return Path(base).expanduser() / "xcaas" / "credentials.toml"
    return user_config_path("xcaas", appauthor=False) / "credentials.toml"


class ProfileEntry:
    """A secret in a profile file, read when it is needed. `path` of keys and list positions leads to it."""

    blocks = True
    fixed = False

    def __init__(self, file: Path, *path: str | int) -> None:
        self._file = file
        self._path = path

    def get(self) -> Secret:
        value: object = _load(self._file)
        for step in self._path:
            value = _step(value, step)
        if isinstance(value, str) and value:
            return Secret(value)
        raise SecretUnavailableError(f"{self._file} has no {self} (or it is not text)")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProfileEntry) and (self._file, self._path) == (other._file, other._path)

    def __hash__(self) -> int:
        return hash((self._file, self._path))

    def __repr__(self) -> str:
        return ".".join(str(step) for step in self._path)


def credentials_from_profile(
    profile: str = "default", *, file: str | os.PathLike[str] | None = None, **options: Unpack[Options]
) -> list[Credential]:
    """All credentials of one profile. Secrets are read when they are needed, so edits take effect
    without a restart, and pickled clients carry the file's name only.

    Raises:
        SecretUnavailableError: the file is missing, unreadable, not TOML, readable by others, or has no
            such profile.
    """
    path = default_profile_path() if file is None else Path(file)
    section = _step(_load(path), profile)
    if not isinstance(section, dict):
        raise SecretUnavailableError(f"{path} has no profile [{profile}]")
    return _Section(path, profile, cast("Mapping[str, object]", section)).credentials(options)


class _Section:
    def __init__(self, file: Path, profile: str, values: Mapping[str, object]) -> None:
        self._file = file
        self._profile = profile
        self._values = values

    def credentials(self, options: Options) -> list[Credential]:
        found: list[Credential] = []
        if "client_id" in self._values:
            found.append(ClientCredentials(self._text("client_id"), self._secret("client_secret"), **options))
        token = self._secret("api_token") if "api_token" in self._values else None
        if "api_key" in self._values:
            found.append(ApiKey(self._secret("api_key"), token, **options))
        if "username" in self._values:
            key, password = self._secret("api_key"), self._secret("password")
            found.append(WorkAnalyticsLogin(key, self._text("username"), password, **options))
        if "tenant" in self._values and token is not None:
            found.append(BasicToken(self._text("tenant"), token, **options))
        for index, entry in enumerate(self._tables("api_keys")):
            second = self._secret("api_keys", index, "token") if "token" in entry else None
            found.append(ApiKey(self._secret("api_keys", index, "key"), second, **_narrowed(options, entry)))
        for index, entry in enumerate(self._tables("basic_tokens")):
            secret = self._secret("basic_tokens", index, "token")
            found.append(BasicToken(str(entry.get("tenant", "")), secret, **_narrowed(options, entry)))
        return found

    def _secret(self, *path: str | int) -> Source:
        """A reference to a secret, looked at once so that a missing one is told now."""
        entry = ProfileEntry(self._file, self._profile, *path)
        entry.get()
        return entry

    def _text(self, key: str) -> str:
        value = self._values[key]
        if not isinstance(value, str):
            raise SecretUnavailableError(f"{self._file}: {self._profile}.{key} is not text")
        return value

    def _tables(self, key: str) -> list[Mapping[str, object]]:
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise SecretUnavailableError(f"{self._file}: {self._profile}.{key} is not a list of tables ([[…]])")
        return cast("list[Mapping[str, object]]", value)


def _narrowed(options: Options, entry: Mapping[str, object]) -> Options:
    narrowed = options.copy()
    products, role = entry.get("products"), entry.get("role")
    if isinstance(products, str):
        narrowed["products"] = products
    if isinstance(products, list):
        narrowed["products"] = [str(name) for name in cast("list[object]", products)]
    if isinstance(role, str):
        narrowed["role"] = role
    return narrowed


def _step(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).get(step)
    if isinstance(value, list) and isinstance(step, int):
        items = cast("list[object]", value)
        return items[step] if step < len(items) else None
    return None


def _load(path: Path) -> dict[str, object]:
    trouble: str | None = None
    try:
        with path.open("rb") as file:
            _refuse_if_shared(path, os.fstat(file.fileno()))
            return tomllib.load(file)
    except OSError as error:
        trouble = error.strerror or type(error).__name__
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        trouble = "not valid TOML"
    raise SecretUnavailableError(f"the profile file {path} could not be read: {trouble}")


def _refuse_if_shared(path: Path, facts: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):  # Windows: the profile folder belongs to the user
        return
    if facts.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(facts.st_mode) & 0o077:
        raise SecretUnavailableError(
            f"the profile file {path} is refused: others can read it, or it belongs to somebody else",
            advice=f"Run: chmod 600 {path}",
        )
