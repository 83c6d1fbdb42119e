"""A sandbox and a Redis for all engines, and the rows that a single process reads.

Run by `make test-engines`, which installs the engines. A plain `make test` leaves this folder out.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.engines import fleet
from tests.products.support import JANUARY
from tests.support.redis_server import redis_server
from xcaas_data.slices import Slice, plan
from xcaas_sandbox import Sandbox

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ROWS = int(os.environ.get("XCAAS_ENGINES_ROWS", "200_000"))
PBX = f"acme-{ROWS // 2}-a-day"
WINDOW = (START, START + 2 * DAY)


TIMEOUT = 600
"""In seconds. Spark takes 20 s to start and its program 40 s; on a busy machine, more than 100 s."""


def pytest_itemcollected(item: pytest.Item) -> None:
    # Warnings of the engines are not errors of ours.
    item.add_marker(pytest.mark.filterwarnings("default"))
    item.add_marker(pytest.mark.timeout(TIMEOUT))


@dataclass(frozen=True)
class Export:
    """The result of an export: the number of rows, of distinct calls, and a digest of the distinct rows."""

    rows: int
    calls: int
    digest: str

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Export:
        row_count, calls, lines = 0, set[str](), set[str]()
        for row in rows:
            row_count += 1
            calls.add(row["call_id"])
            lines.add(json.dumps(row, sort_keys=True, default=_to_json))
        digest = sha256()
        for line in sorted(lines):
            digest.update(line.encode())
        return cls(row_count, calls=len(calls), digest=digest.hexdigest())


def _to_json(value: object) -> object:
    """Serialize a datetime in UTC, whatever time zone the engine returned."""
    assert isinstance(value, datetime), type(value)
    return value.astimezone(UTC).isoformat()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox, with the environment that workers need to reach it."""
    with Sandbox(until=JANUARY) as sandbox, redis_server() as redis, pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in fleet.settings(sandbox.base_url, redis, tmp_path_factory.mktemp("fleet")).items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture(scope="session")
def pieces(sandbox: Sandbox) -> list[Slice[Any]]:
    """The slices that every engine reads."""
    return plan(
        "work_analytics.call_records.list",
        window=WINDOW,
        every="6h",
        over={"pbx_id": [PBX]},
        credentials=fleet.CREDENTIALS,
    )


@pytest.fixture(scope="session")
def single_process_export(pieces: list[Slice[Any]]) -> Export:
    """The result of one process that reads all slices in order."""
    export = Export.of(row for piece in pieces for batch in piece.read() for row in batch.to_pylist())
    assert export.calls == ROWS + 1  # includes the call on the last edge
    assert export.rows > export.calls  # calls on the other edges are in two slices
    return export


@pytest.fixture
def killed_worker(sandbox: Sandbox) -> Iterator[None]:
    """Kill one worker in the middle of a slice."""
    kill_switch = fleet.kill_switch_path()
    kill_switch.touch()
    yield
    assert not kill_switch.exists(), "no worker was killed"


@pytest.fixture(autouse=True)
def single_token_request(sandbox: Sandbox) -> Iterator[None]:
    """Check that all processes of all engines share one token, which lives half an hour."""
    yield
    assert sandbox.state.credentials.stats.token_requests == 1


def parquet_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a folder of Parquet files."""
    parquet: Any = importlib.import_module("pyarrow.parquet")
    for path in sorted(folder.glob("*.parquet")):
        yield from parquet.read_table(path).to_pylist()
