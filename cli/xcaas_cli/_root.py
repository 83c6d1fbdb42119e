"""The command `xcaas`: its products and other commands."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from ._manifest import manifest
from ._tree import LazyGroup, option_name
from .commands import COMMANDS, TITLES, CommandGroup, product_group

__all__ = ["root"]

_OTHER_COMMANDS: dict[str, tuple[str, str]] = {
    "auth": ("_auth", "Store credentials, and show what they give access to."),
    "doctor": ("_doctor", "Find connection and credential problems."),
    "mcp": ("mcp._command", "Serve tools to language models (Model Context Protocol)."),
    "completion": ("_completion", "Print a script that completes commands in bash, zsh or fish."),
}
"""Commands that are not products: module and summary, by name."""


_COMMAND_OPTIONS = {
    "--profile",
    "--region",
    "--tenant",
    "--cluster",
    "--base-url",
    "--timeout",
    "--output",
    "-o",
    "--into",
}
"""Options that belong after the command, but are often given before it."""


class Root(LazyGroup):
    """`xcaas`, with a command for each product. Its help reads only the manifest."""

    def summaries(self) -> dict[str, str]:
        return {**manifest().titles, **TITLES, **{name: text for name, (_, text) in _OTHER_COMMANDS.items()}}

    def load(self, name: str) -> click.Command:
        if name in _OTHER_COMMANDS:
            command: click.Command = getattr(import_module(f".{_OTHER_COMMANDS[name][0]}", __package__), name)
            return command
        if name in TITLES:
            return CommandGroup(name)
        return product_group(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Products"):
            formatter.write_dl([(option_name(name), title) for name, title in manifest().titles.items()])
        with formatter.section("Exports and live views"):
            formatter.write_dl(
                [
                    (f"{group} {name}", text)
                    for group, commands in COMMANDS.items()
                    for name, (_, text) in commands.items()
                ]
            )
        if _OTHER_COMMANDS:
            with formatter.section("Other commands"):
                formatter.write_dl([(name, text) for name, (_, text) in _OTHER_COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name in _COMMAND_OPTIONS:
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
