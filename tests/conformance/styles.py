"""A second implementation of OpenAPI's style table: how values may be written in a path, query, header or cookie.

Values have alternatives, as the table does not define all shapes; a list inside an object is never a single value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias
from urllib.parse import quote, unquote, unquote_plus

from tests.conformance.document import JSON, is_list, is_object

__all__ = ["JsonText", "Pairs", "deep", "matches", "parse_pairs", "query_alternatives", "segment_alternatives", "text"]


@dataclass(frozen=True)
class JsonText:
    """The JSON text of a value, in any spelling."""

    value: JSON


Token: TypeAlias = "str | JsonText"
Pairs: TypeAlias = "list[tuple[str, Token]]"
_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "|", "label": ".", "matrix": ","}


def text(value: JSON) -> str:
    """Return a scalar as text."""
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _quoted(value: JSON) -> str:
    return quote(text(value), safe="")


def _single(value: JSON) -> list[Token]:
    return [JsonText(value)] if isinstance(value, dict | list) else [_quoted(value)]


def segment_alternatives(style: str, explode: bool, name: str, value: JSON) -> list[str]:
    """Return the alternatives for a value in a path (`simple`, `label`, `matrix`), percent-encoded."""
    start = {"label": ".", "matrix": ";"}.get(style, "")
    if is_object(value):
        flat = ",".join(f"{_quoted(key)},{_quoted(item)}" for key, item in value.items())
        pairs = [f"{_quoted(key)}={_quoted(item)}" for key, item in value.items()]
        if style == "matrix":
            return [";" + ";".join(pairs) if explode else f";{_quoted(name)}={flat}"]
        if style == "label":
            return ["." + (".".join(pairs) if explode else flat)] + ([] if explode else ["." + flat.replace(",", ".")])
        return [",".join(pairs) if explode else flat]
    if is_list(value):
        items = [_quoted(item) for item in value]
        if style == "matrix":
            return [
                ";" + ";".join(f"{_quoted(name)}={item}" for item in items)
                if explode
                else f";{_quoted(name)}={','.join(items)}"
            ]
        if style == "label":
            return [start + ".".join(items)] + ([] if explode else [start + ",".join(items)])
        return [",".join(items)]
    return [f";{_quoted(name)}={_quoted(value)}" if style == "matrix" else start + _quoted(value)]


def query_alternatives(style: str, explode: bool, name: str, value: JSON) -> list[Pairs]:
    """Return the alternatives for a parameter in a query, form or cookies, each a list of names and values."""
    if style == "deepObject" and isinstance(value, dict | list):
        return [[], [(name, "")]] if not value else deep(name, value)
    delimiter = _DELIMITERS.get(style, ",")
    if is_list(value):
        if not value:
            return [[], [(name, "")]]
        if explode:
            return _crossed(
                [
                    [[(name, token)] for token in _single(one)] + _nested(name, one, place)
                    for place, one in enumerate(value)
                ]
            )
        return _joined(name, delimiter, [_quoted(item) for item in value])
    if is_object(value):
        if not value:
            return [[], [(name, "")]]
        if explode and style == "form":
            return _crossed([_member(key, one) for key, one in value.items()])
        flat = [part for key, one in value.items() for part in (_quoted(key), _quoted(one))]
        return _joined(name, delimiter, flat)
    return [[(name, _quoted(value))]]


def _joined(name: str, delimiter: str, tokens: list[str]) -> list[Pairs]:
    """Return the joined tokens. A bar may be encoded, as RFC 3986 does not allow it in a query."""
    plain: Pairs = [(name, delimiter.join(tokens))]
    encoded: Pairs = [(name, "%7C".join(tokens))]
    return [plain, encoded] if delimiter == "|" else [plain]


def _member(key: str, value: JSON) -> list[Pairs]:
    if is_list(value):
        return query_alternatives("form", True, key, value)
    if is_object(value):
        return [[(key, JsonText(value))], *deep(key, value)]
    return [[], [(key, "")], [(key, "null")]] if value is None else [[(key, _quoted(value))]]


def _nested(name: str, value: JSON, place: int) -> list[Pairs]:
    return deep(f"{name}[{place}]", value) if is_object(value) else []


def deep(name: str, value: JSON) -> list[Pairs]:
    """Return the alternatives with brackets: `a[b]`, lists as `a[0]`, `a[]` or repeated, objects in lists by index."""
    if is_object(value):
        return _crossed([deep(f"{name}[{key}]", one) for key, one in value.items()])
    if is_list(value):
        indexed = _crossed([deep(f"{name}[{index}]", item) for index, item in enumerate(value)])
        if any(isinstance(item, dict | list) for item in value):
            return indexed
        return [*indexed, [(f"{name}[]", _quoted(item)) for item in value], [(name, _quoted(item)) for item in value]]
    return [[], [(name, "")], [(name, "null")]] if value is None else [[(name, _quoted(value))]]


def _crossed(alternatives: Iterable[list[Pairs]]) -> list[Pairs]:
    """Return all combinations of one alternative per member, at most a few hundred."""
    combinations: list[Pairs] = []
    for number, choice in enumerate(product(*alternatives)):
        combinations.append([pair for pairs in choice for pair in pairs])
        if number > 500:
            break
    return combinations


def matches(raw: str, token: Token, *, form: bool = False) -> bool:
    """Return whether a raw value is the expected one, ignoring unnecessary percent-encoding."""
    if isinstance(token, JsonText):
        try:
            got = json.loads(unquote_plus(raw) if form else unquote(raw))
        except ValueError:
            return False
        return bool(got == token.value)
    return _canonical(raw, token, form=form) == _canonical(token, token, form=False)


def _canonical(raw: str, like: str, *, form: bool) -> str:
    """Encode all but unreserved characters and the delimiters in the expected value."""
    delimiters = {replace for replace in ",.;=|" if replace in like}
    raw = raw.replace("+", "%20") if form else raw

    def replace(match: re.Match[str]) -> str:
        if len(match[0]) == 3:
            character = chr(int(match[0][1:], 16))
            return character if re.match(r"[A-Za-z0-9._~-]", character) else match[0].upper()
        return match[0] if match[0] in delimiters else quote(match[0], safe="")

    return re.sub(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9_~-]", replace, raw)


def parse_pairs(query: str) -> list[tuple[str, str]]:
    """Split a query or form. Names are decoded, values are not."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return [(unquote_plus(name), value) for name, _, value in pairs]
