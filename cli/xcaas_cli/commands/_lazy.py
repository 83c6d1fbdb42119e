"""The base class and common options of commands that make several calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import click
from click.core import augment_usage_errors

from .._connection import connection_options
from .._values import Moment

__all__ = ["LazyCommand", "period_of", "period_options"]


class LazyCommand(click.Command):
    """A command whose options are built when it runs, not when it is listed."""

    def __init__(
        self, name: str, text: str, options: Callable[[], list[click.Parameter]], run: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(name, help=text)
        self._options, self._run = options, run

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*self._options(), *connection_options()]
        return super().get_params(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        connection: list[click.Parameter | None] = [*connection_options(), self.get_help_option(ctx)]
        sections: dict[str, Iterable[click.Parameter | None]] = {"Options": self._options(), "Connection": connection}
        for title, params in sections.items():
            records = [param.get_help_record(ctx) for param in params if isinstance(param, click.Option)]
            with formatter.section(title):
                formatter.write_dl([record for record in records if record is not None], col_max=28)

    def invoke(self, ctx: click.Context) -> None:
        with augment_usage_errors(ctx):
            self._run(ctx.params)


def period_options(subject: str, *, required: bool = True) -> list[click.Parameter]:
    """Return the options `--since` and `--until`."""
    return [
        click.Option(
            ["--since"],
            type=Moment(),
            required=required,
            help=f"Only {subject} from TIME on: 7d (seven days ago), 2026-11-01, or ISO 8601. UTC without an offset.",
        ),
        click.Option(["--until"], type=Moment(), help=f"Only {subject} before TIME. Default: now."),
    ]


def overlap_option(subject: str) -> click.Option:
    """Return the option `--overlap`: how long after their end days are read again."""
    return click.Option(
        ["--overlap"],
        type=Moment(),
        default="1d",
        metavar="TIME",
        help=f"Read a day again until this long after its end, because {subject} may appear late. Default: 1d.",
    )


def period_of(options: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return the period of `--since` and `--until`, in UTC and in whole seconds."""
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        since: datetime = options["since"].astimezone(UTC).replace(microsecond=0)
        until: datetime = min((options.get("until") or now).astimezone(UTC).replace(microsecond=0), now)
    except OverflowError:
        raise click.UsageError("--since or --until is out of range. Give a year from 1 to 9999.") from None
    if since >= until:
        raise click.UsageError(
            f"--since {since:%Y-%m-%d %H:%M} is not before the end, {until:%Y-%m-%d %H:%M} (UTC). Give an earlier --since."
        )
    return since, until
