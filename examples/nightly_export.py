"""Yesterday's recordings as a Parquet file, with a progress bar.

    python -m examples.nightly_export exports/

Suitable for cron: the day is read hour by hour, and the file appears under its name only when it is complete. Another run
replaces it.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.progress import track

from xcaas import F, XCaaS, rows
from xcaas.storage.models import StorageObject
from xcaas_data.slices import plan

DAY = timedelta(days=1)


def export(client: XCaaS, day: date, folder: Path) -> Path:
    """Write the call recordings of a day, in UTC, and return the file."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    hours = plan(
        client.storage.objects.search,
        window=(start, start + DAY),
        every="1h",
        arguments={"filter": F.type == "callrecording"},
    )
    recordings: list[StorageObject] = []
    for hour in track(hours, description=f"Recordings of {day}"):
        recordings += hour.items(client)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{day}.part"
    rows(recordings, of=StorageObject).to_parquet(temporary)
    return temporary.replace(folder / f"{day}.parquet")


def main() -> None:
    with XCaaS.from_env() as client:
        path = export(client, (datetime.now(UTC) - DAY).date(), Path(*sys.argv[1:2]))
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
