"""What may stand in an extension. One that breaks a rule is left out, with a problem that names the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from xcaas_core.filters import ALIASES, OPERATORS
from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief
from xcaas_generator.report import Report

LOCATIONS = ("body", "header", "link")
COUNTS: tuple[Literal["page-count", "last-page", "item-count"], ...] = ("page-count", "last-page", "item-count")
_OPERATORS = (*OPERATORS, *ALIASES)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What may stand at a key: a test, and its words for the message."""

    fits: Callable[[JSON], bool]
    words: str
    required: bool = False


def _is_pointer(value: JSON) -> bool:
    return isinstance(value, str) and (value == "" or value.startswith("/"))


def _is_text(value: JSON) -> bool:
    return isinstance(value, str) and value != ""


def _is_name(value: JSON) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _texts(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _is_location(value: JSON) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(where), str) for where in LOCATIONS)


def _is_cursor(value: JSON) -> bool:
    # An address in a Link header cannot be sent back as the value of a parameter.
    return _is_location(value) and isinstance(value, dict) and "link" not in value


def _is_stop(value: JSON) -> bool:
    if not isinstance(value, dict) or not _is_location(value):
        return False
    return (
        value["is"] in COUNTS
        if "is" in value
        else bool({"equals", "lacks"} & value.keys() or value.get("absent") is True)
    )


def _are_key_urls(value: JSON) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str) and one.startswith("https://") and "{kid}" in one for one in value)
    )


def _are_operators(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(one in _OPERATORS for one in value)


_POINTER = _Rule(_is_pointer, "a JSON pointer")
_TEXT = _Rule(_is_text, "a string")
_BOOL = _Rule(lambda value: isinstance(value, bool), "true or false")
_INT = _Rule(lambda value: isinstance(value, int) and not isinstance(value, bool), "an integer")
_MAPPING = _Rule(lambda value: isinstance(value, dict), "a mapping")
_NAME = _Rule(_is_name, "a Python name")


def _must(rule: _Rule) -> _Rule:
    return _Rule(rule.fits, rule.words, required=True)


def _among(*words: str) -> _Rule:
    return _Rule(lambda value: value in words, " or ".join(words))


_CALL = {"operation": _must(_TEXT), "parameter": _must(_TEXT)}
_SHAPES: dict[str, Mapping[str, _Rule]] = {
    keys.RESOURCE: {
        "path": _must(
            _Rule(lambda value: isinstance(value, str) and (not value or all(part.isidentifier() for part in value.split("."))), "a name")
        ),
        "verb": _must(_NAME),
    },
    keys.PAGINATION: {
        "style": _must(_among("page", "cursor")), "parameter": _must(_TEXT), "in": _among("query", "body"),
        "first": _INT, "size": _TEXT, "items": _must(_POINTER), "next": _Rule(_is_cursor, "a mapping with 'body' or 'header'"),
        "last": _Rule(
            lambda value: isinstance(value, list) and all(map(_is_stop, value)),
            "a list of mappings, each with 'body', 'header' or 'link' and a test (is, equals, lacks, absent)",
        ),
        "past_end": _INT, "alone": _BOOL, "empty_ends": _BOOL, "send": _MAPPING,
    },
    f"{keys.PAGINATION}/next": {"body": _POINTER, "header": _TEXT},
    keys.POLLER: {
        "verb": _must(_NAME), "resume": _NAME, "id": _POINTER, "status": _must(_MAPPING), "result": _MAPPING,
        "cancel": _MAPPING, "interval": _MAPPING, "timeout": _Rule(_is_number, "a number of seconds"),
    },
    f"{keys.POLLER}/status": {
        **_CALL, "value": _must(_POINTER), "done": _must(_Rule(_texts, "a list of strings")),
        "failed": _Rule(_texts, "a list of strings"), "partial": _Rule(_texts, "a list of strings"), "reason": _POINTER,
    },
    f"{keys.POLLER}/result": _CALL,
    f"{keys.POLLER}/cancel": _CALL,
    f"{keys.POLLER}/interval": dict.fromkeys(("first", "factor", "max"), _Rule(_is_number, "a number")),
    keys.DOWNLOAD: {
        "checksum": _MAPPING, "filename": _TEXT, "ranges": _Rule(lambda value: isinstance(value, str | bool), "a word"),
    },
    f"{keys.DOWNLOAD}/checksum": {**_CALL, "value": _POINTER, "type": _POINTER, "size": _POINTER},
    keys.FILTER: {
        "operators": _must(_Rule(_are_operators, f"a list of {', '.join(_OPERATORS)}")), "alone": _BOOL,
        "times": _among("date-time", "epoch-milliseconds"), "fields": _Rule(_texts, "a list of strings"),
    },
    keys.RETRY: {"safe": _BOOL},
    keys.SLICES: {
        "start": _TEXT, "end": _TEXT, "zone": _TEXT, "filter": _TEXT, "field": _TEXT,
        "longest": _INT, "partition": _TEXT, "key": _POINTER, "time": _POINTER, "total": _POINTER, "count": _TEXT,
        "rows": _MAPPING,
    },
    f"{keys.SLICES}/rows": {**_CALL, "id": _must(_POINTER)},
    keys.RESPONSE: {"single": _BOOL},
    keys.SIGNATURE: {"keys": _must(_Rule(_are_key_urls, "a list of https URLs that contain {kid}"))},
}  # fmt: skip
_NESTED = ("next", "status", "result", "cancel", "interval", "checksum", "rows")


def well_formed(owner: Node, key: str, report: Report) -> bool:
    """Judge the extension that stands at `key` of an object."""
    node = owner.child(key)
    if key == keys.HEADERS:
        rules: Mapping[str, _Rule] = dict.fromkeys(node.value, _TEXT) if isinstance(node.value, dict) else {}
    else:
        rules = _SHAPES[key]
    good = _fits(node, key, rules, key, report)
    for name in _NESTED:
        inner = node.child(name)
        if f"{key}/{name}" in _SHAPES and isinstance(inner.value, dict):
            good = _fits(inner, f"{key}/{name}", _SHAPES[f"{key}/{name}"], key, report) and good
    if key == keys.SLICES:
        return good and _has_window(node, report)
    return good and (key != keys.POLLER or _partial_ends_are_ends(node.child("status"), report))


def _fits(node: Node, shape: str, rules: Mapping[str, _Rule], key: str, report: Report) -> bool:
    if not isinstance(node.value, dict):
        report.warn(node.place, f"{key} should be a mapping, not {brief(node.value)}; it was ignored")
        return False
    good = True
    for name in node.value:
        if name not in rules:
            report.warn(node.child(name).place, f"{shape} has no key {name!r}", f"Its keys: {', '.join(rules)}.")
    for name, rule in rules.items():
        value = node.get(name)
        if value is None and rule.required:
            report.warn(node.place, f"{shape} needs {name!r}, {rule.words}; {key} was ignored")
            good = False
        elif value is not None and not rule.fits(value):
            report.warn(
                node.child(name).place, f"{name!r} should be {rule.words}, not {brief(value)}; {key} was ignored"
            )
            good = False
    return good


def _has_window(node: Node, report: Report) -> bool:
    """Judge whether a list is cut by two parameters or by a filter, by one of them."""
    pairs = [all(node.has(key) for key in pair) for pair in (("start", "end"), ("filter", "field"))]
    if pairs.count(True) != 1:
        report.warn(
            node.place, f"{keys.SLICES} needs 'start' and 'end', or 'filter' and 'field'; {keys.SLICES} was ignored"
        )
    return pairs.count(True) == 1


def _partial_ends_are_ends(status: Node, report: Report) -> bool:
    """Judge whether each partial end is an end: a poller would not stop there otherwise."""
    partial, done = status.get("partial"), status.get("done")
    unknown = (
        [one for one in partial if one not in done] if isinstance(partial, list) and isinstance(done, list) else []
    )
    if unknown:
        report.warn(
            status.place,
            f"{unknown[0]!r} is listed under 'partial', but not under 'done'; {keys.POLLER} was ignored",
            "List it under 'done' as well.",
        )
    return not unknown
