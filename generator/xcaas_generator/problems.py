"""What is wrong with a document, where, and what to do about it.

Two severities: a *warning* is something broken that could be guessed, so code was
generated for it; an *error* is something that has no meaning, so it was left out
and listed as refused, or the whole document is unusable. `strict` turns
warnings into errors. Nothing that the generator changes or drops goes without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from xcaas_generator.source import SourceLocation

Severity: TypeAlias = Literal["warning", "error"]


class Problem(NamedTuple):
    """One finding. `line` and `column` count from 1; they are None until looked up, which
    `positions.locate` does only for what is shown."""

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
        """JSON pointer as in RFC 6901; "" is the whole document."""
        return self.place.pointer

    def at(self, line: int, column: int) -> Problem:
        return self._replace(line=line, column=column)

    def __str__(self) -> str:
        """Return `specs/storage.yaml:12:7: error: … (at #/paths/~1a) … advice`, on one line, as compilers print it."""
        where = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        advice = f" {self.advice}" if self.advice else ""
        return printable(f"{where}: {self.severity}: {self.message} (at #{self.pointer}).{advice}")

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
    """Nothing can be generated from this input (or, under `strict`, may be): each reason is a `Problem`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    """Return `text` with control characters escaped: a spec must not be able to steer a terminal or fake a line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
