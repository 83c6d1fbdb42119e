"""Dask reads the same rows as a single process."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines.conftest import Export, parquet_rows
from xcaas_data.engines.dask import read_slices
from xcaas_data.slices import Slice, SliceError, plan
from xcaas_sandbox import Sandbox

distributed: Any = importlib.import_module("distributed")


@pytest.fixture(scope="module")
def cluster(sandbox: Sandbox) -> Iterator[Any]:
    """Two worker processes, replaced when they are killed."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, env=dict(os.environ)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.usefixtures("cluster", "killed_worker")
def test_rows_are_the_same_if_a_worker_is_killed(
    pieces: list[Slice[Any]], single_process_export: Export, tmp_path: Path
) -> None:
    frame = read_slices(pieces)
    assert frame.npartitions == len(pieces) == 8
    frame.to_parquet(str(tmp_path), write_index=False)
    assert Export.of(parquet_rows(tmp_path)) == single_process_export


@pytest.mark.usefixtures("cluster")
def test_only_used_columns_are_read(pieces: list[Slice[Any]], single_process_export: Export) -> None:
    frame = read_slices(pieces)
    assert frame["call_id"].nunique().compute() == single_process_export.calls
    narrow_frame = read_slices(pieces[:1], columns=["call_id", "direction"])
    assert list(narrow_frame.columns) == list(narrow_frame.compute().columns) == ["call_id", "direction"]


def test_the_schema_needs_no_request(pieces: list[Slice[Any]], sandbox: Sandbox) -> None:
    calls_before = sandbox.state.credentials.stats.calls
    frame = read_slices(pieces)
    assert list(frame.columns) == pieces[0].schema().names
    assert str(frame.dtypes["disconnected_time_utc"]) == "timestamp[us, tz=UTC][pyarrow]"
    objects = plan("storage.objects.search", window=(pieces[0].start, pieces[0].end), every="1d")
    assert "tags.callId" in read_slices(objects, pivot={"tags": ["callId"]}).columns
    with pytest.raises(SliceError, match="there are no slices"):
        read_slices([])
    assert sandbox.state.credentials.stats.calls == calls_before
