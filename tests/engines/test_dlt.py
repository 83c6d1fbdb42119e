"""dlt loads the same rows, in several runs, as a single process reads."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.engines import fleet
from tests.engines.conftest import DAY, PBX, START, TIMEOUT, WINDOW, Export
from xcaas_data.engines.dlt import resource
from xcaas_data.slices import SliceError

dlt: Any = importlib.import_module("dlt")
duckdb: Any = importlib.import_module("duckdb")


def load(folder: Path, until: datetime, **options: Any) -> None:
    """Run a pipeline with its state and database in a folder."""
    destination = dlt.destinations.duckdb(str(folder / "calls.duckdb"))
    pipeline = dlt.pipeline("calls", destination=destination, dataset_name="xcaas", pipelines_dir=str(folder))
    arguments: dict[str, Any] = {"every": "6h", "over": {"pbx_id": [PBX]}, "credentials": fleet.CREDENTIALS, **options}
    pipeline.run(resource("work_analytics.call_records", start=START, until=until, **arguments))


def loaded_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of the database, with lists parsed from JSON."""
    with duckdb.connect(str(folder / "calls.duckdb"), read_only=True) as connection:
        for row in connection.sql("SELECT * FROM xcaas.call_records").to_arrow_table().to_pylist():
            lists = {name: row[name] and json.loads(row[name]) for name in ("departments", "branches")}
            yield {**row, **lists}


def load_count(folder: Path) -> int:
    with duckdb.connect(str(folder / "calls.duckdb"), read_only=True) as connection:
        [[count]] = connection.execute("SELECT count(*) FROM xcaas._dlt_loads").fetchall()
    return int(count)


@pytest.mark.usefixtures("killed_worker")
def test_rows_are_the_same_if_a_run_is_killed(single_process_export: Export, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from tests.engines.test_dlt import load; from tests.engines.conftest import WINDOW;"
        "load(pathlib.Path(sys.argv[1]), WINDOW[1])"
    )
    completed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=TIMEOUT, capture_output=True)
    assert completed.returncode == -9, completed.stderr
    load(tmp_path, WINDOW[1])
    # Merged by key, so there are no duplicates.
    assert Export.of(loaded_rows(tmp_path)) == replace(single_process_export, rows=single_process_export.calls)


def test_a_run_loads_new_windows(tmp_path: Path, single_process_export: Export) -> None:
    small: dict[str, Any] = {"over": {"pbx_id": ["acme-1200-a-day"]}, "every": "2h"}
    for hours, rows, runs in ((4, 201, 1), (5, 201, 1), (8, 401, 2)):
        load(tmp_path, START + hours * DAY / 24, **small)
        assert (Export.of(loaded_rows(tmp_path)).rows, load_count(tmp_path)) == (rows, runs)
    # The last two hours are loaded again and replace the existing rows.
    load(tmp_path, START + 8 * DAY / 24, overlap="2h", **small)
    assert (Export.of(loaded_rows(tmp_path)).rows, load_count(tmp_path)) == (401, 3)


def test_unsliceable_operations_raise() -> None:
    with pytest.raises(SliceError, match="cannot be cut into slices"):
        resource("storage.buckets", start=START)
    assert resource("storage.objects.search", start=START).name == "objects"


def test_partitions_added_later_are_loaded_from_the_start(tmp_path: Path, sandbox: object) -> None:
    alone: dict[str, Any] = {"every": "2h", "over": {"pbx_id": ["acme-1200-a-day"]}}
    both: dict[str, Any] = {"every": "2h", "over": {"pbx_id": ["acme-1200-a-day", "beta-1200-a-day"]}}
    load(tmp_path, START + 8 * DAY / 24, **alone)
    rows = Export.of(loaded_rows(tmp_path)).rows
    load(tmp_path, START + 4 * DAY / 24, **both)
    assert Export.of(loaded_rows(tmp_path)).rows > rows
    load(tmp_path, START + 8 * DAY / 24, **both)
    assert Export.of(loaded_rows(tmp_path)).rows == 2 * rows
    assert load_count(tmp_path) == 3
