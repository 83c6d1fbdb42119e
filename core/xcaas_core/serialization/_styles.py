"""Percent-encoding and the parameter styles of OpenAPI, on plain JSON values.

Each style is a function from (name, value) to escaped text or pairs. Values are JSON; None
inside a list or object is left out, as in RFC 6570.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Final, TypeAlias
from urllib.parse import quote

from .._checks import is_list, is_object
from .._errors import ArgumentError
from .._json import dumps

__all__ = [
    "Escape",
    "Pair",
    "escape",
    "escape_reserved",
    "is_empty",
    "list_or_object",
    "members",
    "pairs_of",
    "scalars",
    "text_of",
]

Escape: TypeAlias = Callable[[str], str]
Pair: TypeAlias = "tuple[str, str]"

# RFC 3986 reserved characters that are safe in a query value. Others (& + # [ ]) would end it, become a space or are
# invalid there, so they stay encoded. So do percent signs: RFC 6570 would keep `%2F`, which servers decode.
_RESERVED: Final = ":/?@!$'()*,;="
_SEPARATORS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}


def escape(text: str) -> str:
    """Percent-encode all but the unreserved characters of RFC 3986."""
    if text.isalnum() and text.isascii():
        return text
    return _quoted(text, "")


def escape_reserved(text: str) -> str:
    """Percent-encode all but unreserved and safe reserved characters (`allowReserved`)."""
    return _quoted(text, _RESERVED)


def _quoted(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise ArgumentError("the text holds half of a surrogate pair and cannot be sent as UTF-8") from None


def text_of(value: object) -> str:
    """Return a scalar as text: its JSON, without quotes around strings."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        if isinstance(value, float) and not isfinite(value):
            raise ArgumentError(f"{value} is no number that can be sent", advice="Leave it out, or pass None.")
        return repr(value) if type(value) in (int, float) else str(value)
    if is_list(value) or is_object(value):
        return dumps(value).decode()
    raise ArgumentError(f"{type(value).__name__} is not something that an address can hold")


def scalars(value: list[object]) -> list[str]:
    """Return the members of a list as text, without None."""
    return [text_of(member) for member in value if member is not None]


def members(value: dict[str, object], *, explode: bool) -> list[Pair]:
    """Return the members of an object as text, without None. If exploded, members that are lists repeat their name."""
    pairs: list[Pair] = []
    for name, member in value.items():
        if explode and is_list(member):
            pairs.extend([(name, text) for text in scalars(member)])
        elif member is not None:
            pairs.append((name, text_of(member)))
    return pairs


def list_or_object(value: object, separator: str, equals: str, escaping: Escape) -> str:
    """Return any value as one string, such as `a`, `a,b`, `k,v` or `k=v`.

    `equals` separates the keys and values of an object.
    """
    if is_list(value):
        return separator.join([escaping(text) for text in scalars(value)])
    if is_object(value):
        pairs = members(value, explode=equals == "=")
        return separator.join([f"{escaping(name)}{equals}{escaping(text)}" for name, text in pairs])
    return escaping(text_of(value))


def pairs_of(name: str, value: object, style: str, explode: bool, escaping: Escape) -> list[Pair]:
    """Return the pairs of a query, cookie or form: unescaped names with escaped values.

    Empty lists and objects give none, as in RFC 6570.
    """
    if style == "deepObject":
        return [(path, escaping(text)) for path, text in _deep_pairs(name, value)]
    if not is_list(value) and not is_object(value):
        return [] if value is None else [(name, escaping(text_of(value)))]
    if not explode:
        separator = escaping(_SEPARATORS[style]) if style in _SEPARATORS else ","
        return [] if is_empty(value) else [(name, list_or_object(value, separator, separator, escaping))]
    if is_object(value):
        return [(key, escaping(text)) for key, text in members(value, explode=True)]
    return [(name, escaping(text)) for text in scalars(value)]


def is_empty(value: object) -> bool:
    """Return whether a value is a list or an object without members other than None."""
    if not is_list(value) and not is_object(value):
        return False
    values = value.values() if is_object(value) else value
    return all(member is None for member in values)


def _deep_pairs(name: str, value: object) -> list[Pair]:
    """Return the pairs of `deepObject`: one per leaf, with its path in brackets. OpenAPI does not define lists: their
    elements are numbered, which keeps objects apart."""
    if is_object(value):
        return [pair for key, member in value.items() for pair in _deep_pairs(f"{name}[{key}]", member)]
    if is_list(value):
        elements = [member for member in value if member is not None]
        return [pair for index, member in enumerate(elements) for pair in _deep_pairs(f"{name}[{index}]", member)]
    return [] if value is None else [(name, text_of(value))]
