"""Click types: known values, times, pairs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["KnownValue", "Moment", "Pair", "parse_moment"]

_AGE = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """Parse a time: ISO 8601 (UTC without an offset), or an age such as `1d`, a day ago.

    Raises:
        ValueError: It is not a time.
    """
    if match := _AGE.fullmatch(text):
        try:
            moment = (now or datetime.now(UTC)) - timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            raise ValueError(text) from None
        return moment.replace(microsecond=0)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Moment(click.ParamType[Any]):
    """A time: ISO 8601 or an age."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(value)
        except ValueError:
            self.fail(f"{value!r} is not a time. Give 2026-11-01, 2026-11-01T08:30:00Z, or 1d (a day ago).", param, ctx)


class KnownValue(click.ParamType[Any]):
    """One of the known values of a spec. If `open`, other values are accepted, too."""

    name = "text"

    def __init__(self, values: list[str], *, open: bool) -> None:
        self.values = values
        self.open = open

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not self.open and value not in self.values:
            self.fail(f"{value!r} is not one of {', '.join(self.values)}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete known values."""
        return [CompletionItem(value) for value in self.values if value.startswith(incomplete)]


class Pair(click.ParamType[Any]):
    """A name and a value, separated by `=`."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        name, equals, text = value.partition("=")
        if not name or not equals:
            self.fail(f"{value!r} is not of the form name=value.", param, ctx)
        return name, text
