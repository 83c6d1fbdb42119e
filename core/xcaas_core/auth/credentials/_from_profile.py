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
    """A secret in a profile file, read when it is needed. `path` of keys and list positions leads to it."""

    file: Path
    path: tuple[str | int, ...]
    blocks = True
    fixed = False

    def get(self) -> Secret:
        """Return the secret as the file has it now."""
        value: object = _load(self.file)
        for step in self.path:
            value = _step(value, step)
        if isinstance(value, str) and value:
            return Secret(value)
        raise SecretUnavailableError(f"{self.file} has no {self} (or it is not text)")

    def __repr__(self) -> str:
        return ".".join(str(step) for step in self.path)


def credentials_from_profile(
    profile: str = "default", *, file: str | os.PathLike[str] | None = None, **options: Unpack[Options]
) -> list[Credential]:
    """Return all credentials of one profile.

    Secrets are read when needed: edits apply without a restart, and pickled clients hold only the file's name.

    Raises:
        SecretUnavailableError: the file is missing, unreadable, not TOML, readable by others, or has no
            such profile.
    """
    path = default_profile_path() if file is None else check_path(file, "file")
    profiles = _load(path)
    section = _step(profiles, profile)
    if not is_object(section):
        there = f"It has {', '.join(sorted(profiles))}." if profiles else None
        raise SecretUnavailableError(f"{path} has no profile [{profile}]", advice=there)
    return list(_Section(path, profile, section).credentials(options))


@dataclass(frozen=True)
class _Section:
    file: Path
    profile: str
    values: Mapping[str, object]

    def credentials(self, options: Options) -> Iterator[Credential]:
        if "client_id" in self.values:
            yield ClientCredentials(self._text("client_id"), self._secret("client_secret"), **options)
        token = self._secret("api_token") if "api_token" in self.values else None
        if "api_key" in self.values:
            yield ApiKey(self._secret("api_key"), token, **options)
        if "username" in self.values:
            yield WorkAnalyticsLogin(
                self._secret("api_key"), self._text("username"), self._secret("password"), **options
            )
        if "tenant" in self.values and token is not None:
            yield BasicToken(self._text("tenant"), token, **options)
        for index, entry in self._tables("api_keys"):
            second = self._secret("api_keys", index, "token") if "token" in entry else None
            yield ApiKey(self._secret("api_keys", index, "key"), second, **_narrowed(options, entry))
        for index, entry in self._tables("basic_tokens"):
            secret = self._secret("basic_tokens", index, "token")
            yield BasicToken(str(entry.get("tenant", "")), secret, **_narrowed(options, entry))

    def _secret(self, *path: str | int) -> Source:
        """Return a reference to a secret, looked at once so that a missing one is told now."""
        entry = ProfileEntry(self.file, (self.profile, *path))
        entry.get()
        return entry

    def _text(self, key: str) -> str:
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


def _narrowed(options: Options, entry: Mapping[str, object]) -> Options:
    narrowed = options.copy()
    products, role = entry.get("products"), entry.get("role")
    if isinstance(products, str):
        narrowed["products"] = products
    if is_list(products):
        narrowed["products"] = [str(name) for name in products]
    if isinstance(role, str):
        narrowed["role"] = role
    return narrowed


def _step(value: object, step: str | int) -> object:
    if is_object(value) and isinstance(step, str):
        return value.get(step)
    if is_list(value) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _load(path: Path) -> dict[str, object]:
    trouble: str | None = None
    try:
        with open(path, "rb", opener=_open) as file:
            _refuse_if_shared(path, os.fstat(file.fileno()))
            return tomllib.load(file)
    except OSError as error:
        trouble = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        trouble = "not valid TOML"
    raise SecretUnavailableError(f"the profile file {path} could not be read: {trouble}")


def _open(path: str, flags: int) -> int:
    """Open a file, or a FIFO without waiting for somebody to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse_if_shared(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise SecretUnavailableError(f"the profile file {path} could not be read: it is not a file")
    if not hasattr(os, "geteuid"):  # Windows: the profile folder belongs to the user
        return
    if facts.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(facts.st_mode) & 0o077:
        raise SecretUnavailableError(
            f"the profile file {path} is refused: others can read it, or it belongs to somebody else",
            advice=f"Run: chmod 600 {path}",
        )
