"""`manage.py fetch_recordings media/ --hours 24`: the latest recordings, each fetched once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from xcaas import F, XCaaS, XCaaSError


class Command(BaseCommand):
    help = "Fetch the call recordings of the last hours that are not in the folder yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--hours", type=int, default=24)

    def handle(self, *, folder: Path, hours: int, **_: object) -> None:
        since = datetime.now(UTC) - timedelta(hours=hours)
        condition = (F.type == "callrecording") & (F.object_state == "AVAILABLE") & (F.created_time >= since)
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        try:
            with XCaaS.from_env() as client:
                for recording in client.storage.objects.search(filter=condition):
                    target = folder / f"{recording.id}.mp3"
                    if not target.exists():  # downloads appear under their names only when complete
                        client.storage.objects.download(recording.id).save(target)
                        count += 1
        except XCaaSError as error:
            raise CommandError(f"{count} fetched, then: {error}") from error
        self.stdout.write(self.style.SUCCESS(f"{count} new recordings in {folder}"))
