"""`xcaas recordings export`: a folder in which each recording is once, whole, with a table of them all."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._connection import make_client
from .._filters import parse_condition
from .._manifest import manifest
from .._values import KnownValue
from ._ledger import Ledger
from ._metadata import FORMATS, check_table, write_table
from ._meter import Meter, size
from ._verb import Verb, overlap_option, period_of, period_options

if TYPE_CHECKING:
    from datetime import datetime

    from xcaas import Download, Filter, XCaaS, XCaaSError
    from xcaas.storage.models import StorageObject
    from xcaas_data.slices import Slice

__all__ = ["export"]

STATE = ".xcaas-export/ledger.db"
TYPES = ("callrecording", "callcenterrecording")


def _options() -> list[click.Parameter]:
    regions = KnownValue(["all", *manifest().regions["storage"]], open=True)
    return [
        *period_options("Recordings"),
        click.Option(
            ["--into"],
            required=True,
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            help="The folder; made if need be.",
        ),
        click.Option(
            ["--regions"],
            type=regions,
            metavar="A,B",
            help="Regions, or all that you have (the default).",
        ),
        click.Option(
            ["--types"],
            default=",".join(TYPES),
            show_default=True,
            metavar="A,B",
            help="Types of objects, such as voicemail or transcription, or all.",
        ),
        click.Option(
            ["--where"], multiple=True, metavar="CONDITION", help="A condition: queueName=Sales. All must hold."
        ),
        click.Option(
            ["--metadata"], type=click.Choice(FORMATS), default="csv", show_default=True, help="Form of the table."
        ),
        click.Option(
            ["--concurrency"],
            type=click.IntRange(1, 64),
            default=8,
            show_default=True,
            metavar="N",
            help="Files that are fetched at the same time.",
        ),
        overlap_option("recordings"),
        click.Option(["--check"], is_flag=True, help="List all days again, and compare each file with its checksum."),
    ]


def _export(given: dict[str, Any]) -> None:
    from xcaas.storage.models import StorageObject

    into: Path = given["into"]
    condition = _condition(given["types"], given["where"])
    window = period_of(given)
    regions = _regions(given)
    table = into / f"recordings.{given['metadata']}"
    check_table(table, given["metadata"])
    with make_client(given) as client, Ledger(into / STATE, f"{into}", ("region", "file", "verified")) as ledger:
        export = _Export(client, ledger, into, given["concurrency"], given["overlap"], given["check"])
        pieces = _pieces(client, window, regions, given.get("profile"), condition)
        with Meter() as meter:
            for piece in pieces:
                if given["check"] or not ledger.is_complete(piece.id):
                    export.run(piece, meter)
            meter.at("Writing the table")
            write_table(ledger, StorageObject, table, given["metadata"])
        export.tell(meter)
    if export.failed:
        raise click.exceptions.Exit(1)


def _condition(types: str, where: tuple[str, ...]) -> Filter | None:
    from xcaas import F
    from xcaas.storage.models import StorageObject

    names = [name.strip() for name in types.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--types names none. Give one, such as callrecording, or all.")
    conditions = [parse_condition(text, StorageObject) for text in where]
    if "all" not in names:
        conditions.insert(0, F.type.in_(names) if len(names) > 1 else F.type == names[0])
    joined: Filter | None = None
    for condition in conditions:
        joined = condition if joined is None else joined & condition
    return joined


def _regions(given: dict[str, Any]) -> str | list[str]:
    """Return the regions that are asked for: those of `--regions`, or the one of `--region`, or all."""
    if given["regions"] is None:
        return [given["region"]] if given.get("region") else "all"
    if given.get("region"):
        raise click.UsageError("Give --regions or --region, not both.")
    names = [name.strip() for name in given["regions"].split(",") if name.strip()]
    if not names:
        raise click.UsageError("--regions names none. Give one, such as us-west, or all.")
    return "all" if "all" in names else names


def _pieces(
    client: XCaaS,
    window: tuple[datetime, datetime],
    regions: str | list[str],
    profile: str | None,
    condition: Filter | None,
) -> list[Slice[StorageObject]]:
    """Return the days of each region, oldest first. They begin at midnight, in UTC, so that each run has the same ones."""
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


@dataclass
class _Export:
    """One run into one folder."""

    client: XCaaS
    ledger: Ledger
    into: Path
    concurrency: int
    settled: datetime
    """Days that were over then are complete once they are read."""
    check: bool
    new: int = 0
    failed: int = 0
    without: int = 0
    _refused: set[str] = field(default_factory=set[str])
    """Regions whose list could not be read. Their later days are for the next run."""
    _paths: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def run(self, piece: Slice[StorageObject], meter: Meter) -> None:
        """Save what a slice has and the folder lacks."""
        from xcaas import ArgumentError, ConfigurationError, XCaaSError

        if piece.region in self._refused:
            return
        meter.at(f"{piece.region} {piece.start:%Y-%m-%d}")
        failed_before = self.failed
        try:
            self._save(piece, meter)
        except (ArgumentError, ConfigurationError):  # nothing was sent, and nothing will be
            raise
        except XCaaSError as error:  # the list itself: other regions go on
            self.failed += 1
            self._refused.add(piece.region)
            sys.stderr.write(f"{piece.region} {piece.start:%Y-%m-%d}, and later days: {error}\n")
        if self.failed == failed_before and piece.end <= self.settled:
            self._sweep(piece)
            self.ledger.complete(piece.id)

    def _save(self, piece: Slice[StorageObject], meter: Meter) -> None:
        from xcaas import download_all

        files = download_all(
            self._wanted(piece),
            self.into,
            concurrency=self.concurrency,
            resume=True,
            keep_going=True,
            skip_existing=True,
            progress=meter.came,
        )
        with closing(files):  # Ctrl-C stops them
            for saved in files:
                path, mark = self._paths.pop(saved.id)
                if saved.error is not None:
                    if _is_full(saved.error):
                        raise click.ClickException(f"{self.into}: {saved.error}. Make room, and run it again.")
                    self.failed += 1
                    sys.stderr.write(f"{piece.region} {saved.id}: {saved.error}\n")
                    continue
                if saved.path is not None:
                    path = saved.path.relative_to(self.into).as_posix()
                self.ledger.put_file(piece.region, saved.id, path, saved.verified, mark)
                self.new += not saved.existed
                meter.finished(saved.id)

    def _sweep(self, piece: Slice[StorageObject]) -> None:
        """Remove parts of files that nobody will ask for any more, as the service does not have them now."""
        for part in self.into.glob(f"{piece.region}/*/{piece.start:%Y-%m-%d}/.*.part*"):
            part.unlink(missing_ok=True)

    def _wanted(self, piece: Slice[StorageObject]) -> Iterator[tuple[Download, str]]:
        """Yield what has to be fetched, or checked because nothing is known of it, while the list is read."""
        from xcaas_data.paths import path_of

        objects = self.client.with_options(region={"storage": piece.region}).storage.objects
        for item in piece.items(self.client):
            at = "" if item.created_time is None else item.created_time.isoformat()
            self.ledger.put(piece.region, item.id, at, item.to_dict())
            if item.object_state not in (None, "AVAILABLE"):
                self.without += 1
                continue
            mark = f"{item.checksum} {item.stored_bytes}"
            known = None if self.check else self.ledger.file_of(piece.region, item.id, mark)
            if known is not None and _has_size(self.into / known, item.stored_bytes):
                continue
            path = path_of(item, piece.region)
            self._paths[item.id] = path, mark
            yield objects.download(item.id), path

    def tell(self, meter: Meter) -> None:
        """Say what was done, in a line."""
        parts = [f"{self.new:,} new ({size(meter.bytes)})", f"{self.ledger.count():,} in all"]
        if self.without:
            parts.append(f"{self.without:,} not available")
        if self.failed:
            parts.append(f"{self.failed:,} failed; run it again")
        sys.stderr.write(f"{self.into}: {', '.join(parts)}\n")


def _is_full(error: XCaaSError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)


def _has_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size or (size is None and path.is_file())
    except OSError:
        return False


export = Verb(
    "export",
    "Keep a folder of recordings: each one once, whole and verified, with a table of them all.\n\n"
    "Run it again, by cron for example, and it fetches what is new. Whatever ended the last run, "
    "this one goes on from there. One run at a time works in a folder.",
    _options,
    _export,
)
