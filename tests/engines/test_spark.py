"""Spark reads the same rows as a single process, in batches and as a stream."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines import fleet
from tests.engines.conftest import DAY, PBX, ROWS, START, WINDOW, Export, parquet_rows
from xcaas_data.engines.spark import XCaaSDataSource
from xcaas_data.slices import plan
from xcaas_sandbox import Sandbox

functions: Any = importlib.import_module("pyspark.sql.functions")


@pytest.fixture(scope="module")
def spark(sandbox: Sandbox) -> Iterator[Any]:
    # Two threads, and up to four attempts per task, since killed Python workers fail their tasks.
    builder: Any = importlib.import_module("pyspark.sql").SparkSession.builder
    session = (
        builder.master("local[2,4]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.python.filterPushdown.enabled", "true")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    session.dataSource.register(XCaaSDataSource)
    yield session
    session.stop()


def calls(reader: Any, **options: str) -> Any:
    arguments = {"every": "6h", "over": json.dumps({"pbx_id": [PBX]}), "credentials": fleet.CREDENTIALS, **options}
    return reader.format("xcaas").option("list", "work_analytics.call_records").options(**arguments)


def window() -> dict[str, str]:
    return {"start": WINDOW[0].isoformat(), "end": WINDOW[1].isoformat()}


@pytest.mark.usefixtures("killed_worker")
def test_rows_are_the_same_if_a_worker_is_killed(spark: Any, single_process_export: Export, tmp_path: Path) -> None:
    frame = calls(spark.read, **window()).load()
    assert frame.rdd.getNumPartitions() == 8
    frame.write.parquet(str(tmp_path / "out"))
    assert Export.of(parquet_rows(tmp_path / "out")) == single_process_export


def test_at_most_splits_partitions(spark: Any) -> None:
    frame = calls(spark.read, **window(), at_most=str(ROWS // 10)).load()
    assert frame.rdd.getNumPartitions() == 16


def test_filters_narrow_the_window(spark: Any, sandbox: Sandbox) -> None:
    hours = (START + DAY / 2, START + DAY / 2 + DAY / 24)
    column = functions.col("disconnected_time_utc")
    condition = (column >= hours[0]) & (column < hours[1])
    calls_before = sandbox.state.credentials.stats.calls
    frame = calls(spark.read, time="disconnected_time_utc").load().filter(condition)
    assert frame.rdd.getNumPartitions() == 1
    call_ids = {row["call_id"] for row in frame.select("call_id").collect()}
    assert sandbox.state.credentials.stats.calls - calls_before <= 2 + len(call_ids) // 100
    [piece] = plan(
        "work_analytics.call_records.list",
        window=hours,
        every="1h",
        over={"pbx_id": [PBX]},
        credentials=fleet.CREDENTIALS,
    )
    end_times = {item.call_id: item.disconnected_time_utc for item in piece.items()}
    assert call_ids == {call for call, moment in end_times.items() if moment and hours[0] <= moment < hours[1]}
    empty = calls(spark.read, time="disconnected_time_utc", **window()).load().filter(column < START)
    assert empty.count() == 0


def test_streams_continue_with_the_next_window(spark: Any, tmp_path: Path) -> None:
    def run(hours: int) -> list[int]:
        """Run the stream up to `hours` hours after the start, and return the number of rows of each batch."""
        reader = calls(
            spark.readStream, start=START.isoformat(), end=(START + hours * DAY / 24).isoformat(), every="1h"
        )
        query = (
            reader.load()
            .writeStream.format("parquet")
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .option("path", str(tmp_path / "out"))
            .trigger(availableNow=True)
            .start()
        )
        assert query.awaitTermination(100)
        return [batch["numInputRows"] for batch in query.recentProgress if batch["numInputRows"]]

    hour = ROWS // 48
    [first] = run(1)
    [second] = run(3)
    assert run(3) == []
    assert (first // hour, second // hour) == (1, 2)
    export = Export.of(parquet_rows(tmp_path / "out"))
    assert (export.rows, export.calls // hour) == (first + second, 3)


def test_the_schema_needs_no_request(spark: Any, sandbox: Sandbox) -> None:
    calls_before = sandbox.state.credentials.stats.calls
    frame = calls(spark.read, **window()).load()
    types = dict(frame.dtypes)
    assert types["disconnected_time_utc"] == "timestamp"
    assert types["departments"] == "array<string>"
    objects = spark.read.format("xcaas").option("list", "storage.objects.search")
    pivoted = objects.option("pivot", '{"tags": ["callId"]}').load()
    assert [name for name in pivoted.columns if name.startswith("tags")] == ["tags.callId"]
    assert sandbox.state.credentials.stats.calls == calls_before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"colour": "red"}, "the option 'colour' is unknown"),
        ({"start": "yesterday"}, "'yesterday' is not a time"),
        ({"start": "2026-01-01T00:00:00"}, "has no time zone"),
        ({"over": "["}, "is not JSON"),
        ({"over": "[]"}, "is not a JSON object"),
        ({"list": "storage.buckets"}, "storage.buckets cannot be cut"),
        ({}, "the window is missing"),
    ],
)
def test_invalid_options_raise(spark: Any, options: dict[str, str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        calls(spark.read, **options).load().collect()
