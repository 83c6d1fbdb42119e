"""Formatting of problems."""

from __future__ import annotations

from xcaas_generator.ir import SourceLocation
from xcaas_generator.problems import InputError, Problem


def test_a_problem_is_one_line() -> None:
    problem = Problem(SourceLocation("specs/a.yaml", "/paths/~1a"), "it is odd", "Change it.", "warning")
    assert str(problem) == "specs/a.yaml: warning: it is odd (at #/paths/~1a). Change it."
    assert str(problem.at(3, 7)).startswith("specs/a.yaml:3:7: warning: ")


def test_control_characters_are_escaped() -> None:
    problem = Problem(SourceLocation("a\x1b[2J.yaml", "/x\ny"), "tab\there \u202e")
    assert str(problem) == "a\\x1b[2J.yaml: error: tab\\there \\u202e (at #/x\\ny)."


def test_a_problem_can_be_converted_to_json() -> None:
    problem = Problem(SourceLocation("a.yaml", "/x"), "m", "a", "error", 1, 2)
    assert problem.as_json() == {
        "file": "a.yaml", "line": 1, "column": 2, "pointer": "/x", "severity": "error", "message": "m", "advice": "a",
    }  # fmt: skip


def test_an_input_error_has_all_problems() -> None:
    error = InputError([Problem(SourceLocation("a", ""), "one"), Problem(SourceLocation("b", ""), "two")])
    assert len(error.problems) == 2
    assert "one" in str(error)
    assert "two" in str(error)
