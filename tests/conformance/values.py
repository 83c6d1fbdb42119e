"""Sample numbers and strings that satisfy the keywords of a schema."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.conformance.document import Node

__all__ = ["NULLS", "matching", "number", "string"]

NULLS = 1
"""The turn, of three, in which all nullable values are null, and strings are unusual."""

FORMATS = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T10:11:12Z",
    "time": "10:11:12Z",
    "uuid": "0ca4c747-6256-4023-a335-53a46449871a",
    "email": "ann@shop.example",
    "uri": "https://shop.example/a",
    "url": "https://shop.example/a",
    "uri-reference": "/a/b",
    "hostname": "shop.example",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "aGVsbG8=",
    "binary": "aGVsbG8=",
    "base64": "aGVsbG8=",
    "base64url": "aGVsbG8=",
    "duration": "P1DT2H",
    "decimal": "12.50",
    "json": '{"a":1}',
    **dict.fromkeys(("int", "int32", "int64", "integer"), "7"),
    **dict.fromkeys(("double", "float", "number"), "1.5"),
    # The formats that docs/generator.md adds.
    "date-time-utc-naive": "2024-02-29T10:11:12",
    "date-time-utc-milliseconds": "2024-02-29T10:11:12.123Z",
    "date-time-local": "2024-02-29T10:11:12",
    "date-time-basic": "20240229T101112",
    "date-time-space": "2024-02-29 10:11:12",
    "date-time-nocolon": "2024-02-29T10:11:12+0000",
    "date-time-us": "02/29/2024 10:11:12",
    "epoch-seconds": "1709201472",
    "epoch-milliseconds": "1709201472000",
    "epoch-microseconds": "1709201472000000",
    "epoch-seconds-text": "1709201472",
    "epoch-milliseconds-text": "1709201472000",
    "epoch-microseconds-text": "1709201472000000",
}


def string(nodes: list[Node], turn: int, *, odd: str, write: bool) -> str:
    """Return a string; `odd` in the turn of unusual ones if the schema allows it."""
    form = next((node.fields["format"] for node in nodes if isinstance(node.fields.get("format"), str)), None)
    pattern = next((node.fields["pattern"] for node in nodes if isinstance(node.fields.get("pattern"), str)), None)
    least = max((node.fields.get("minLength", 0) for node in nodes), default=0)
    most = min((node.fields.get("maxLength", 10**9) for node in nodes), default=10**9)
    text = FORMATS.get(form or "", "text")
    if form == "date-time" and not write and turn % 3 == NULLS:
        text = "2024-02-29T10:11:12.123456789+02:00"
    if form is None and pattern is None and turn % 3 == NULLS:
        text = odd
    if pattern is not None and not _fits(pattern, text, least, most):
        examples = [node.fields.get(key) for node in nodes for key in ("example", "default")]
        text = next(
            (
                candidate
                for candidate in examples
                if isinstance(candidate, str) and _fits(pattern, candidate, least, most)
            ),
            "",
        )
        text = text or matching(pattern, least, most) or "text"
    elif not least <= len(text) <= most:
        text = (text * (least // max(len(text), 1) + 1))[: max(least, min(most, len(text)))]
    return text


def number(nodes: list[Node], kind: str, turn: int) -> int | float:
    low = _bounds(nodes, "minimum", "exclusiveMinimum", 1)
    high = _bounds(nodes, "maximum", "exclusiveMaximum", -1)
    step = next((node.fields["multipleOf"] for node in nodes if node.fields.get("multipleOf")), None)
    start: int | float = 7 + turn if kind == "integer" else 1.5 + turn
    if any(node.fields.get("format") == "int64" for node in nodes) and turn % 3 == NULLS:
        start = 2**53 + 1
    if low and start < low[-1]:
        start = low[-1]
    if high and start > high[0]:
        start = high[0]
    if step:
        start = step * max(1, -(-start // step))
    return int(start) if kind == "integer" or (isinstance(start, float) and start.is_integer() and step) else start


def _bounds(nodes: list[Node], key: str, exclusive: str, sign: int) -> list[int | float]:
    bounds: list[int | float] = []
    for node in nodes:
        fields = node.fields
        shift = sign if fields.get("type") == "integer" else sign * 0.001
        if isinstance(fields.get(key), int | float):
            bounds.append(fields[key] + (shift if fields.get(exclusive) is True else 0))
        if (
            isinstance(fields.get(exclusive), int | float)
            and fields[exclusive] is not True
            and fields[exclusive] is not False
        ):
            bounds.append(fields[exclusive] + shift)
    return sorted(bounds)


def _fits(pattern: str, text: str, least: int, most: int) -> bool:
    try:
        return re.search(pattern, text) is not None and least <= len(text) <= most
    except re.error:
        return False


@cache
def matching(pattern: str, least: int = 0, most: int = 10**9) -> str | None:
    """Return a short string that matches a pattern, None if none is found quickly."""
    from hypothesis import HealthCheck, Phase, find, settings, strategies
    from hypothesis.errors import HypothesisException

    fast_settings = settings(
        max_examples=50,
        phases=(Phase.generate,),  # any string will do
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    try:
        strings: Any = strategies.from_regex(
            pattern, alphabet=strategies.characters(min_codepoint=32, max_codepoint=126)
        )
        text: str = find(
            strings, lambda candidate: bool(candidate) and least <= len(candidate) <= most, settings=fast_settings
        )
    except (HypothesisException, re.error, ValueError):
        return None
    return text
