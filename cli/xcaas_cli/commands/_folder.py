"""The folder of recordings: downloading missing ones while the list is read."""

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
    """A slice of one day, and how many parts of it are pending."""

    piece: Slice[StorageObject]
    pending: int = 1
    """The number of pending parts: its list, and its downloads."""
    failed: bool = False

    def __str__(self) -> str:
        return f"{self.piece.region} {self.piece.start:%Y-%m-%d}"


@dataclass(frozen=True)
class _File:
    """A file that is being downloaded."""

    day: _Day
    path: str
    mark: str
    previous_path: str | None
    """The path where an earlier run saved the recording, if it did."""


@dataclass
class FolderExport:
    """One run of an export into one folder."""

    client: XCaaS
    ledger: Ledger
    into: Path
    concurrency: int
    settled: datetime
    """Days that ended by then are complete after they are read; later ones are read again by the next run."""
    check: bool
    new: int = 0
    failed: int = 0
    unavailable: int = 0
    _files: dict[str, _File] = field(default_factory=dict[str, _File])

    def run(self, days: Iterable[Slice[StorageObject]], meter: Meter) -> None:
        """Download the recordings of one region that the folder lacks.

        The next day is listed while the last files of the day before are downloaded.
        """
        from xcaas import download_all

        files = download_all(
            self._downloads(days, meter),
            self.into,
            concurrency=self.concurrency,
            resume=True,
            keep_going=True,
            skip_existing=True,
            progress=meter.count_bytes,
        )
        with closing(files):  # Ctrl-C cancels the downloads
            for saved in files:
                file = self._files.pop(saved.id)
                self._record(file, saved)
                meter.count_file(saved.id)
                self._finish_part(file.day, failed=saved.error is not None)

    def print_summary(self, meter: Meter) -> None:
        """Print a summary of the run."""
        total = self.ledger.count()
        parts = [f"{self.new:,} new ({size(meter.bytes)})", f"{total:,} in all"]
        if self.unavailable:
            parts.append(f"{self.unavailable:,} not available")
        if self.failed:
            parts.append(f"{self.failed:,} failed; run it again")
        sys.stderr.write(f"{self.into}: {', '.join(parts)}\n")
        if not total and not self.failed:
            sys.stderr.write("No recording matches. Check --since, --until, --regions, --types and --where.\n")

    def _downloads(self, days: Iterable[Slice[StorageObject]], meter: Meter) -> Iterator[tuple[Download, str]]:
        """Yield the files to download, day by day. If a list cannot be read, the next run reads this and later days."""
        from xcaas import ArgumentError, ConfigurationError, XCaaSError

        for day in map(_Day, days):
            meter.set_label(str(day))
            try:
                yield from self._downloads_of_day(day)
            except (ArgumentError, ConfigurationError):  # no call can succeed
                raise
            except XCaaSError as error:
                self.failed += 1
                sys.stderr.write(f"{day}, and later days: {error}\n")
                return
            self._finish_part(day)

    def _downloads_of_day(self, day: _Day) -> Iterator[tuple[Download, str]]:
        """Yield the files of a day that are missing, changed, or not verified by an earlier run."""
        from xcaas_data.paths import path_of

        region = day.piece.region
        objects = self.client.with_options(region={"storage": region}).storage.objects
        for item in day.piece.items(self.client):
            created = "" if item.created_time is None else item.created_time.isoformat()
            self.ledger.set_row(region, item.id, created, item.to_dict())
            if item.object_state not in (None, "AVAILABLE"):
                self.unavailable += 1
                continue
            path, mark = path_of(item, region), f"{item.checksum} {item.stored_bytes}"
            previous = self.ledger.file_of(region, item.id)
            is_saved = previous == (path, mark) and not self.check
            if item.id in self._files or (is_saved and _has_size(self.into / path, item.stored_bytes)):
                continue
            self._files[item.id] = _File(day, path, mark, previous and previous[0])
            day.pending += 1
            yield objects.download(item.id), path

    def _record(self, file: _File, saved: Saved) -> None:
        """Record a saved file in the ledger. If its path has changed, remove the old file."""
        region = file.day.piece.region
        if saved.error is not None:
            if _is_full(saved.error):
                raise click.ClickException(f"{self.into}: {saved.error}. Make room, and run it again.")
            self.failed += 1
            sys.stderr.write(f"{region} {saved.id}: {saved.error}\n")
            return
        path = file.path if saved.path is None else saved.path.relative_to(self.into).as_posix()
        if file.previous_path is not None and file.previous_path != path:
            (self.into / file.previous_path).unlink(missing_ok=True)
        self.ledger.set_file(region, saved.id, path, saved.verified, file.mark)
        self.new += not saved.existed

    def _finish_part(self, day: _Day, *, failed: bool = False) -> None:
        """Count down the pending parts of a day. After the last one, mark the day complete if it has ended."""
        day.pending -= 1
        day.failed |= failed
        if day.pending or day.failed or day.piece.end > self.settled:
            return
        # Remove partial files of recordings that the service no longer has.
        for part in self.into.glob(f"{day.piece.region}/*/{day.piece.start:%Y-%m-%d}/.*.part*"):
            part.unlink(missing_ok=True)
        self.ledger.mark_complete(day.piece.id)


def _is_full(error: XCaaSError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)


def _has_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size or (size is None and path.is_file())
    except OSError:
        return False
