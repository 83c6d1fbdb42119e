"""Problems of documents: what is wrong, where, and what to do about it.

A *warning* is a mistake whose meaning could be guessed, so code was generated for it. An *error* is something without
a usable meaning: it was left out and listed as refused, or the whole document is unusable. `strict` turns warnings into
errors. Everything that the generator changes or drops is reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from xcaas_generator.source import SourceLocation

Severity: TypeAlias = Literal["warning", "error"]


class Problem(NamedTuple):
    """One problem. `line` and `column` start at 1; they are None until `positions.locate` looks them up."""

    place: SourceLocation
    message: str
    advice: str = ""
    severity: Severity = "error"
    line: int | None = None
    column: int | None = None

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def pointer(self) -> str:
        """A JSON pointer (RFC 6901); "" is the whole document."""
        return self.place.pointer

    def at(self, line: int, column: int) -> Problem:
        return self._replace(line=line, column=column)

    def __str__(self) -> str:
        """Return `specs/storage.yaml:12:7: error: … (at #/paths/~1a) … advice`, on one line, as compilers do."""
        location = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        advice = f" {self.advice}" if self.advice else ""
        return printable(f"{location}: {self.severity}: {self.message} (at #{self.pointer}).{advice}")

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "pointer": self.pointer,
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
        }


class InputError(Exception):
    """Nothing can be generated from this input, or nothing may be under `strict`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that a spec can't control the terminal or fake a line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
