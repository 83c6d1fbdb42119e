"""Fair ratios on noisy machines: both sides take turns, the best of each counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Comparison", "compare", "show"]


class Comparison(NamedTuple):
    """Best CPU seconds of each side over all rounds."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """Ours over the peer's: below 1 is faster."""
        return self.ours / self.peer


def compare(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = 7,
    clock: Callable[[], float] = time.process_time,
) -> Comparison:
    """Run the two in turn and keep the best of each, which noise can only worsen."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for index, run in enumerate((ours, peer)):
            gc.collect()
            start = clock()
            result = run()
            best[index] = min(best[index], clock() - start)
            del result  # off the clock: throwing away is not what is compared
    return Comparison(*best)


def show(what: str, found: Comparison, *, peer: str, budget: float | None = None) -> None:
    """One line: the ratio, what it is a ratio of, and the budget if there is one."""
    line = f"{what}: {found.ratio:.2f} × {peer}  ({found.ours * 1e3:.2f} ms against {found.peer * 1e3:.2f} ms)"
    print(line if budget is None else f"{line}  budget {budget:g}: {'held' if found.ratio <= budget else 'MISSED'}")
