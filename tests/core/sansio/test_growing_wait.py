"""How waits grow."""

from __future__ import annotations

from xcaas_core.sansio._steps import growing_wait


def test_waits_grow_to_the_longest() -> None:
    assert [growing_wait(0.5, number, 3.0) for number in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert growing_wait(1.0, 3, factor=1.5) == 2.25
    assert growing_wait(0.0, 4) == 0.0
    assert growing_wait(1.0, 10_000, 8.0) == 8.0
