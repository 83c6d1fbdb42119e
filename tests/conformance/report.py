"""What is printed: failures by kind, and the sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.conformance.loop import Failure, Result

__all__ = ["KNOWN", "known_lines", "lines_of", "passes", "report"]

KNOWN = Path(__file__).parent / "known.txt"

_ENOUGH = 0.997


def lines_of(results: Sequence[Result]) -> set[str]:
    """Return a line for each document, operation and kind of failure."""
    return {f"{one.document} | {one.operation} | {one.kind}" for result in results for one in result.failures}


def known_lines(path: Path = KNOWN) -> set[str]:
    """Return the lines of failures that are known."""
    return {line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")}


def passes(results: Sequence[Result]) -> bool:
    """Whether nearly everything is right and nothing is hollow or broken."""
    operations, answers = sum(one.operations for one in results), sum(one.answers for one in results)
    broken = any(failure.kind == "broken" for one in results for failure in one.failures)
    return (
        not broken
        and sum(one.hollow for one in results) == 0
        and sum(one.valid for one in results) >= _ENOUGH * operations
        and sum(one.equal for one in results) >= _ENOUGH * answers
    )


def report(results: Sequence[Result], *, most: int, seconds: float) -> str:
    """Return the text of a run; `most` failures per kind, 0 for all."""
    kinds: dict[str, list[Failure]] = defaultdict(list)
    for result in results:
        for failure in result.failures:
            kinds[failure.kind].append(failure)
    lines: list[str] = []
    for kind, failures in sorted(kinds.items(), key=lambda item: -len(item[1])):
        operations = {(one.document, one.operation) for one in failures}
        lines.append(
            f"{kind}: {len(failures)} in {len(operations)} operations of {len({one.document for one in failures})} documents"
        )
        shown = list(_first_of_each(failures))
        for failure in shown[: most or None]:
            lines.append(f"  {failure.document}: {failure.operation}\n    {failure.detail}")
        if most and len(shown) > most:
            lines.append(f"  … and {len(shown) - most} more operations")
    return "\n".join([*lines, *_sums(results, seconds)]) + "\n"


def _first_of_each(failures: Iterable[Failure]) -> Iterable[Failure]:
    seen: set[tuple[str, str]] = set()
    for failure in failures:
        if (failure.document, failure.operation) not in seen:
            seen.add((failure.document, failure.operation))
            yield failure


def _sums(results: Sequence[Result], seconds: float) -> list[str]:
    operations, valid = sum(one.operations for one in results), sum(one.valid for one in results)
    answers, equal = sum(one.answers for one in results), sum(one.equal for one in results)
    return [
        f"{len(results)} documents in {seconds:.0f} s, the slowest {max((one.seconds for one in results), default=0):.1f} s",
        f"requests: {valid} of {operations} operations valid ({_percent(valid, operations)})",
        f"answers: {equal} of {answers} equal ({_percent(equal, answers)})",
        f"refused: {sum(one.refused for one in results)} operations, hollow: {sum(one.hollow for one in results)} answers, "
        f"without a sample: {sum(one.unsampled for one in results)} operations",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"
