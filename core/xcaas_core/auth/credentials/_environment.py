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
    """All credentials that the environment describes; none if it describes none.

    | variables | credential |
    |---|---|
    | `XCAAS_CLIENT_ID`, `XCAAS_CLIENT_SECRET` | `ClientCredentials` |
    | `XCAAS_API_KEY`, and `XCAAS_API_TOKEN` if set | `ApiKey` |
    | `XCAAS_API_KEY`, `XCAAS_USERNAME`, `XCAAS_PASSWORD` | `WorkAnalyticsLogin` too |
    | `XCAAS_TENANT`, `XCAAS_API_TOKEN` | `BasicToken` |

    Secrets are kept as references to the variables: a changed variable is used without a restart, and
    pickled clients carry names, not secrets. `options` go to each credential.

    Raises:
        MissingCredentialsError: one half of a pair is set and the other isn't.
    """
    found = (_client_credentials(options), _api_key(options), _login(options), _basic_token(options))
    return [credential for credential in found if credential is not None]


def _client_credentials(options: Options) -> Credential | None:
    _whole("XCAAS_CLIENT_ID", "XCAAS_CLIENT_SECRET")
    if not _is_set("XCAAS_CLIENT_ID"):
        return None
    return ClientCredentials(_text("XCAAS_CLIENT_ID"), EnvironmentVariable("XCAAS_CLIENT_SECRET"), **options)


def _api_key(options: Options) -> Credential | None:
    if not _is_set("XCAAS_API_KEY"):
        return None
    token = EnvironmentVariable("XCAAS_API_TOKEN") if _is_set("XCAAS_API_TOKEN") else None
    return ApiKey(EnvironmentVariable("XCAAS_API_KEY"), token, **options)


def _login(options: Options) -> Credential | None:
    _whole("XCAAS_USERNAME", "XCAAS_PASSWORD")
    if not _is_set("XCAAS_USERNAME"):
        return None
    if not _is_set("XCAAS_API_KEY"):
        raise _half("XCAAS_USERNAME", "XCAAS_API_KEY")
    key, password = EnvironmentVariable("XCAAS_API_KEY"), EnvironmentVariable("XCAAS_PASSWORD")
    return WorkAnalyticsLogin(key, _text("XCAAS_USERNAME"), password, **options)


def _basic_token(options: Options) -> Credential | None:
    if not (_is_set("XCAAS_TENANT") and _is_set("XCAAS_API_TOKEN")):
        return None
    return BasicToken(_text("XCAAS_TENANT"), EnvironmentVariable("XCAAS_API_TOKEN"), **options)


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _is_set(name: str) -> bool:
    return bool(_text(name))


def _whole(one: str, other: str) -> None:
    if _is_set(one) and not _is_set(other):
        raise _half(one, other)
    if _is_set(other) and not _is_set(one):
        raise _half(other, one)


def _half(one: str, other: str) -> MissingCredentialsError:
    return MissingCredentialsError(
        f"the environment variable {one} is set, but {other} is not", advice=f"Set {other} too, or unset {one}."
    )
