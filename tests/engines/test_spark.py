"""Spark reads the same rows as one process does, in batches and as a stream."""

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
    # Two threads, and tasks that are tried again: their Python is in processes of its own.
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
    given = {"every": "6h", "over": json.dumps({"pbx_id": [PBX]}), "credentials": fleet.CREDENTIALS, **options}
    return reader.format("xcaas").option("list", "work_analytics.call_records").options(**given)


def window() -> dict[str, str]:
    return {"start": WINDOW[0].isoformat(), "end": WINDOW[1].isoformat()}


@pytest.mark.usefixtures("one_worker_dies")
def test_the_same_rows_although_a_worker_dies(spark: Any, plain: Export, tmp_path: Path) -> None:
    frame = calls(spark.read, **window()).load()
    assert frame.rdd.getNumPartitions() == 8
    frame.write.parquet(str(tmp_path / "out"))
    assert Export.of(parquet_rows(tmp_path / "out")) == plain


def test_partitions_that_are_too_big_are_split(spark: Any) -> None:
    frame = calls(spark.read, **window(), at_most=str(ROWS // 10)).load()
    assert frame.rdd.getNumPartitions() == 16


def test_filters_narrow_the_window(spark: Any, sandbox: Sandbox) -> None:
    hours = (START + DAY / 2, START + DAY / 2 + DAY / 24)
    column = functions.col("disconnected_time_utc")
    wanted = (column >= hours[0]) & (column < hours[1])
    calls_before = sandbox.state.credentials.stats.calls
    frame = calls(spark.read, time="disconnected_time_utc").load().filter(wanted)
    assert frame.rdd.getNumPartitions() == 1
    found = {row["call_id"] for row in frame.select("call_id").collect()}
    assert sandbox.state.credentials.stats.calls - calls_before <= 2 + len(found) // 100
    [piece] = plan(
        "work_analytics.call_records.list",
        window=hours,
        every="1h",
        over={"pbx_id": [PBX]},
        credentials=fleet.CREDENTIALS,
    )
    ended = {item.call_id: item.disconnected_time_utc for item in piece.items()}
    assert found == {call for call, moment in ended.items() if moment and hours[0] <= moment < hours[1]}
    nothing = calls(spark.read, time="disconnected_time_utc", **window()).load().filter(column < START)
    assert nothing.count() == 0


def test_a_stream_goes_on_with_the_next_window(spark: Any, tmp_path: Path) -> None:
    def run(days: int) -> list[int]:
        """Run the stream until everything of so many days is there, and return how many rows each batch had."""
        reader = calls(spark.readStream, start=START.isoformat(), end=(START + days * DAY / 24).isoformat(), every="1h")
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
    [following] = run(3)
    assert run(3) == []
    assert (first // hour, following // hour) == (1, 2)
    found = Export.of(parquet_rows(tmp_path / "out"))
    assert (found.rows, found.calls // hour) == (first + following, 3)


def test_the_schema_is_known_before_any_call(spark: Any, sandbox: Sandbox) -> None:
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
def test_what_makes_no_sense_is_told(spark: Any, options: dict[str, str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        calls(spark.read, **options).load().collect()
