"""A Dagster asset with a partition per day: the recordings of that day as Parquet files, one per hour.

    dagster dev -f examples/dagster_recordings.py

A slice contains its window and a reference to credentials, and returns the same items each time, so a partition can be
materialised again or on another machine. Dagster reads annotations at run time, so they are not postponed.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import AssetExecutionContext, DailyPartitionsDefinition, Definitions, MaterializeResult, asset

from xcaas import F, rows
from xcaas.storage.models import StorageObject
from xcaas_data.slices import plan

FOLDER = Path("recordings")


@asset(partitions_def=DailyPartitionsDefinition(start_date="2026-01-01"))
def recordings(context: AssetExecutionContext) -> MaterializeResult:
    """Call recordings of a day, in UTC."""
    start = datetime.fromisoformat(context.partition_key).replace(tzinfo=UTC)
    hours = plan(
        "storage.objects.search",
        window=(start, start + timedelta(days=1)),
        every="1h",
        arguments={"filter": F.type == "callrecording"},
    )
    count = 0
    for hour in hours:
        objects = list(hour.items())
        count += len(objects)
        target = FOLDER / context.partition_key / f"{hour.id}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows(objects, of=StorageObject).to_parquet(target)
        context.log.info(f"{hour.start:%H:%M}: {len(objects)} recordings")
    return MaterializeResult(metadata={"recordings": count, "folder": str(FOLDER / context.partition_key)})


definitions = Definitions(assets=[recordings])
