"""Reports of runs, and when they pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.loop import Failure, Result
from tests.conformance.report import known_lines, lines_of, passes, report

GOOD = Result("a.yaml", operations=1000, valid=997, responses=1000, equal=997)
FAULT = Failure("a.yaml", "GET /a", "request: query", "sync: expected 1, got 2")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Result("b.yaml"), True),
        (Result("b.yaml", refused=3), True),
        (Result("b.yaml", operations=1), False),
        (Result("b.yaml", responses=1), False),
        (Result("b.yaml", hollow=1), False),
        (Result("b.yaml", failures=[Failure("b.yaml", "*", "broken", "…")]), False),
    ],
)
def test_passing_needs_nearly_all_right_and_nothing_hollow(other: Result, expected: bool) -> None:
    assert passes([GOOD, other]) is expected


def test_reports_group_failures_by_kind() -> None:
    others = [Failure("b.yaml", f"GET /{number}", "answer: differs", "…") for number in range(3)]
    results = [Result("a.yaml", 4, 3, 8, 8, failures=[FAULT, FAULT]), Result("b.yaml", 6, 6, 8, 5, failures=others)]
    assert report(results, most=2, seconds=1).splitlines() == [
        "answer: differs: 3 in 3 operations of 1 documents",
        "  b.yaml: GET /0",
        "    …",
        "  b.yaml: GET /1",
        "    …",
        "  … and 1 more operations",
        "request: query: 2 in 1 operations of 1 documents",
        "  a.yaml: GET /a",
        "    sync: expected 1, got 2",
        "2 documents in 1 s, the slowest 0.0 s",
        "requests: 9 of 10 operations valid (90.00 %)",
        "answers: 13 of 16 equal (81.25 %)",
        "refused: 0 operations, hollow: 0 answers, without a sample: 0 operations",
    ]


def test_lines_of_failures_have_document_operation_and_kind(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("# a note\na.yaml | GET /a | request: query\n\n", "utf-8")
    results = [Result("a.yaml", failures=[FAULT, FAULT, Failure("a.yaml", "GET /b", "hollow", "…")])]
    assert lines_of(results) - known_lines(known) == {"a.yaml | GET /b | hollow"}
