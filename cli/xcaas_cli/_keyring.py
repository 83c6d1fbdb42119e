"""Credentials in the system's keyring, by the package `keyring`: one entry for each profile.

A key in the profile file marks profiles that are in the keyring, so that other profiles don't access it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from xcaas import Credential

__all__ = ["MARK", "credentials_from_keyring", "store_in_keyring"]

MARK = "keyring"
"""The key of a profile whose credentials are in the keyring."""
_SERVICE = "xcaas"


def store_in_keyring(profile: str, values: dict[str, str]) -> None:
    """Store values in a profile. Its other values are kept.

    Raises:
        click.ClickException: There is no keyring, or it is locked.
    """
    current = _read(profile)
    import keyring

    with _keyring_errors():
        keyring.set_password(_SERVICE, profile, json.dumps({**current, **values}))


def credentials_from_keyring(profile: str) -> list[Credential]:
    """Return the credentials of a profile.

    Raises:
        click.ClickException: There is no keyring, or it is locked.
    """
    from xcaas import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin

    values = _read(profile)
    kinds: list[tuple[Callable[..., Credential], tuple[str, ...]]] = [
        (ClientCredentials, ("client_id", "client_secret")),
        (ApiKey, ("api_key", "api_token") if "api_token" in values else ("api_key",)),
        (WorkAnalyticsLogin, ("api_key", "username", "password")),
        (BasicToken, ("tenant", "api_token")),
    ]
    return [kind(*(values[name] for name in names)) for kind, names in kinds if values.keys() >= set(names)]


def _read(profile: str) -> dict[str, str]:
    if find_spec("keyring") is None:
        raise click.UsageError(
            "The keyring needs the package keyring: pip install keyring, or pipx inject xcaas keyring"
        )
    import keyring

    with _keyring_errors():
        values: dict[str, str] = json.loads(keyring.get_password(_SERVICE, profile) or "{}")
    return values


@contextmanager
def _keyring_errors() -> Generator[None]:
    from keyring.errors import KeyringError

    try:
        yield
    except KeyringError as error:
        raise click.ClickException(f"the keyring cannot be used: {error}") from None
