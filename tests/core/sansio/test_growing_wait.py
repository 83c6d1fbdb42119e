"""Exponential backoff."""

from __future__ import annotations

from xcaas_core.sansio._steps import backoff_delay


def test_backoff_grows_to_its_maximum() -> None:
    assert [backoff_delay(0.5, attempt, 3.0) for attempt in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert backoff_delay(1.0, 3, factor=1.5) == 2.25
    assert backoff_delay(0.0, 4) == 0.0
    assert backoff_delay(1.0, 10_000, 8.0) == 8.0
