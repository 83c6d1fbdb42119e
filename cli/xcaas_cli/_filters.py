"""Filters: FIQL, or conditions joined by "and"."""

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
    """Yield the options of a list with a filter, including `--since` and `--until` if entries have a time of creation."""
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


def read_filter(options: dict[str, Any], name: str, entry: Any) -> Filter | str | None:
    """Build the filter from options. FIQL without further conditions is passed on unchanged."""
    from xcaas import F, Filter

    conditions = [parse_condition(text, entry) for text in options["where"]]
    if (since := options.get("since")) is not None:
        conditions.append(F.created_time >= since)
    if (until := options.get("until")) is not None:
        conditions.append(F.created_time < until)
    text: str | None = options[name]
    if not conditions:
        return text
    joined = Filter.parse(text) if text else conditions.pop(0)
    for condition in conditions:
        joined &= condition
    return joined


def parse_condition(text: str, entry: Any = None) -> Filter:
    """Parse a condition such as `createdTime>=7d`. Field names may be those of the service or of Python.

    Without `entry` there are no tags, so every name with underscores is a Python name.

    Raises:
        click.UsageError: It is not a condition.
    """
    from xcaas import F

    match = _CONDITION.fullmatch(text)
    if match is None:
        raise click.UsageError(
            f"--where {text!r} is not a condition. Give name=value, or name with !=, <, <=, > or >=."
        )
    name, operator, value = match["name"], match["operator"], match["value"]
    _suggest_field(entry, name)
    field = getattr(F, name) if _is_field(entry, name) else F[name]
    if operator in ("=", "==", "!="):
        is_equal = operator != "!="
        if "," in value:
            return field.in_(value.split(",")) if is_equal else field.out(value.split(","))
        return field == value if is_equal else field != value
    moment = _parse_operand(value)
    return {
        "<": field.__lt__,
        "<=": field.__le__,
        ">": field.__gt__,
        ">=": field.__ge__,
    }[operator](moment)


def _suggest_field(entry: Any, name: str) -> None:
    """Suggest a similar field for an unknown name. It may be a tag, so it is still sent."""
    import attrs

    if not attrs.has(entry):
        return
    names = [text for field in attrs.fields(entry) for text in (field.name, field.metadata.get("wire")) if text]
    similar = get_close_matches(name, names, n=1, cutoff=0.85)
    if similar and name not in names:
        say(f"--where {name}: entries have no field of this name, but may have a tag. Did you mean {similar[0]}?")


def _is_field(entry: Any, name: str) -> bool:
    """Return whether a name is a field's Python name. Others are names of the service, such as tags."""
    return "_" in name and not name.startswith("_") and (entry is None or hasattr(entry, name))


def _parse_operand(value: str) -> Any:
    """Return a value as a time, or unchanged if it is not one: numbers can be compared, too."""
    try:
        return value if value.isdigit() else parse_moment(value)
    except ValueError:
        return value
