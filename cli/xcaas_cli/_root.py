"""The command itself: its products, and what stands beside them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from ._manifest import manifest
from ._tree import LazyGroup, option_name
from .verbs import TITLES, VERBS, VerbGroup, extended

__all__ = ["root"]

_BESIDE: dict[str, tuple[str, str]] = {
    "auth": ("_auth", "Store credentials, and show what they give access to."),
    "doctor": ("_doctor", "Find connection and credential problems."),
    "mcp": ("mcp._command", "Serve tools to language models (Model Context Protocol)."),
    "completion": ("_completion", "Print a script that completes commands in bash, zsh or fish."),
}
"""Commands that are no products: the module that has them, and a line on each."""


_OF_COMMANDS = {"--profile", "--region", "--tenant", "--cluster", "--base-url", "--timeout", "--output", "-o", "--into"}
"""Options that every command that calls the service has, and that are often given before it."""


class Root(LazyGroup):
    """`xcaas`: a product per command. Help needs the manifest only."""

    def summaries(self) -> dict[str, str]:
        return {**manifest().titles, **TITLES, **{name: text for name, (_, text) in _BESIDE.items()}}

    def load(self, name: str) -> click.Command:
        if name in _BESIDE:
            found: click.Command = getattr(import_module(f".{_BESIDE[name][0]}", __package__), name)
            return found
        if name in TITLES:
            return VerbGroup(name)
        return extended(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Products"):
            formatter.write_dl([(option_name(name), title) for name, title in manifest().titles.items()])
        with formatter.section("Exports and live views"):
            formatter.write_dl(
                [(f"{group} {verb}", text) for group, verbs in VERBS.items() for verb, (_, text) in verbs.items()]
            )
        if _BESIDE:
            with formatter.section("Other commands"):
                formatter.write_dl([(name, text) for name, (_, text) in _BESIDE.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name in _OF_COMMANDS:
                raise click.UsageError(
                    f"{error.option_name} belongs behind the command: xcaas PRODUCT RESOURCE VERB {error.option_name} …",
                    ctx,
                ) from None
            raise


def _show_version(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"xcaas {version('xcaas')}")
        ctx.exit()


root = Root(
    "xcaas",
    help=(
        "Call the 8x8 XCaaS APIs: xcaas PRODUCT RESOURCE VERB.\n\n"
        "Every product, resource and verb has --help. A list is a table in a terminal, and JSON lines in a pipe."
    ),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_show_version,
            help="Show the version and exit.",
        )
    ],
)
