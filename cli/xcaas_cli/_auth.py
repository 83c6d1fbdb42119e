"""`xcaas auth`: storing credentials, and seeing what they open."""

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
_NEEDED = {"client_secret": "client_id", "tenant": "api_token", "username": "api_key", "password": "username"}
"""What is asked for only where another one was given."""


@click.group(help="Store credentials, and show what they give access to.", no_args_is_help=True)
def auth() -> None:
    """Hold the commands."""


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
    """Ask for credentials, and store them."""
    values = _asked()
    if not values:
        raise click.UsageError("No credentials were given. Nothing was stored.")
    place = _store(profile, values, keyring)
    other = "" if profile == "default" else f" --profile {profile}"
    say(f"Stored in {place}, profile {profile}. Try it: xcaas auth status{other}")


def _store(profile: str, values: dict[str, str], keyring: bool) -> str:
    """Put values into the file, or into the keyring, to which all of the profile moves. Return the name of the place."""
    from xcaas import default_profile_path

    from ._keyring import MARK, store_in_keyring
    from ._profiles import read_profile, store

    path = default_profile_path()
    before = read_profile(path, profile)
    if not (keyring or MARK in before):
        store(path, profile, values)
        return str(path)
    names = [name for name, *_ in _QUESTIONS]
    store_in_keyring(profile, {name: before[name] for name in names if name in before} | values)
    store(path, profile, {MARK: "xcaas"}, without=names)
    return "the keyring"


class _Status(click.Command):
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*output_options("dict", set())[:3], *connection_options()]
        return super().get_params(ctx)

    def invoke(self, ctx: click.Context) -> None:
        """Show what credentials there are, and what the token says."""
        source, credentials = find_credentials(ctx.params.get("profile"))
        found: dict[str, Any] = {
            "credentials": [type(credential).__name__ for credential in credentials],
            "source": source,
        }
        with make_client(ctx.params) as client:
            info = token_of(client)
        if info is not None:
            found |= {
                "products": list(info.products),
                "tokenLifetimeSeconds": round(info.lifetime),
                "tokenRemainingSeconds": round(info.remaining),
            }
        Sink.of(ctx.params, "dict").write(found)


auth.add_command(
    _Status(
        "status",
        help="Show which products the key gives access to, and how long its token lives.",
        short_help="Show which products the key gives access to.",
    )
)


def token_of(client: XCaaS) -> TokenInfo | None:
    """Return what the OAuth token says, None where there is no key for one."""
    from xcaas import MissingCredentialsError

    try:
        return client.token_info()
    except MissingCredentialsError:
        return None


def _asked() -> dict[str, str]:
    """Return what the user answers. An empty line leaves one out; half of a pair is asked for again."""
    values: dict[str, str] = {}
    if sys.stdin.isatty():
        say("Enter what you have. Press Enter to skip a question.")
    for name, question, secret in _QUESTIONS:
        if _NEEDED.get(name, name) not in values and name in _NEEDED:
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
    found: str = click.prompt(question, default="", show_default=False, hide_input=secret, err=True)
    return found.strip()
