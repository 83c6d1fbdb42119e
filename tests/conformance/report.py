"""The report: failures by kind, and totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.conformance.loop import Failure, Result

__all__ = ["KNOWN", "known_lines", "lines_of", "passes", "report"]

KNOWN = Path(__file__).parent / "known.txt"

_REQUIRED_SHARE = 0.997


def lines_of(results: Sequence[Result]) -> set[str]:
    """Return one line per document, operation and kind of failure."""
    return {
        f"{failure.document} | {failure.operation} | {failure.kind}"
        for result in results
        for failure in result.failures
    }


def known_lines(path: Path = KNOWN) -> set[str]:
    """Return the lines of known failures."""
    return {line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")}


def passes(results: Sequence[Result]) -> bool:
    """Return whether nearly everything is right and nothing is hollow or broken."""
    operations, responses = sum(result.operations for result in results), sum(result.responses for result in results)
    broken = any(failure.kind == "broken" for result in results for failure in result.failures)
    return (
        not broken
        and sum(result.hollow for result in results) == 0
        and sum(result.valid for result in results) >= _REQUIRED_SHARE * operations
        and sum(result.equal for result in results) >= _REQUIRED_SHARE * responses
    )


def report(results: Sequence[Result], *, most: int, seconds: float) -> str:
    """Return the report of a run with at most `most` failures per kind, 0 for all."""
    kinds: dict[str, list[Failure]] = defaultdict(list)
    for result in results:
        for failure in result.failures:
            kinds[failure.kind].append(failure)
    lines: list[str] = []
    for kind, failures in sorted(kinds.items(), key=lambda item: -len(item[1])):
        operations = {(failure.document, failure.operation) for failure in failures}
        lines.append(
            f"{kind}: {len(failures)} in {len(operations)} operations of {len({failure.document for failure in failures})} documents"
        )
        first_failures = list(_first_per_operation(failures))
        for failure in first_failures[: most or None]:
            lines.append(f"  {failure.document}: {failure.operation}\n    {failure.detail}")
        if most and len(first_failures) > most:
            lines.append(f"  … and {len(first_failures) - most} more operations")
    return "\n".join([*lines, *_totals(results, seconds)]) + "\n"


def _first_per_operation(failures: Iterable[Failure]) -> Iterable[Failure]:
    seen: set[tuple[str, str]] = set()
    for failure in failures:
        if (failure.document, failure.operation) not in seen:
            seen.add((failure.document, failure.operation))
            yield failure


def _totals(results: Sequence[Result], seconds: float) -> list[str]:
    operations, valid = sum(result.operations for result in results), sum(result.valid for result in results)
    responses, equal = sum(result.responses for result in results), sum(result.equal for result in results)
    return [
        f"{len(results)} documents in {seconds:.0f} s, the slowest {max((result.seconds for result in results), default=0):.1f} s",
        f"requests: {valid} of {operations} operations valid ({_percent(valid, operations)})",
        f"answers: {equal} of {responses} equal ({_percent(equal, responses)})",
        f"refused: {sum(result.refused for result in results)} operations, hollow: {sum(result.hollow for result in results)} answers, "
        f"without a sample: {sum(result.unsampled for result in results)} operations",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"
