"""Arguments of tools: types, and descriptions from the docstrings of the generated clients."""

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
    "all_of",
    "argument_field",
    "known_metrics",
    "known_values",
    "moment",
]

_TIME_FORMAT = "ISO 8601, or an age such as 12h, 1d, 2w."

Since: TypeAlias = Annotated[str, Field(description=f"Begin of the period: {_TIME_FORMAT}")]
Until: TypeAlias = Annotated[str | None, Field(description=f"End of the period: {_TIME_FORMAT} Now when left out.")]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=MAX_ROWS, description="Rows at most.")]
Where: TypeAlias = list[str] | None


@dataclass(frozen=True)
class Period:
    """A period of time, with its end excluded."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, since: str, until: str | None) -> Period:
        """Parse the arguments `since` and `until`.

        Raises:
            Refusal: One is not a time, or `since` is not before `until`.
        """
        period = cls(moment(since), datetime.now(UTC) if until is None else moment(until))
        if period.start >= period.end:
            raise Refusal("The period ends before it begins: since must be earlier than until.")
        return period

    @property
    def as_json(self) -> dict[str, str]:
        """The period in absolute times, to report with rows: ages would be ambiguous later."""
        return {"since": self.start.isoformat(timespec="seconds"), "until": self.end.isoformat(timespec="seconds")}


def argument_field(call: str, name: str, more: str = "") -> Any:
    """Return a field with the description of an argument in an operation's docstring, followed by `more`."""
    docs = parse(attrgetter(call)(_client()))
    return Field(description=f"{docs.arguments[name]} {more}".strip())


def known_values(alias: Any) -> str:
    """Return a sentence that lists the known values of a spec."""
    return f"Known values: {', '.join(_values(alias))}."


def known_metrics(alias: Any) -> str:
    """Return sentences that list the known metrics, grouped by their periods."""
    periods: defaultdict[str, list[str]] = defaultdict(list)
    for value in _values(alias):
        name, _, period = value.partition(".")
        periods[name].append(period)
    names: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, group in periods.items():
        names[tuple(group)].append(name)
    return " ".join(f"With .{' or .'.join(group)}: {', '.join(members)}." for group, members in names.items())


def moment(text: str) -> datetime:
    """Parse a time.

    Raises:
        Refusal: It is not a time.
    """
    try:
        return parse_moment(text)
    except ValueError:
        raise Refusal(f"{text!r} is not a time. Give 2026-11-01, 2026-11-01T08:30:00Z, or 1d (a day ago).") from None


def all_of(where: Where, **fields: str | None) -> Filter | None:
    """Return a filter that requires all conditions and all values of fields; None if there are none."""
    conditions = [parse_condition(text) for text in where or ()]
    conditions += [F[name.replace("__", ".")] == value for name, value in fields.items() if value is not None]
    combined: Filter | None = None
    for condition in conditions:
        combined = condition if combined is None else combined & condition
    return combined


def _values(alias: Any) -> list[str]:
    if get_origin(alias) is Literal:
        return [str(value) for value in get_args(alias)]
    return [value for member in get_args(alias) for value in _values(member)]


@cache
def _client() -> XCaaS:
    """Return a client whose docstrings are read. It makes no calls."""
    return XCaaS()
