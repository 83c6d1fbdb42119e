"""Collects the problems of the stages up to parse, each once, in the order of discovery."""

from __future__ import annotations

from xcaas_generator.problems import Problem, Severity
from xcaas_generator.source import SourceLocation

# Errors that a malformed part of a document may cause unexpectedly. Only that part is left out.
UNEXPECTED_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Report:
    def __init__(self) -> None:
        self._problems: dict[tuple[SourceLocation, str], Problem] = {}

    def warn(self, place: SourceLocation, message: str, advice: str = "") -> None:
        """Report a mistake whose meaning was guessed: code was generated for it."""
        self._add(place, message, advice, "warning")

    def error(self, place: SourceLocation, message: str, advice: str = "") -> None:
        """Report something without a usable meaning: nothing was generated for it."""
        self._add(place, message, advice, "error")

    def extend(self, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            self._problems.setdefault((problem.place, problem.message), problem)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems.values())

    def _add(self, place: SourceLocation, message: str, advice: str, severity: Severity) -> None:
        self._problems.setdefault((place, message), Problem(place, message, advice, severity))
