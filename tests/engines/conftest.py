"""One sandbox and one Redis for all engines, and what a plain read in one process finds there.

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


HANGS = 600
"""Seconds after which an engine is taken to hang. Spark takes 20 s to start and its program 40 s, more than 100 s beside other work."""


def pytest_itemcollected(item: pytest.Item) -> None:
    # Engines warn of what they do themselves.
    item.add_marker(pytest.mark.filterwarnings("default"))
    item.add_marker(pytest.mark.timeout(HANGS))


@dataclass(frozen=True)
class Export:
    """What came out: how many rows, how many different calls, and a digest over all different rows."""

    rows: int
    calls: int
    digest: str

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Export:
        number, calls, lines = 0, set[str](), set[str]()
        for row in rows:
            number += 1
            calls.add(row["call_id"])
            lines.add(json.dumps(row, sort_keys=True, default=_plain))
        digest = sha256()
        for line in sorted(lines):
            digest.update(line.encode())
        return cls(number, calls=len(calls), digest=digest.hexdigest())


def _plain(value: object) -> object:
    """Return points in time in UTC, whatever engine made them."""
    assert isinstance(value, datetime), type(value)
    return value.astimezone(UTC).isoformat()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox, and an environment in which all workers find it."""
    with Sandbox(until=JANUARY) as running, redis_server() as redis, pytest.MonkeyPatch.context() as patch:
        for name, value in fleet.settings(running.base_url, redis, tmp_path_factory.mktemp("fleet")).items():
            patch.setenv(name, value)
        yield running


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
def plain(pieces: list[Slice[Any]]) -> Export:
    """What one process finds that reads one slice after the other."""
    found = Export.of(row for piece in pieces for batch in piece.read() for row in batch.to_pylist())
    assert found.calls == ROWS + 1  # the call on the last edge is in it
    assert found.rows > found.calls  # those on the other edges come twice
    return found


@pytest.fixture
def one_worker_dies(sandbox: Sandbox) -> Iterator[None]:
    """Have one worker killed in the middle of a slice."""
    wish = fleet.death_wish()
    wish.touch()
    yield
    assert not wish.exists(), "nobody died"


@pytest.fixture(autouse=True)
def one_token(sandbox: Sandbox) -> Iterator[None]:
    """Tokens live half an hour here: one request for all processes of all engines together."""
    yield
    assert sandbox.state.credentials.stats.token_requests == 1


def parquet_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a folder of Parquet files."""
    parquet: Any = importlib.import_module("pyarrow.parquet")
    for path in sorted(folder.glob("*.parquet")):
        yield from parquet.read_table(path).to_pylist()
