"""Ray reads the same rows as one process does."""

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
    """Two processes that read, and another in place of each that died."""
    ray.init(num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster", "one_worker_dies")
def test_the_same_rows_although_a_worker_dies(pieces: list[Slice[Any]], plain: Export, tmp_path: Path) -> None:
    ray.data.read_datasource(XCaaSDatasource(pieces)).write_parquet(str(tmp_path))
    assert Export.of(parquet_rows(tmp_path)) == plain


@pytest.mark.usefixtures("cluster")
def test_columns_are_there_without_rows(pieces: list[Slice[Any]]) -> None:
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
    with pytest.raises(SliceError, match="there is no slice"):
        XCaaSDatasource([])
