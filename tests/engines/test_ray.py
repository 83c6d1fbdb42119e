"""Ray reads the same rows as a single process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import ray

from tests.engines.conftest import START, Export, parquet_rows
from xcaas_data.engines.ray import XCaaSDatasource
from xcaas_data.slices import Slice, SliceError, plan
from xcaas_sandbox import Sandbox


@pytest.fixture(scope="module")
def cluster(sandbox: Sandbox) -> Iterator[None]:
    """Two worker processes, replaced when they are killed."""
    ray.init(num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster", "killed_worker")
def test_rows_are_the_same_if_a_worker_is_killed(
    pieces: list[Slice[Any]], single_process_export: Export, tmp_path: Path
) -> None:
    ray.data.read_datasource(XCaaSDatasource(pieces)).write_parquet(str(tmp_path))
    assert Export.of(parquet_rows(tmp_path)) == single_process_export


@pytest.mark.usefixtures("cluster")
def test_empty_slices_have_columns(pieces: list[Slice[Any]]) -> None:
    [empty] = plan(
        pieces[0].operation,
        window=(START + timedelta(hours=1), START + timedelta(hours=2)),
        every="1h",
        over={"pbx_id": ["acme-1-a-day"]},
        credentials=pieces[0].credentials,
    )
    dataset = ray.data.read_datasource(XCaaSDatasource([empty]))
    assert dataset.count() == 0
    assert dataset.schema().names == empty.schema().names
    with pytest.raises(SliceError, match="there are no slices"):
        XCaaSDatasource([])
