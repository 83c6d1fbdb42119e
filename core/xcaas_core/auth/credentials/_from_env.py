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
    credentials: list[Credential] = []
    _check_pair("XCAAS_CLIENT_ID", "XCAAS_CLIENT_SECRET")
    _check_pair("XCAAS_USERNAME", "XCAAS_PASSWORD")
    key, token = EnvironmentVariable("XCAAS_API_KEY"), EnvironmentVariable("XCAAS_API_TOKEN")
    if client_id := _env("XCAAS_CLIENT_ID"):
        credentials.append(ClientCredentials(client_id, EnvironmentVariable("XCAAS_CLIENT_SECRET"), **options))
    if _env(key.name):
        credentials.append(ApiKey(key, token if _env(token.name) else None, **options))
    if username := _env("XCAAS_USERNAME"):
        if not _env(key.name):
            raise _incomplete_pair_error("XCAAS_USERNAME", key.name)
        credentials.append(WorkAnalyticsLogin(key, username, EnvironmentVariable("XCAAS_PASSWORD"), **options))
    if (tenant := _env("XCAAS_TENANT")) and _env(token.name):
        credentials.append(BasicToken(tenant, token, **options))
    return credentials


def _env(name: str) -> str:
    return os.environ.get(name, "").strip()


def _check_pair(first: str, second: str) -> None:
    for present, missing in ((first, second), (second, first)):
        if _env(present) and not _env(missing):
            raise _incomplete_pair_error(present, missing)


def _incomplete_pair_error(present: str, missing: str) -> MissingCredentialsError:
    return MissingCredentialsError(
        f"the environment variable {present} is set, but {missing} is not",
        advice=f"Set {missing} too, or unset {present}.",
    )
