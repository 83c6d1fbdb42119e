"""Credentials from a profile file that only its owner can read.

Example:
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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from ..._checks import check_path, is_list, is_object
from ..._secrets import Secret
from ..tokens._errors import SecretUnavailableError
from ._base import Credential, Options
from ._kinds import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin
from ._sources import Source

__all__ = ["ProfileEntry", "credentials_from_profile", "default_profile_path"]


def default_profile_path() -> Path:
    """Return the default path of the profile file: `credentials.toml` in the user's configuration folder for xcaas.

    On Linux that is `$XDG_CONFIG_HOME/xcaas`, mostly `~/.config/xcaas`; elsewhere what platformdirs says
    (extra `profiles`), or the same as on Linux without it.
    """
    try:
        from platformdirs import user_config_path
    except ImportError:
        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return Path(base).expanduser() / "xcaas" / "credentials.toml"
    return user_config_path("xcaas", appauthor=False) / "credentials.toml"


@dataclass(frozen=True)
class ProfileEntry:
    """A secret in a profile file, read when needed. `path` holds the keys and list indices that lead to it."""

    file: Path
    path: tuple[str | int, ...]
    blocks = True
    fixed = False

    def get(self) -> Secret:
        """Return the secret as it is in the file now."""
        value: object = _load(self.file)
        for key in self.path:
            value = _child(value, key)
        if isinstance(value, str) and value:
            return Secret(value)
        raise SecretUnavailableError(f"{self.file} has no {self} (or it is not text)")

    def __repr__(self) -> str:
        return ".".join(str(key) for key in self.path)


def credentials_from_profile(
    profile: str = "default", *, file: str | os.PathLike[str] | None = None, **options: Unpack[Options]
) -> list[Credential]:
    """Return all credentials of one profile.

    Secrets are read when needed: edits apply without a restart, and pickled clients hold only the file's path.

    Raises:
        SecretUnavailableError: the file is missing, unreadable, not TOML, readable by others, or has no
            such profile.
    """
    path = default_profile_path() if file is None else check_path(file, "file")
    profiles = _load(path)
    section = _child(profiles, profile)
    if not is_object(section):
        advice = f"It has {', '.join(sorted(profiles))}." if profiles else None
        raise SecretUnavailableError(f"{path} has no profile [{profile}]", advice=advice)
    return list(_Section(path, profile, section).credentials(options))


@dataclass(frozen=True)
class _Section:
    file: Path
    profile: str
    values: Mapping[str, object]

    def credentials(self, options: Options) -> Iterator[Credential]:
        if "client_id" in self.values:
            yield ClientCredentials(self._str("client_id"), self._secret("client_secret"), **options)
        token = self._secret("api_token") if "api_token" in self.values else None
        if "api_key" in self.values:
            yield ApiKey(self._secret("api_key"), token, **options)
        if "username" in self.values:
            yield WorkAnalyticsLogin(
                self._secret("api_key"), self._str("username"), self._secret("password"), **options
            )
        if "tenant" in self.values and token is not None:
            yield BasicToken(self._str("tenant"), token, **options)
        for index, entry in self._tables("api_keys"):
            key_token = self._secret("api_keys", index, "token") if "token" in entry else None
            yield ApiKey(self._secret("api_keys", index, "key"), key_token, **_entry_options(options, entry))
        for index, entry in self._tables("basic_tokens"):
            secret = self._secret("basic_tokens", index, "token")
            yield BasicToken(str(entry.get("tenant", "")), secret, **_entry_options(options, entry))

    def _secret(self, *path: str | int) -> Source:
        """Return a reference to a secret. Read it once, to report a missing one now."""
        entry = ProfileEntry(self.file, (self.profile, *path))
        entry.get()
        return entry

    def _str(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str):
            raise SecretUnavailableError(f"{self.file}: {self.profile}.{key} is not text")
        return value

    def _tables(self, key: str) -> Iterator[tuple[int, Mapping[str, object]]]:
        value = self.values.get(key, [])
        for index, entry in enumerate(value if is_list(value) else [value]):
            if not is_object(entry):
                raise SecretUnavailableError(f"{self.file}: {self.profile}.{key} is not a list of tables ([[…]])")
            yield index, entry


def _entry_options(options: Options, entry: Mapping[str, object]) -> Options:
    result = options.copy()
    products, role = entry.get("products"), entry.get("role")
    if isinstance(products, str):
        result["products"] = products
    if is_list(products):
        result["products"] = [str(name) for name in products]
    if isinstance(role, str):
        result["role"] = role
    return result


def _child(value: object, key: str | int) -> object:
    if is_object(value) and isinstance(key, str):
        return value.get(key)
    if is_list(value) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _load(path: Path) -> dict[str, object]:
    reason: str | None = None
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            _check_permissions(path, os.fstat(file.fileno()))
            return tomllib.load(file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        reason = "not valid TOML"
    raise SecretUnavailableError(f"the profile file {path} could not be read: {reason}")


def _open_nonblocking(path: str, flags: int) -> int:
    """Open a file. A FIFO is opened without waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_permissions(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretUnavailableError(f"the profile file {path} could not be read: it is not a file")
    if not hasattr(os, "geteuid"):  # Windows: the profile folder belongs to the user
        return
    if status.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(status.st_mode) & 0o077:
        raise SecretUnavailableError(
            f"the profile file {path} is refused: others can read it, or it belongs to somebody else",
            advice=f"Run: chmod 600 {path}",
        )
