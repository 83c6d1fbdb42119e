"""Comparing CPU times on noisy machines: both sides take turns, and the best of each counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Comparison", "compare", "show"]


class Comparison(NamedTuple):
    """The best CPU times of both sides over all rounds, in seconds."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """Our time divided by the peer's: below 1, ours is faster."""
        return self.ours / self.peer


def compare(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = 7,
    clock: Callable[[], float] = time.process_time,
) -> Comparison:
    """Run both in turn and return the best time of each, since noise only adds time."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for index, run in enumerate((ours, peer)):
            gc.collect()
            start = clock()
            result = run()
            best[index] = min(best[index], clock() - start)
            del result  # not timed: deallocation is not compared
    return Comparison(*best)


def show(subject: str, comparison: Comparison, *, peer: str, budget: float | None = None) -> None:
    """Print one line: the subject, the ratio, both times, and the budget if there is one."""
    line = f"{subject}: {comparison.ratio:.2f} × {peer}  ({comparison.ours * 1e3:.2f} ms against {comparison.peer * 1e3:.2f} ms)"
    print(
        line if budget is None else f"{line}  budget {budget:g}: {'held' if comparison.ratio <= budget else 'MISSED'}"
    )
