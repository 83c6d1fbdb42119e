"""Output options."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import click

__all__ = ["FORMATS", "output_options"]

FORMATS = ("table", "json", "jsonl", "csv", "parquet", "yaml")
_NOT_RAW = ("Download", "EventStream", "Poller")


def output_options(returned: str, taken: AbstractSet[str]) -> list[click.Option]:
    """Return the options for the type that an operation returns. `--fields` gets another name if it is taken."""
    into = click.Option(
        ["--into"],
        type=click.Path(),
        metavar="FILE",
        help="Write to FILE instead of stdout. It appears when it is complete.",
    )
    if returned == "Download":
        into.help = (
            "Write to FILE, or into an existing folder, instead of stdout. The file appears when it is complete."
        )
        return [into]
    if returned == "None":
        return []
    fields = "--output-fields" if "fields" in taken else "--fields"
    options = [
        click.Option(
            ["--output", "-o"],
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            help=(
                f"Write {', '.join(FORMATS[:-1])} or {FORMATS[-1]}. Default: by the file name of --into; without it, "
                "table in a terminal, jsonl in a pipe."
            ),
        ),
        click.Option([fields, "_columns"], metavar="A,B", help="Write only these fields; a.b is a nested field."),
        into,
    ]
    if returned in ("Pager", "EventStream"):
        entries = "events" if returned == "EventStream" else "entries, over all pages"
        options.append(
            click.Option(["--limit-total"], type=click.IntRange(min=0), metavar="N", help=f"Stop after N {entries}.")
        )
    if returned == "Poller":
        options.append(
            click.Option(["--wait"], type=float, metavar="SECONDS", help="Follow the job for at most SECONDS.")
        )
    if returned not in _NOT_RAW:
        options.append(click.Option(["--raw"], is_flag=True, help="Write the response of the service unchanged."))
    return options
