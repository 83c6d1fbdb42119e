"""Options that say how the result is written."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import click

__all__ = ["FORMATS", "output_options"]

FORMATS = ("table", "json", "jsonl", "csv", "parquet", "yaml")
_WHOLE = ("Download", "EventStream", "Poller")


def output_options(returned: str, taken: AbstractSet[str]) -> list[click.Option]:
    """Return the options for what an operation returns. `--fields` has another name where the operation has one."""
    into = click.Option(
        ["--into"],
        type=click.Path(),
        metavar="FILE",
        help="Write there instead of to stdout. The file appears when it is complete.",
    )
    if returned == "Download":
        return [into]
    if returned == "None":
        return []
    fields = "--output-fields" if "fields" in taken else "--fields"
    found = [
        click.Option(
            ["--output", "-o"],
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}. Without it what the name of --into says, else a table in a terminal, JSON lines in a pipe.",
        ),
        click.Option([fields, "_columns"], metavar="A,B", help="These fields only; a.b for a field inside a field."),
        into,
    ]
    if returned in ("Pager", "EventStream"):
        entries = "events" if returned == "EventStream" else "entries, over all pages"
        found.append(
            click.Option(["--limit-total"], type=click.IntRange(min=0), metavar="N", help=f"At most so many {entries}.")
        )
    if returned == "Poller":
        found.append(
            click.Option(["--wait"], type=float, metavar="SECONDS", help="How long to wait for the work at most.")
        )
    if returned not in _WHOLE:
        found.append(click.Option(["--raw"], is_flag=True, help="What the service sent, as it came."))
    return found
