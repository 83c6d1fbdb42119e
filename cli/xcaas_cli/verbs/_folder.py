"""The folder of recordings: what the service has and the folder lacks, downloaded while the list is read."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._ledger import Ledger
from ._meter import Meter, size

if TYPE_CHECKING:
    from datetime import datetime

    from xcaas import Download, Saved, XCaaS, XCaaSError
    from xcaas.storage.models import StorageObject
    from xcaas_data.slices import Slice

__all__ = ["FolderExport"]


@dataclass(eq=False)
class _Day:
    """A slice, with what it waits for."""

    piece: Slice[StorageObject]
    waits_for: int = 1
    """Its list, and its files that are being downloaded."""
    failed: bool = False

    def __str__(self) -> str:
        return f"{self.piece.region} {self.piece.start:%Y-%m-%d}"


@dataclass(frozen=True)
class _File:
    """A file that is being downloaded."""

    day: _Day
    path: str
    mark: str
    before: str | None
    """Where an earlier run saved the same recording."""


@dataclass
class FolderExport:
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
    unavailable: int = 0
    _files: dict[str, _File] = field(default_factory=dict[str, _File])

    def run(self, days: Iterable[Slice[StorageObject]], meter: Meter) -> None:
        """Save what the days of one region have and the folder lacks.

        The next day is listed while the last files of the day before are downloaded.
        """
        from xcaas import download_all

        files = download_all(
            self._missing(days, meter),
            self.into,
            concurrency=self.concurrency,
            resume=True,
            keep_going=True,
            skip_existing=True,
            progress=meter.came,
        )
        with closing(files):  # Ctrl-C stops them
            for saved in files:
                file = self._files.pop(saved.id)
                self._keep(file, saved)
                meter.finished(saved.id)
                self._end_one(file.day, failed=saved.error is not None)

    def tell(self, meter: Meter) -> None:
        """Print a line on what was done."""
        total = self.ledger.count()
        parts = [f"{self.new:,} new ({size(meter.bytes)})", f"{total:,} in all"]
        if self.unavailable:
            parts.append(f"{self.unavailable:,} not available")
        if self.failed:
            parts.append(f"{self.failed:,} failed; run it again")
        sys.stderr.write(f"{self.into}: {', '.join(parts)}\n")
        if not total and not self.failed:
            sys.stderr.write("No recording matches. Check --since, --until, --regions, --types and --where.\n")

    def _missing(self, days: Iterable[Slice[StorageObject]], meter: Meter) -> Iterator[tuple[Download, str]]:
        """Yield the files to download, day by day. If a list cannot be read, later days are left to the next run."""
        from xcaas import ArgumentError, ConfigurationError, XCaaSError

        for day in map(_Day, days):
            meter.at(str(day))
            try:
                yield from self._missing_of(day)
            except (ArgumentError, ConfigurationError):  # nothing was sent, and nothing will be
                raise
            except XCaaSError as error:
                self.failed += 1
                sys.stderr.write(f"{day}, and later days: {error}\n")
                return
            self._end_one(day)

    def _missing_of(self, day: _Day) -> Iterator[tuple[Download, str]]:
        """Yield what must be downloaded, or checked because no run has saved it, while the list is read."""
        from xcaas_data.paths import path_of

        region = day.piece.region
        objects = self.client.with_options(region={"storage": region}).storage.objects
        for item in day.piece.items(self.client):
            at = "" if item.created_time is None else item.created_time.isoformat()
            self.ledger.put(region, item.id, at, item.to_dict())
            if item.object_state not in (None, "AVAILABLE"):
                self.unavailable += 1
                continue
            path, mark = path_of(item, region), f"{item.checksum} {item.stored_bytes}"
            before = self.ledger.file_of(region, item.id)
            is_known = before == (path, mark) and not self.check
            if item.id in self._files or (is_known and _has_size(self.into / path, item.stored_bytes)):
                continue
            self._files[item.id] = _File(day, path, mark, before and before[0])
            day.waits_for += 1
            yield objects.download(item.id), path

    def _keep(self, file: _File, saved: Saved) -> None:
        """Note a file that was saved. A recording that has another path now has one file, not two."""
        region = file.day.piece.region
        if saved.error is not None:
            if _is_full(saved.error):
                raise click.ClickException(f"{self.into}: {saved.error}. Make room, and run it again.")
            self.failed += 1
            sys.stderr.write(f"{region} {saved.id}: {saved.error}\n")
            return
        path = file.path if saved.path is None else saved.path.relative_to(self.into).as_posix()
        if file.before is not None and file.before != path:
            (self.into / file.before).unlink(missing_ok=True)
        self.ledger.put_file(region, saved.id, path, saved.verified, file.mark)
        self.new += not saved.existed

    def _end_one(self, day: _Day, *, failed: bool = False) -> None:
        """Note the end of the list or of a file. After the last one the day is complete, if it is over."""
        day.waits_for -= 1
        day.failed |= failed
        if day.waits_for or day.failed or day.piece.end > self.settled:
            return
        # Parts of files that no run will ask for again: the service has no such recording now.
        for part in self.into.glob(f"{day.piece.region}/*/{day.piece.start:%Y-%m-%d}/.*.part*"):
            part.unlink(missing_ok=True)
        self.ledger.complete(day.piece.id)


def _is_full(error: XCaaSError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)


def _has_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size or (size is None and path.is_file())
    except OSError:
        return False
