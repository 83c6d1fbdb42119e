"""Types of values on the command line: known values, times, pairs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["KnownValue", "Moment", "Pair", "parse_moment"]

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """Return the time that a text says: ISO 8601, or `1d` for a day ago. Without an offset it is UTC.

    Raises:
        ValueError: It says none.
    """
    if ago := _AGO.fullmatch(text):
        try:
            moment = (now or datetime.now(UTC)) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            raise ValueError(text) from None
        return moment.replace(microsecond=0)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Moment(click.ParamType[Any]):
    """A time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(value)
        except ValueError:
            self.fail(f"{value!r} is not a time. Give 2026-11-01, 2026-11-01T08:30:00Z, or 1d (a day ago).", param, ctx)


class KnownValue(click.ParamType[Any]):
    """One of the values that the spec knows; where it is `open`, others are sent as they are."""

    name = "text"

    def __init__(self, values: list[str], *, open: bool) -> None:
        self.values = values
        self.open = open

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not self.open and value not in self.values:
            self.fail(f"{value!r} is not one of {', '.join(self.values)}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the known values that begin like this."""
        return [CompletionItem(value) for value in self.values if value.startswith(incomplete)]


class Pair(click.ParamType[Any]):
    """A name and a value with `=` between them."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        name, equals, text = value.partition("=")
        if not name or not equals:
            self.fail(f"{value!r} is not of the form name=value.", param, ctx)
        return name, text
