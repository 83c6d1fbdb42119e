"""The command `xcaas mcp`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from .._connection import connection_options

__all__ = ["mcp"]

_MISSING = "mcp is not installed: pip install 'xcaas[mcp]'"


def _options() -> Iterator[click.Option]:
    """Yield the connection options. `--region` may be repeated, since one server calls all products."""
    for option in connection_options():
        if option.name == "region":
            option = click.Option(
                ["--region"],
                type=option.type,
                multiple=True,
                metavar="NAME",
                help="Use this region. Repeat it if products name theirs differently (uk, eu): each uses the first that it has.",
            )
        yield option


def _serve(allow_writes: bool, **settings: Any) -> None:
    """Serve until the host closes stdin."""
    try:
        import anyio

        from ._server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types", "pydantic"):
            raise
        raise click.ClickException(_MISSING) from None
    if sys.stdin.isatty():
        click.echo("Waiting for a Model Context Protocol host on stdin. Stop with Ctrl-C.", err=True)
    anyio.run(serve, settings, allow_writes)


mcp = click.Command(
    "mcp",
    callback=_serve,
    help=(
        "Serve tools to a Model Context Protocol host, over stdin and stdout.\n\n"
        "Tools that change data are served only with --allow-writes."
    ),
    params=[
        click.Option(["--allow-writes"], is_flag=True, help="Also serve tools that change data."),
        *_options(),
    ],
)
