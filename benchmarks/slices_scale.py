"""Throughput of 1, 2 and 4 processes that read the same slices, with a latency of 50 ms per response."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any, Final

from xcaas_data.slices import Slice, plan
from xcaas_sandbox import Sandbox
from xcaas_sandbox._faults import Fault, Faults
from xcaas_sandbox.cli import environment

LATENCY: Final = 0.05  # seconds
WORKERS: Final = (1, 2, 4)
START: Final = datetime(2026, 1, 1, tzinfo=UTC)


def main(slices: int = 160) -> int:
    """Print rows and megabytes per second for each number of workers, and the speed-up over one.

    A slice is 15 minutes of call records of a PBX, which fit in one response, so latency dominates.
    """
    with Sandbox(faults=Faults([Fault(path="call-records", delay=LATENCY)]), speed=100) as sandbox:
        os.environ.update(environment(sandbox.base_url))
        pieces = plan(
            "work_analytics.call_records.list",
            window=(START, START + slices * timedelta(minutes=15)),
            every="15m",
            over={"pbx_id": ["acme-5000-a-day"]},
        )
        single: tuple[int, float] | None = None
        for workers in WORKERS:
            rows, size, seconds = _read(pieces, workers)
            single = single or (rows, seconds)
            if rows != single[0]:
                raise AssertionError(f"{workers} workers read {rows} rows, one read {single[0]}")
            speed = f"{rows / seconds:,.0f} rows/s, {size / seconds / 1e6:.2f} MB/s of Arrow"
            print(f"slices, {workers} at a time: {speed}, {single[1] / seconds:.2f} × one process")
    return 0


def _read(pieces: Sequence[Slice[Any]], workers: int) -> tuple[int, int, float]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_size, pieces[: 4 * workers]))  # start the processes and connect before measuring
        start = time.perf_counter()
        sizes = list(pool.map(_size, pieces, chunksize=4))
        seconds = time.perf_counter() - start
    return sum(rows for rows, _ in sizes), sum(size for _, size in sizes), seconds


def _size(piece: Slice[Any]) -> tuple[int, int]:
    """Return the number of rows of a slice, and their size in Arrow in bytes."""
    batches: list[Any] = list(piece.read())
    return sum(batch.num_rows for batch in batches), sum(batch.nbytes for batch in batches)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
