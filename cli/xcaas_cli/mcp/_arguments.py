"""Arguments of tools: their types, and descriptions out of the docstrings of the generated clients."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import Field

from xcaas import F, Filter, XCaaS

from .._docs import parse
from .._filters import parse_condition
from .._values import parse_moment
from ._errors import Refusal
from ._results import MAX_ROWS

__all__ = [
    "Limit",
    "Period",
    "Since",
    "Until",
    "Where",
    "documented",
    "known",
    "known_metrics",
    "moment",
    "together",
]

_WHEN = "ISO 8601, or an age such as 12h, 1d, 2w."

Since: TypeAlias = Annotated[str, Field(description=f"Begin of the period: {_WHEN}")]
Until: TypeAlias = Annotated[str | None, Field(description=f"End of the period: {_WHEN} Now when left out.")]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=MAX_ROWS, description="Rows at most.")]
Where: TypeAlias = list[str] | None


@dataclass(frozen=True)
class Period:
    """The time from one moment to another."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, since: str, until: str | None) -> Period:
        """Return the period that two arguments say.

        Raises:
            Refusal: They say none.
        """
        period = cls(moment(since), datetime.now(UTC) if until is None else moment(until))
        if period.start >= period.end:
            raise Refusal("The period ends before it begins: since must be earlier than until.")
        return period

    @property
    def told(self) -> dict[str, str]:
        """What to tell beside rows: ages mean another time a moment later."""
        return {"since": self.start.isoformat(timespec="seconds"), "until": self.end.isoformat(timespec="seconds")}


def documented(call: str, name: str, more: str = "") -> Any:
    """Return the description of an argument, as the docstring of an operation has it, and a sentence more."""
    docs = parse(attrgetter(call)(_client()))
    return Field(description=f"{docs.arguments[name]} {more}".strip())


def known(alias: Any) -> str:
    """Return a sentence on the values that a spec knows."""
    return f"Known values: {', '.join(_values(alias))}."


def known_metrics(alias: Any) -> str:
    """Return a sentence on the metrics that a spec knows, those of the same periods together."""
    periods: defaultdict[str, list[str]] = defaultdict(list)
    for value in _values(alias):
        name, _, period = value.partition(".")
        periods[name].append(period)
    names: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, found in periods.items():
        names[tuple(found)].append(name)
    return " ".join(f"With .{' or .'.join(found)}: {', '.join(them)}." for found, them in names.items())


def moment(text: str) -> datetime:
    """Return the time that an argument says.

    Raises:
        Refusal: It says none.
    """
    try:
        return parse_moment(text)
    except ValueError:
        raise Refusal(f"{text!r} is not a time. Give 2026-11-01, 2026-11-01T08:30:00Z, or 1d (a day ago).") from None


def together(where: Where, **equal: str | None) -> Filter | None:
    """Return a filter of conditions and of fields with their values, which must all hold."""
    conditions = [parse_condition(text) for text in where or ()]
    conditions += [F[name.replace("__", ".")] == value for name, value in equal.items() if value is not None]
    joined: Filter | None = None
    for condition in conditions:
        joined = condition if joined is None else joined & condition
    return joined


def _values(alias: Any) -> list[str]:
    if get_origin(alias) is Literal:
        return [str(value) for value in get_args(alias)]
    return [value for member in get_args(alias) for value in _values(member)]


@cache
def _client() -> XCaaS:
    """Return a client to read docstrings from; it makes no calls."""
    return XCaaS()
