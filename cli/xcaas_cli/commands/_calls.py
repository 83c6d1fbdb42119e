"""`xcaas calls export`: a table of finished calls, extended by each run."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from .._connection import make_client
from ._lazy import LazyCommand, overlap_option, period_of, period_options
from ._ledger import Ledger
from ._metadata import FORMATS, check_table, write_table
from ._meter import Meter

__all__ = ["export"]


def _options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--pbx"],
            required=True,
            multiple=True,
            metavar="NAME",
            help="Export the calls of this PBX. Repeat it for several.",
        ),
        *period_options("calls"),
        click.Option(
            ["--into"],
            required=True,
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Keep the table in FILE, whose name ends with .parquet, .csv or .jsonl. Its folder must exist.",
        ),
        overlap_option("calls"),
    ]


def _export(options: dict[str, Any]) -> None:
    from xcaas.work_analytics.models import CallRecord
    from xcaas_data.slices import plan

    into: Path = options["into"]
    kind = into.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise click.UsageError(
            f"--into {into}: the format is unknown. Give a name that ends with .parquet, .csv or .jsonl."
        )
    if not all(options["pbx"]):
        raise click.UsageError("--pbx is empty. Give the name of a PBX.")
    start, end = period_of(options)
    check_table(into, kind)
    settled: datetime = options["overlap"]
    state = into.with_name(f".{into.name}.xcaas-export") / "ledger.db"
    profile = options.get("profile")
    with make_client(options) as client, Ledger(state, f"{into}") as ledger:
        slices = plan(
            client.work_analytics.call_records.list,
            window=(start.replace(hour=0, minute=0, second=0), end),
            every="1d",
            over={"pbx_id": options["pbx"]},
            credentials=f"profile:{profile}" if profile else "environment",
        )
        old_count = ledger.count()
        with Meter() as meter:
            for piece in slices:
                if ledger.is_complete(piece.id):
                    continue
                meter.set_label(f"{piece.partition} {piece.start:%Y-%m-%d}")
                for call in piece.items(client):
                    start_time = "" if call.start_time_utc is None else call.start_time_utc.isoformat()
                    ledger.set_row(piece.partition, call.call_id, start_time, call.to_dict())
                if piece.end <= settled:
                    ledger.mark_complete(piece.id)
            write_table(ledger, CallRecord, into, kind)
        sys.stderr.write(f"{into}: {ledger.count() - old_count:,} new, {ledger.count():,} in all\n")


export = LazyCommand(
    "export",
    "Keep a table of the finished calls of a PBX, each call once.\n\n"
    "Run it again, for example from cron, to add what is new. It continues where the last run ended, however that "
    "ended. The table is replaced when the new one is complete.",
    _options,
    _export,
)
