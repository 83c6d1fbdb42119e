"""`xcaas auth`: storing credentials, and showing what they give access to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ._connection import connection_options, find_credentials, make_client
from ._messages import say
from .output import Sink, output_options

if TYPE_CHECKING:
    from xcaas import TokenInfo, XCaaS

__all__ = ["auth", "token_of"]

_QUESTIONS = (
    ("client_id", "Client id (for OAuth products)", False),
    ("client_secret", "Client secret", True),
    ("api_key", "API key (for products that use one)", True),
    ("api_token", "Tenant token", True),
    ("tenant", "Tenant of the token", False),
    ("username", "Work Analytics user", False),
    ("password", "Work Analytics password", True),
)
_DEPENDS_ON = {"client_secret": "client_id", "tenant": "api_token", "username": "api_key", "password": "username"}
"""Questions that are asked only if another one was answered."""


@click.group(help="Store credentials, and show what they give access to.", no_args_is_help=True)
def auth() -> None:
    """Group the commands."""


@auth.command(
    help="Ask for credentials, without showing secrets, and store them in the profile file (mode 0600).",
    short_help="Ask for credentials, and store them.",
)
@click.option(
    "--profile",
    default="default",
    show_default=True,
    envvar="XCAAS_PROFILE",
    metavar="NAME",
    help="Store them in this profile [env: XCAAS_PROFILE].",
)
@click.option(
    "--keyring", is_flag=True, help="Store them in the system's keyring instead. This needs the package keyring."
)
def login(profile: str, keyring: bool) -> None:
    """Ask for credentials and store them."""
    values = _ask_for_credentials()
    if not values:
        raise click.UsageError("No credentials were given. Nothing was stored.")
    location = _store(profile, values, keyring)
    profile_option = "" if profile == "default" else f" --profile {profile}"
    say(f"Stored in {location}, profile {profile}. Try it: xcaas auth status{profile_option}")


def _store(profile: str, values: dict[str, str], keyring: bool) -> str:
    """Store values in the profile file, or move the whole profile to the keyring. Return where they were stored."""
    from xcaas import default_profile_path

    from ._keyring import MARK, store_in_keyring
    from ._profiles import read_profile, store

    path = default_profile_path()
    current = read_profile(path, profile)
    if not (keyring or MARK in current):
        store(path, profile, values)
        return str(path)
    names = [name for name, *_ in _QUESTIONS]
    store_in_keyring(profile, {name: current[name] for name in names if name in current} | values)
    store(path, profile, {MARK: "xcaas"}, without=names)
    return "the keyring"


class _Status(click.Command):
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*output_options("dict", set())[:3], *connection_options()]
        return super().get_params(ctx)

    def invoke(self, ctx: click.Context) -> None:
        """Show the credentials, and the products and lifetime of the token."""
        source, credentials = find_credentials(ctx.params.get("profile"))
        status: dict[str, Any] = {
            "credentials": [type(credential).__name__ for credential in credentials],
            "source": source,
        }
        with make_client(ctx.params) as client:
            info = token_of(client)
        if info is not None:
            status |= {
                "products": list(info.products),
                "tokenLifetimeSeconds": round(info.lifetime),
                "tokenRemainingSeconds": round(info.remaining),
            }
        Sink.of(ctx.params, "dict").write(status)


auth.add_command(
    _Status(
        "status",
        help="Show which products the key gives access to, and how long its token lives.",
        short_help="Show which products the key gives access to.",
    )
)


def token_of(client: XCaaS) -> TokenInfo | None:
    """Return information about the OAuth token; None if there are no client credentials."""
    from xcaas import MissingCredentialsError

    try:
        return client.token_info()
    except MissingCredentialsError:
        return None


def _ask_for_credentials() -> dict[str, str]:
    """Ask for credentials. An empty answer skips a question. Raises UsageError if a secret is missing."""
    values: dict[str, str] = {}
    if sys.stdin.isatty():
        say("Enter what you have. Press Enter to skip a question.")
    for name, question, secret in _QUESTIONS:
        if _DEPENDS_ON.get(name, name) not in values and name in _DEPENDS_ON:
            continue
        answer = _ask(question, secret)
        if not answer and name in ("client_secret", "password"):
            raise click.UsageError(f"{question} is missing. Nothing was stored.")
        if answer:
            values[name] = answer
    return values


def _ask(question: str, secret: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    answer: str = click.prompt(question, default="", show_default=False, hide_input=secret, err=True)
    return answer.strip()
