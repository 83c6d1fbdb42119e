"""Connection options, and the client built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ._keyring import MARK, credentials_from_keyring
from ._manifest import manifest
from ._profiles import read_profile
from ._values import KnownValue

if TYPE_CHECKING:
    from xcaas import AsyncXCaaS, Credential, XCaaS

__all__ = ["connection_options", "find_credentials", "make_async_client", "make_client"]


def connection_options() -> list[click.Option]:
    """Return the options of every command that calls the service."""
    regions = KnownValue(manifest().all_regions, open=True)
    return [
        click.Option(
            ["--profile"],
            metavar="NAME",
            envvar="XCAAS_PROFILE",
            help="Use the credentials of this profile [env: XCAAS_PROFILE].",
        ),
        click.Option(
            ["--region"], type=regions, metavar="NAME", help="Use this region of the product [env: XCAAS_REGION]."
        ),
        click.Option(["--tenant"], metavar="TEXT", help="Use this tenant, by id or name [env: XCAAS_TENANT]."),
        click.Option(["--cluster"], metavar="TEXT", help="Use this cluster, such as na12 [env: XCAAS_CLUSTER]."),
        click.Option(["--base-url"], metavar="URL", help="Call another server [env: XCAAS_BASE_URL]."),
        click.Option(
            ["--timeout"], type=float, metavar="SECONDS", help="Stop a call after SECONDS, including retries."
        ),
    ]


def make_client(settings: dict[str, Any]) -> XCaaS:
    """Build the client from the environment and the options. Options take precedence."""
    from xcaas import XCaaS

    return XCaaS.from_env(**_client_options(settings))


def make_async_client(settings: dict[str, Any]) -> AsyncXCaaS:
    """Build the async twin of that client."""
    from xcaas import AsyncXCaaS

    return AsyncXCaaS.from_env(**_client_options(settings))


def _client_options(settings: dict[str, Any]) -> dict[str, Any]:
    names = ("region", "tenant", "cluster", "base_url", "timeout")
    options = {name: settings[name] for name in names if settings.get(name) is not None}
    return {"credentials": find_credentials(settings.get("profile"))[1], **options}


def find_credentials(profile: str | None) -> tuple[str, list[Credential]]:
    """Return the source of the credentials, and the credentials: of the given profile, the environment or the default profile."""
    from xcaas import SecretUnavailableError, credentials_from_env, credentials_from_profile, default_profile_path

    if profile is None:
        if credentials := credentials_from_env():
            return "environment", credentials
        if not default_profile_path().exists():
            return "none", []
    name = profile or "default"
    path = default_profile_path()
    try:
        credentials = credentials_from_profile(name)
    except SecretUnavailableError as error:
        if not read_profile(path, name):
            error.advice = f"{error.advice or ''} To store it: xcaas auth login --profile {name}.".strip()
        raise
    if MARK not in read_profile(path, name):
        return f"profile {name} in {path}", credentials
    return f"profile {name} in the keyring", [*credentials, *credentials_from_keyring(name)]
