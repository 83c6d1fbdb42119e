"""Rules for the contents of extensions. Those that break a rule are left out, and reported with their location."""

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
    """A rule for the value of a key: `fits` tests it, `words` describes valid values in messages."""

    fits: Callable[[JSON], bool]
    words: str
    required: bool = False


def _is_pointer(value: JSON) -> bool:
    return isinstance(value, str) and (value == "" or value.startswith("/"))


def _is_string(value: JSON) -> bool:
    return isinstance(value, str) and value != ""


def _is_name(value: JSON) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _are_strings(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _is_location(value: JSON) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(where), str) for where in LOCATIONS)


def _is_cursor(value: JSON) -> bool:
    # The URL in a Link header can't be sent as the value of a parameter.
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
        and all(isinstance(item, str) and item.startswith("https://") and "{kid}" in item for item in value)
    )


def _are_operators(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(item in _OPERATORS for item in value)


_POINTER = _Rule(_is_pointer, "a JSON pointer")
_STRING = _Rule(_is_string, "a string")
_BOOL = _Rule(lambda value: isinstance(value, bool), "true or false")
_INT = _Rule(lambda value: isinstance(value, int) and not isinstance(value, bool), "an integer")
_MAPPING = _Rule(lambda value: isinstance(value, dict), "a mapping")
_NAME = _Rule(_is_name, "a Python name")


def _required(rule: _Rule) -> _Rule:
    return _Rule(rule.fits, rule.words, required=True)


def _any_of(*words: str) -> _Rule:
    return _Rule(lambda value: value in words, " or ".join(words))


_CALL = {"operation": _required(_STRING), "parameter": _required(_STRING)}
_RULES: dict[str, Mapping[str, _Rule]] = {
    keys.RESOURCE: {
        "path": _required(
            _Rule(lambda value: isinstance(value, str) and (not value or all(part.isidentifier() for part in value.split("."))), "a name")
        ),
        "verb": _required(_NAME),
    },
    keys.PAGINATION: {
        "style": _required(_any_of("page", "cursor")), "parameter": _required(_STRING), "in": _any_of("query", "body"),
        "first": _INT, "size": _STRING, "items": _required(_POINTER), "next": _Rule(_is_cursor, "a mapping with 'body' or 'header'"),
        "last": _Rule(
            lambda value: isinstance(value, list) and all(map(_is_stop, value)),
            "a list of mappings, each with 'body', 'header' or 'link' and a test (is, equals, lacks, absent)",
        ),
        "past_end": _INT, "alone": _BOOL, "empty_ends": _BOOL, "send": _MAPPING,
    },
    f"{keys.PAGINATION}/next": {"body": _POINTER, "header": _STRING},
    keys.POLLER: {
        "verb": _required(_NAME), "resume": _NAME, "id": _POINTER, "status": _required(_MAPPING), "result": _MAPPING,
        "cancel": _MAPPING, "interval": _MAPPING, "timeout": _Rule(_is_number, "a number of seconds"),
    },
    f"{keys.POLLER}/status": {
        **_CALL, "value": _required(_POINTER), "done": _required(_Rule(_are_strings, "a list of strings")),
        "failed": _Rule(_are_strings, "a list of strings"), "partial": _Rule(_are_strings, "a list of strings"), "reason": _POINTER,
    },
    f"{keys.POLLER}/result": _CALL,
    f"{keys.POLLER}/cancel": _CALL,
    f"{keys.POLLER}/interval": dict.fromkeys(("first", "factor", "max"), _Rule(_is_number, "a number")),
    keys.DOWNLOAD: {
        "checksum": _MAPPING, "filename": _STRING, "ranges": _Rule(lambda value: isinstance(value, str | bool), "a word"),
    },
    f"{keys.DOWNLOAD}/checksum": {**_CALL, "value": _POINTER, "type": _POINTER, "size": _POINTER},
    keys.FILTER: {
        "operators": _required(_Rule(_are_operators, f"a list of {', '.join(_OPERATORS)}")), "alone": _BOOL,
        "times": _any_of("date-time", "epoch-milliseconds"), "fields": _Rule(_are_strings, "a list of strings"),
    },
    keys.RETRY: {"safe": _BOOL},
    keys.SLICES: {
        "start": _STRING, "end": _STRING, "zone": _STRING, "filter": _STRING, "field": _STRING,
        "longest": _INT, "partition": _STRING, "key": _POINTER, "time": _POINTER, "total": _POINTER, "count": _STRING,
        "rows": _MAPPING,
    },
    f"{keys.SLICES}/rows": {**_CALL, "id": _required(_POINTER)},
    keys.RESPONSE: {"single": _BOOL},
    keys.SIGNATURE: {"keys": _required(_Rule(_are_key_urls, "a list of https URLs that contain {kid}"))},
}  # fmt: skip
_NESTED = ("next", "status", "result", "cancel", "interval", "checksum", "rows")


def is_well_formed(owner: Node, key: str, report: Report) -> bool:
    """Return whether the extension at `key` of `owner` is valid; report what is not."""
    node = owner.child(key)
    if key == keys.HEADERS:
        rules: Mapping[str, _Rule] = dict.fromkeys(node.value, _STRING) if isinstance(node.value, dict) else {}
    else:
        rules = _RULES[key]
    is_valid = _fits(node, key, rules, key, report)
    for name in _NESTED:
        nested = node.child(name)
        if f"{key}/{name}" in _RULES and isinstance(nested.value, dict):
            is_valid = _fits(nested, f"{key}/{name}", _RULES[f"{key}/{name}"], key, report) and is_valid
    if key == keys.SLICES:
        return is_valid and _has_window(node, report)
    return is_valid and (key != keys.POLLER or _are_partial_ends_done(node.child("status"), report))


def _fits(node: Node, path: str, rules: Mapping[str, _Rule], key: str, report: Report) -> bool:
    if not isinstance(node.value, dict):
        report.warn(node.place, f"{key} should be a mapping, not {brief(node.value)}; it was ignored")
        return False
    is_valid = True
    for name in node.value:
        if name not in rules:
            report.warn(node.child(name).place, f"{path} has no key {name!r}", f"Its keys: {', '.join(rules)}.")
    for name, rule in rules.items():
        value = node.get(name)
        if value is None and rule.required:
            report.warn(node.place, f"{path} needs {name!r}, {rule.words}; {key} was ignored")
            is_valid = False
        elif value is not None and not rule.fits(value):
            report.warn(
                node.child(name).place, f"{name!r} should be {rule.words}, not {brief(value)}; {key} was ignored"
            )
            is_valid = False
    return is_valid


def _has_window(node: Node, report: Report) -> bool:
    """Return whether slices have exactly one kind of window: two parameters, or a filter."""
    pairs = [all(node.has(key) for key in pair) for pair in (("start", "end"), ("filter", "field"))]
    if pairs.count(True) != 1:
        report.warn(
            node.place, f"{keys.SLICES} needs 'start' and 'end', or 'filter' and 'field'; {keys.SLICES} was ignored"
        )
    return pairs.count(True) == 1


def _are_partial_ends_done(status: Node, report: Report) -> bool:
    """Return whether all partial states are done states, without which a poller would not stop."""
    partial, done = status.get("partial"), status.get("done")
    unknown = (
        [state for state in partial if state not in done]
        if isinstance(partial, list) and isinstance(done, list)
        else []
    )
    if unknown:
        report.warn(
            status.place,
            f"{unknown[0]!r} is listed under 'partial', but not under 'done'; {keys.POLLER} was ignored",
            "List it under 'done' as well.",
        )
    return not unknown
