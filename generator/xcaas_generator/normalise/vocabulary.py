"""The `x-xcaas-*` keys: what OpenAPI can't say, read and checked.

A malformed one is left out with a problem that names its place, so that what comes after
sees only well-formed data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xcaas_generator.ir import JSON, Operation
from xcaas_generator.load.references import Spot
from xcaas_generator.normalise.drafts import OperationDraft
from xcaas_generator.normalise.keywords import brief
from xcaas_generator.report import Report

KEYS = frozenset(
    "x-xcaas-" + name
    for name in (
        "product", "from", "names", "resource", "name", "credential", "options", "error",
        "pagination", "poller", "download", "retry", "headers", "answer", "required", "no-body",
    )
)  # fmt: skip
ON_OPERATIONS = (
    "x-xcaas-pagination", "x-xcaas-poller", "x-xcaas-download", "x-xcaas-retry", "x-xcaas-headers", "x-xcaas-answer",
)  # fmt: skip


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


_POINTER = _Rule(_is_pointer, "a JSON pointer")
_TEXT = _Rule(_is_text, "a text")
_BOOL = _Rule(lambda value: isinstance(value, bool), "true or false")
_INT = _Rule(lambda value: isinstance(value, int) and not isinstance(value, bool), "an integer")
_MAPPING = _Rule(lambda value: isinstance(value, dict), "a mapping")


def _must(rule: _Rule) -> _Rule:
    return _Rule(rule.fits, rule.words, required=True)


def _among(*words: str) -> _Rule:
    return _Rule(lambda value: value in words, " or ".join(words))


_CALL = {"operation": _must(_TEXT), "parameter": _TEXT}
_SHAPES: dict[str, Mapping[str, _Rule]] = {
    "x-xcaas-resource": {
        "path": _must(
            _Rule(lambda value: isinstance(value, str) and all(part.isidentifier() for part in value.split(".")), "a name")
        ),
        "verb": _must(_Rule(_is_name, "a Python name")),
    },
    "x-xcaas-pagination": {
        "style": _must(_among("page", "cursor")), "parameter": _must(_TEXT), "in": _among("query", "body"),
        "first": _INT, "size": _TEXT, "items": _must(_POINTER), "next": _MAPPING,
        "last": _Rule(lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value), "a list"),
        "past_end": _INT, "alone": _BOOL, "empty_ends": _BOOL, "send": _MAPPING,
    },
    "x-xcaas-pagination/next": {"body": _POINTER, "header": _TEXT},
    "x-xcaas-poller": {
        "verb": _must(_Rule(_is_name, "a Python name")), "resume": _Rule(_is_name, "a Python name"),
        "id": _must(_POINTER), "status": _must(_MAPPING), "result": _MAPPING, "cancel": _MAPPING,
        "interval": _MAPPING, "timeout": _Rule(_is_number, "a number of seconds"),
    },
    "x-xcaas-poller/status": {
        **_CALL, "value": _must(_POINTER), "done": _must(_Rule(_texts, "a list of texts")),
        "failed": _Rule(_texts, "a list of texts"), "partial": _Rule(_texts, "a list of texts"), "reason": _POINTER,
    },
    "x-xcaas-poller/result": _CALL,
    "x-xcaas-poller/cancel": _CALL,
    "x-xcaas-poller/interval": dict.fromkeys(("first", "factor", "max"), _Rule(_is_number, "a number")),
    "x-xcaas-download": {
        "checksum": _MAPPING, "filename": _TEXT, "ranges": _Rule(lambda value: isinstance(value, str | bool), "a word"),
    },
    "x-xcaas-download/checksum": {**_CALL, "value": _POINTER, "type": _POINTER, "size": _POINTER},
    "x-xcaas-retry": {"safe": _BOOL},
    "x-xcaas-headers": {},
    "x-xcaas-answer": {"single": _BOOL},
}  # fmt: skip
_NESTED = ("next", "status", "result", "cancel", "interval", "checksum")
_CALLS = ("status", "result", "cancel", "checksum")


class Vocabulary:
    def __init__(self, report: Report) -> None:
        self._report = report

    def resource(self, operation: Spot) -> tuple[tuple[str, ...], str | None]:
        """Where the operation sits in the client, and what it is called there."""
        if not operation.has("x-xcaas-resource") or not self._well_formed(operation, "x-xcaas-resource"):
            return (), None
        spot = operation.child("x-xcaas-resource")
        return tuple(spot.text("path").split(".")), spot.text("verb")

    def extensions(self, operation: Spot) -> dict[str, JSON]:
        return {
            key: operation.get(key) for key in ON_OPERATIONS if operation.has(key) and self._well_formed(operation, key)
        }

    def check_calls(self, drafts: list[OperationDraft]) -> None:
        """Operations and parameters that pagers, pollers and downloads name must exist."""
        known = {draft.node.id: draft for draft in drafts}
        for draft in drafts:
            for key in ON_OPERATIONS:
                if key in draft.node.extensions and not self._calls_exist(draft, key, known):
                    del draft.node.extensions[key]

    def _calls_exist(self, draft: OperationDraft, key: str, known: Mapping[str, OperationDraft]) -> bool:
        value = draft.node.extensions[key]
        good = True
        if not isinstance(value, dict):
            return True
        if key == "x-xcaas-pagination" and value.get("in", "query") == "query":
            for role in ("parameter", "size"):
                name = value.get(role)
                if isinstance(name, str) and not _has_parameter(draft, name):
                    good = self._fault(draft.node, f"{key}/{role}", f"the operation has no parameter {name!r}")
        for role in _CALLS:
            call = value.get(role)
            if not isinstance(call, dict) or not isinstance(call.get("operation"), str):
                continue
            called = known.get(str(call["operation"]))
            name = call.get("parameter")
            if called is None:
                good = self._fault(
                    draft.node, f"{key}/{role}/operation", f"there is no operation {call['operation']!r}"
                )
            elif isinstance(name, str) and not _has_parameter(called, name):
                good = self._fault(
                    draft.node, f"{key}/{role}/parameter", f"{called.node.id!r} has no parameter {name!r}"
                )
        return good

    def _fault(self, node: Operation, path: str, message: str) -> bool:
        place = type(node.place)(node.place.file, f"{node.place.pointer}/{path}")
        self._report.warn(place, f"{message}; {path.partition('/')[0]} was ignored", "Correct the name.")
        return False

    def _well_formed(self, owner: Spot, key: str) -> bool:
        spot = owner.child(key)
        good = self._fits(spot, key, key)
        for name in _NESTED:
            inner = spot.child(name)
            if f"{key}/{name}" in _SHAPES and isinstance(inner.node, dict):
                good = self._fits(inner, f"{key}/{name}", key) and good
        return good

    def _fits(self, spot: Spot, shape: str, key: str) -> bool:
        rules = _SHAPES[shape]
        if not isinstance(spot.node, dict):
            self._report.warn(spot.place, f"{key} should be a mapping, not {brief(spot.node)}; it was ignored")
            return False
        good = True
        for name in spot.node:
            if rules and name not in rules:
                self._report.warn(spot.child(name).place, f"{shape} has no key {name!r}", f"It has {', '.join(rules)}.")
        for name, rule in rules.items():
            value = spot.get(name)
            if value is None and rule.required:
                self._report.warn(spot.place, f"{shape} needs {name!r}, {rule.words}; {key} was ignored")
                good = False
            elif value is not None and not rule.fits(value):
                self._report.warn(
                    spot.child(name).place, f"{name!r} should be {rule.words}, not {brief(value)}; {key} was ignored"
                )
                good = False
        return good


def _has_parameter(draft: OperationDraft, wire: str) -> bool:
    if wire.startswith("/"):
        return draft.body is not None
    return any(parameter.node.wire == wire for parameter in draft.parameters)
