"""`xcaas recordings export`: a folder of recordings, each complete and only once, with a table of all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from difflib import get_close_matches
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._connection import make_client
from .._filters import parse_condition
from .._hints import value_type
from .._manifest import manifest
from .._values import KnownValue
from ..output._files import check_folder
from ._folder import FolderExport
from ._lazy import LazyCommand, overlap_option, period_of, period_options
from ._ledger import Ledger
from ._metadata import FORMATS, check_table, write_table
from ._meter import Meter

if TYPE_CHECKING:
    from datetime import datetime

    from xcaas import Filter, XCaaS
    from xcaas.storage.models import StorageObject
    from xcaas_data.slices import Slice

__all__ = ["export"]

STATE = ".xcaas-export/ledger.db"
TYPES = ("callrecording", "callcenterrecording")
_REGION: Callable[[Slice[StorageObject]], str] = attrgetter("region")


def _options() -> list[click.Parameter]:
    return [
        *period_options("recordings"),
        click.Option(
            ["--into"],
            required=True,
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            help="Keep the recordings in DIR. It is created if it is missing; the folder above it must exist.",
        ),
        click.Option(
            ["--regions"],
            type=KnownValue(["all", *_storage_regions()], open=True),
            metavar="A,B",
            help="Export these regions, or all (the default): every region that you have.",
        ),
        click.Option(
            ["--types"],
            type=KnownValue(["all", *_object_types()], open=True),
            default=",".join(TYPES),
            show_default=True,
            metavar="A,B",
            help="Export objects of these types, such as voicemail or transcription, or all.",
        ),
        click.Option(
            ["--where"],
            multiple=True,
            metavar="CONDITION",
            help="Export only what matches, such as queueName=Sales. Repeat it for several conditions; all must hold.",
        ),
        click.Option(
            ["--metadata"],
            type=click.Choice(FORMATS),
            default="csv",
            show_default=True,
            help="Write the table of recordings in this format. A table in another format is removed.",
        ),
        click.Option(
            ["--concurrency"],
            type=click.IntRange(1, 64),
            default=8,
            show_default=True,
            metavar="N",
            help="Download up to N files at the same time.",
        ),
        overlap_option("recordings"),
        click.Option(["--check"], is_flag=True, help="List every day again, and verify the checksum of every file."),
    ]


def _export(options: dict[str, Any]) -> None:
    from xcaas.storage.models import StorageObject

    into: Path = options["into"]
    condition = _condition(options["types"], options["where"])
    window = period_of(options)
    regions = _regions(options)
    check_folder(into)
    tables = {kind: into / f"recordings.{kind}" for kind in FORMATS}
    table = tables.pop(options["metadata"])
    check_table(table, options["metadata"])
    with make_client(options) as client, Ledger(into / STATE, f"{into}", ("region", "file", "verified")) as ledger:
        export = FolderExport(client, ledger, into, options["concurrency"], options["overlap"], options["check"])
        slices = _plan_days(client, window, regions, options.get("profile"), condition)
        with Meter() as meter:
            pending = (piece for piece in slices if options["check"] or not ledger.is_complete(piece.id))
            for _, days in groupby(pending, _REGION):
                export.run(days, meter)
            meter.set_label("Writing the table")
            write_table(ledger, StorageObject, table, options["metadata"])
        _remove(tables.values())
        export.print_summary(meter)
    if export.failed:
        raise click.exceptions.Exit(1)


def _remove(tables: Collection[Path]) -> None:
    """Remove tables in other formats, which would become outdated."""
    for table in tables:
        if table.is_file():
            table.unlink()
            sys.stderr.write(f"Removed {table}: --metadata names another format now.\n")


def _condition(types: str, where: tuple[str, ...]) -> Filter | None:
    from xcaas import F
    from xcaas.storage.models import StorageObject

    names = _names("--types", types, _object_types(), "callrecording")
    conditions = [parse_condition(text, StorageObject) for text in where]
    if "all" not in names:
        conditions.insert(0, F.type.in_(names) if len(names) > 1 else F.type == names[0])
    combined: Filter | None = None
    for condition in conditions:
        combined = condition if combined is None else combined & condition
    return combined


def _regions(options: dict[str, Any]) -> str | list[str]:
    """Return the selected regions: those of `--regions`, or that of `--region`, or all."""
    if options["regions"] is None:
        return [options["region"]] if options.get("region") else "all"
    if options.get("region"):
        raise click.UsageError("Give --regions or --region, not both.")
    names = _names("--regions", options["regions"], _storage_regions(), "us-west")
    return "all" if "all" in names else names


def _storage_regions() -> list[str]:
    return manifest().regions["storage"]


def _object_types() -> list[str]:
    from xcaas.storage.models import ObjectType

    kind = value_type(ObjectType)
    return kind.values if isinstance(kind, KnownValue) else []


def _names(option: str, text: str, known: Collection[str], example: str) -> list[str]:
    """Parse a list of names. Raises UsageError for unknown ones, which would match nothing in every run."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise click.UsageError(f"{option} is empty. Give a name, such as {example}, or all.")
    for name in names:
        if name not in known and name != "all":
            similar = get_close_matches(name, known, n=1)
            advice = f"Did you mean {similar[0]}?" if similar else f"Give all, or some of: {', '.join(known)}."
            hint = " To export a type that is not listed: --types all --where type=NAME." * (option == "--types")
            raise click.UsageError(f"{option}: {name!r} is unknown. {advice}{hint}")
    return names


def _plan_days(
    client: XCaaS,
    window: tuple[datetime, datetime],
    regions: str | list[str],
    profile: str | None,
    condition: Filter | None,
) -> list[Slice[StorageObject]]:
    """Return the days of each region, oldest first. They begin at midnight UTC, so all runs have the same slices."""
    from xcaas_data.slices import plan

    start, end = window
    return plan(
        client.storage.objects.search,
        window=(start.replace(hour=0, minute=0, second=0), end),
        every="1d",
        over={"region": regions},
        arguments={"filter": condition} if condition is not None else None,
        credentials=f"profile:{profile}" if profile else "environment",
        client=client,
    )


export = LazyCommand(
    "export",
    "Keep a folder of recordings: each recording once, complete and verified, and a table of all of them.\n\n"
    "Run it again, for example from cron, to download what is new. It continues where the last run ended, however "
    "that ended. Only one run at a time can use a folder.",
    _options,
    _export,
)
