"""Percent-encoding and the parameter styles of OpenAPI, on plain JSON values.

Each style is a function from (name, value) to finished text or pairs. Values are JSON: text,
numbers, booleans, lists and objects of these; None inside a list or object is left out, as
RFC 6570 does with undefined members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, TypeGuard
from urllib.parse import quote, quote_plus

from .._errors import ArgumentError
from .._json import dumps

__all__ = [
    "Escape",
    "Pair",
    "deep_pairs",
    "escape",
    "escape_form",
    "escape_reserved",
    "is_list",
    "is_object",
    "list_or_object",
    "members",
    "scalars",
    "text_of",
]

Escape: TypeAlias = Callable[[str], str]
Pair: TypeAlias = "tuple[str, str]"

# RFC 3986 reserved characters that do no damage inside a query value. The others (& + # [ ]) would end
# the value, turn into a blank or are not allowed there, so they stay encoded.
_RESERVED: Final = ":/?@!$'()*,;="


def escape(text: str) -> str:
    """Percent-encode all but RFC 3986's unreserved characters."""
    if text.isalnum() and text.isascii():
        return text
    return _quoted(text, "")


def escape_reserved(text: str) -> str:
    """Percent-encode what has to be (`allowReserved`)."""
    return _quoted(text, _RESERVED)


def escape_form(text: str) -> str:
    """Encode for an HTML form: blanks become plus signs."""
    try:
        return quote_plus(text)
    except UnicodeEncodeError:
        raise _unsendable() from None


def _quoted(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise _unsendable() from None


def _unsendable() -> ArgumentError:
    return ArgumentError("the text holds half of a surrogate pair and cannot be sent as UTF-8")


def is_list(value: object) -> TypeGuard[list[object]]:
    """A JSON list."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """A JSON object."""
    return isinstance(value, dict)


def text_of(value: object) -> str:
    """A scalar as it stands in an address: JSON's spelling, without quotes around text."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        return repr(value) if type(value) in (int, float) else str(value)
    if is_list(value) or is_object(value):
        return dumps(value).decode()
    raise ArgumentError(f"{type(value).__name__} is not something that an address can hold")


def scalars(value: list[object]) -> list[str]:
    """The members of a list as text, None left out."""
    return [text_of(member) for member in value if member is not None]


def members(value: dict[str, object]) -> list[Pair]:
    """The members of an object as text, None left out."""
    return [(name, text_of(member)) for name, member in value.items() if member is not None]


def list_or_object(value: object, separator: str, equals: str, escaping: Escape) -> str:
    """One text for any value: `a`, `a,b`, `k,v` or `k=v`, with the separator given.

    `equals` stands between the key and value of an object.
    """
    if is_list(value):
        return separator.join([escaping(text) for text in scalars(value)])
    if is_object(value):
        return separator.join([f"{escaping(name)}{equals}{escaping(text)}" for name, text in members(value)])
    return escaping(text_of(value))


def deep_pairs(name: str, value: object) -> list[Pair]:
    """`deepObject`: one pair per leaf, with the way to it in brackets. Lists repeat their pair."""
    if is_object(value):
        return [pair for key, member in value.items() for pair in deep_pairs(f"{name}[{key}]", member)]
    if is_list(value):
        return [pair for member in value for pair in deep_pairs(name, member)]
    return [] if value is None else [(name, text_of(value))]
