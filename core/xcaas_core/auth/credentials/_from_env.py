"""Credentials from environment variables."""

from __future__ import annotations

import os
from typing import Unpack

from ..._errors import MissingCredentialsError
from ._base import Credential, Options
from ._kinds import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin
from ._sources import EnvironmentVariable

__all__ = ["credentials_from_env"]


def credentials_from_env(**options: Unpack[Options]) -> list[Credential]:
    """Return all credentials set in the environment, or none.

    | variables | credential |
    |---|---|
    | `XCAAS_CLIENT_ID`, `XCAAS_CLIENT_SECRET` | `ClientCredentials` |
    | `XCAAS_API_KEY`, and `XCAAS_API_TOKEN` if set | `ApiKey` |
    | `XCAAS_API_KEY`, `XCAAS_USERNAME`, `XCAAS_PASSWORD` | `WorkAnalyticsLogin` too |
    | `XCAAS_TENANT`, `XCAAS_API_TOKEN` | `BasicToken` |

    Variables are read when a secret is needed: changes apply without a restart, and pickled clients hold
    names, not secrets. `options` apply to each credential.

    Raises:
        MissingCredentialsError: only one half of a pair is set.
    """
    found: list[Credential] = []
    _refuse_half("XCAAS_CLIENT_ID", "XCAAS_CLIENT_SECRET")
    _refuse_half("XCAAS_USERNAME", "XCAAS_PASSWORD")
    key, token = EnvironmentVariable("XCAAS_API_KEY"), EnvironmentVariable("XCAAS_API_TOKEN")
    if client_id := _text("XCAAS_CLIENT_ID"):
        found.append(ClientCredentials(client_id, EnvironmentVariable("XCAAS_CLIENT_SECRET"), **options))
    if _text(key.name):
        found.append(ApiKey(key, token if _text(token.name) else None, **options))
    if username := _text("XCAAS_USERNAME"):
        if not _text(key.name):
            raise _half("XCAAS_USERNAME", key.name)
        found.append(WorkAnalyticsLogin(key, username, EnvironmentVariable("XCAAS_PASSWORD"), **options))
    if (tenant := _text("XCAAS_TENANT")) and _text(token.name):
        found.append(BasicToken(tenant, token, **options))
    return found


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _refuse_half(one: str, other: str) -> None:
    for present, missing in ((one, other), (other, one)):
        if _text(present) and not _text(missing):
            raise _half(present, missing)


def _half(one: str, other: str) -> MissingCredentialsError:
    return MissingCredentialsError(
        f"the environment variable {one} is set, but {other} is not", advice=f"Set {other} too, or unset {one}."
    )
