"""Filters: as text in FIQL, or as conditions that are joined by "and"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from ._messages import say
from ._values import Moment, parse_moment

if TYPE_CHECKING:
    from xcaas import Filter

__all__ = ["filter_options", "parse_condition", "read_filter"]

_CONDITION = re.compile(r"(?P<name>[\w.-]+?)\s*(?P<operator>!=|<=|>=|==|=|<|>)\s*(?P<value>[^=\s].*)", re.DOTALL)
_CREATED = "created_time"


def filter_options(name: str, text: str, entry: Any) -> Iterator[click.Option]:
    """Yield the options of a list that takes a filter. Entries that have a time of creation get two more."""
    yield click.Option([f"--{name}", name], metavar="FIQL", help=text)
    yield click.Option(
        ["--where"],
        multiple=True,
        metavar="CONDITION",
        help=(
            "Only entries that match: type=callrecording, createdTime>=7d, or type=a,b for either value. "
            "Repeat it for several conditions; all must hold."
        ),
    )
    if hasattr(entry, _CREATED):
        yield click.Option(
            ["--since"],
            type=Moment(),
            help="Only entries created from TIME on: 1d (a day ago), 2026-11-01, or ISO 8601.",
        )
        yield click.Option(["--until"], type=Moment(), help="Only entries created before TIME.")


def read_filter(given: dict[str, Any], name: str, entry: Any) -> Filter | str | None:
    """Return the filter that options describe; one that is text only goes to the service as it is."""
    from xcaas import F, Filter

    conditions = [parse_condition(text, entry) for text in given["where"]]
    if (since := given.get("since")) is not None:
        conditions.append(F.created_time >= since)
    if (until := given.get("until")) is not None:
        conditions.append(F.created_time < until)
    text: str | None = given[name]
    if not conditions:
        return text
    joined = Filter.parse(text) if text else conditions.pop(0)
    for condition in conditions:
        joined &= condition
    return joined


def parse_condition(text: str, entry: Any = None) -> Filter:
    """Return the filter that a condition such as `createdTime>=7d` stands for. Names that entries have in Python may be used.

    Without an entry there are no tags, so that a name with underscores is Python's.

    Raises:
        click.UsageError: It is none.
    """
    from xcaas import F

    found = _CONDITION.fullmatch(text)
    if found is None:
        raise click.UsageError(
            f"--where {text!r} is not a condition. Give name=value, or name with !=, <, <=, > or >=."
        )
    name, operator, value = found["name"], found["operator"], found["value"]
    _suggest_field(entry, name)
    field = getattr(F, name) if _is_field(entry, name) else F[name]
    if operator in ("=", "==", "!="):
        equal = operator != "!="
        if "," in value:
            return field.in_(value.split(",")) if equal else field.out(value.split(","))
        return field == value if equal else field != value
    moment = _moment(value)
    return {
        "<": field.__lt__,
        "<=": field.__le__,
        ">": field.__gt__,
        ">=": field.__ge__,
    }[operator](moment)


def _suggest_field(entry: Any, name: str) -> None:
    """Say which field a name resembles that is none: it may be a tag, so it is sent as it is."""
    import attrs

    if not attrs.has(entry):
        return
    known = [text for field in attrs.fields(entry) for text in (field.name, field.metadata.get("wire")) if text]
    near = get_close_matches(name, known, n=1, cutoff=0.85)
    if near and name not in known:
        say(f"--where {name}: entries have no field of this name, but may have a tag. Did you mean {near[0]}?")


def _is_field(entry: Any, name: str) -> bool:
    """Return whether a name is that of a field in Python. Others, such as those of tags, are the service's own."""
    return "_" in name and not name.startswith("_") and (entry is None or hasattr(entry, name))


def _moment(value: str) -> Any:
    """Return the time that a value says, or the value: numbers are compared, too."""
    try:
        return value if value.isdigit() else parse_moment(value)
    except ValueError:
        return value
