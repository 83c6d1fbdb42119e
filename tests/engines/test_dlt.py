"""dlt loads the same rows as one process reads, a run after the other."""

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
from tests.engines.conftest import DAY, HANGS, PBX, START, WINDOW, Export
from xcaas_data.engines.dlt import resource
from xcaas_data.slices import SliceError

dlt: Any = importlib.import_module("dlt")
duckdb: Any = importlib.import_module("duckdb")


def load(folder: Path, until: datetime, **options: Any) -> None:
    """Run a pipeline whose state and whose database are in a folder."""
    destination = dlt.destinations.duckdb(str(folder / "calls.duckdb"))
    pipeline = dlt.pipeline("calls", destination=destination, dataset_name="xcaas", pipelines_dir=str(folder))
    given: dict[str, Any] = {"every": "6h", "over": {"pbx_id": [PBX]}, "credentials": fleet.CREDENTIALS, **options}
    pipeline.run(resource("work_analytics.call_records", start=START, until=until, **given))


def loaded(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what the database has. Lists come as JSON."""
    with duckdb.connect(str(folder / "calls.duckdb"), read_only=True) as connection:
        for row in connection.sql("SELECT * FROM xcaas.call_records").to_arrow_table().to_pylist():
            lists = {name: row[name] and json.loads(row[name]) for name in ("departments", "branches")}
            yield {**row, **lists}


def loads(folder: Path) -> int:
    with duckdb.connect(str(folder / "calls.duckdb"), read_only=True) as connection:
        [[number]] = connection.execute("SELECT count(*) FROM xcaas._dlt_loads").fetchall()
    return int(number)


@pytest.mark.usefixtures("one_worker_dies")
def test_the_same_rows_although_a_run_dies(plain: Export, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from tests.engines.test_dlt import load; from tests.engines.conftest import WINDOW;"
        "load(pathlib.Path(sys.argv[1]), WINDOW[1])"
    )
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=HANGS, capture_output=True)
    assert died.returncode == -9, died.stderr
    load(tmp_path, WINDOW[1])
    # Merged by key, so that nothing is double.
    assert Export.of(loaded(tmp_path)) == replace(plain, rows=plain.calls)


def test_a_run_loads_what_is_new(tmp_path: Path, plain: Export) -> None:
    small: dict[str, Any] = {"over": {"pbx_id": ["acme-1200-a-day"]}, "every": "2h"}
    for hours, rows, runs in ((4, 201, 1), (5, 201, 1), (8, 401, 2)):
        load(tmp_path, START + hours * DAY / 24, **small)
        assert (Export.of(loaded(tmp_path)).rows, loads(tmp_path)) == (rows, runs)
    # The last two hours are loaded again, and replace what is there.
    load(tmp_path, START + 8 * DAY / 24, overlap="2h", **small)
    assert (Export.of(loaded(tmp_path)).rows, loads(tmp_path)) == (401, 3)


def test_what_makes_no_sense_is_told() -> None:
    with pytest.raises(SliceError, match="cannot be cut into slices"):
        resource("storage.buckets", start=START)
    assert resource("storage.objects.search", start=START).name == "objects"


def test_a_region_that_is_added_later_is_loaded_from_the_start(tmp_path: Path, sandbox: object) -> None:
    alone: dict[str, Any] = {"every": "2h", "over": {"pbx_id": ["acme-1200-a-day"]}}
    both: dict[str, Any] = {"every": "2h", "over": {"pbx_id": ["acme-1200-a-day", "beta-1200-a-day"]}}
    load(tmp_path, START + 8 * DAY / 24, **alone)
    rows = Export.of(loaded(tmp_path)).rows
    load(tmp_path, START + 4 * DAY / 24, **both)
    assert Export.of(loaded(tmp_path)).rows > rows
    load(tmp_path, START + 8 * DAY / 24, **both)
    assert Export.of(loaded(tmp_path)).rows == 2 * rows
    assert loads(tmp_path) == 3
