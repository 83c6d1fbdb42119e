"""Changes between two documents, and the rules for grading them.

A change is breaking if code written for the old document, or a client deployed with it, can fail with the new one.
Requests and responses are graded in opposite ways: a service may require less and return more, but not the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from xcaas_generator import ir

Grade = Literal["breaking", "compatible"]
Direction = Literal["request", "response"]
Bump = Literal["major", "minor", "patch", "none"]

_BREAKING: Grade = "breaking"
_COMPATIBLE: Grade = "compatible"

RULES: dict[str, tuple[Grade, str]] = {
    # operations
    "operation-removed": (_BREAKING, "calls to it fail"),
    "operation-added": (_COMPATIBLE, "existing code does not call it"),
    "operation-moved": (_BREAKING, "deployed clients call the old method or path"),
    "call-renamed": (_BREAKING, "code calls it by its old name"),
    "operation-deprecated": (_COMPATIBLE, "it still works, with a warning"),
    "operation-undeprecated": (_COMPATIBLE, "it works as before"),
    "result-kind-changed": (_BREAKING, "code handles the old kind of result"),
    # parameters
    "parameter-removed": (_BREAKING, "code that passes it fails"),
    "required-parameter-added": (_BREAKING, "calls without it are rejected"),
    "optional-parameter-added": (_COMPATIBLE, "calls may omit it"),
    "parameter-became-required": (_BREAKING, "calls without it are rejected"),
    "parameter-became-optional": (_COMPATIBLE, "calls may omit it"),
    "parameter-renamed": (_BREAKING, "code passes it under its old name"),
    "parameter-style-changed": (_BREAKING, "deployed clients send it in the old style"),
    "parameter-default-changed": (_BREAKING, "calls that omit it now mean something else"),
    # bodies
    "body-removed": (_BREAKING, "code that passes one fails"),
    "required-body-added": (_BREAKING, "calls without one are rejected"),
    "optional-body-added": (_COMPATIBLE, "calls may omit it"),
    "body-became-required": (_BREAKING, "calls without one are rejected"),
    "body-became-optional": (_COMPATIBLE, "calls may omit it"),
    "body-renamed": (_BREAKING, "code passes it under its old name"),
    "request-media-type-removed": (_BREAKING, "bodies of that type are rejected"),
    "request-media-type-added": (_COMPATIBLE, "the old ones are still accepted"),
    # responses
    "success-removed": (_BREAKING, "code expects a response that no longer comes"),
    "success-added": (_COMPATIBLE, "clients accept every success status"),
    "error-removed": (_COMPATIBLE, "code need not handle it any more"),
    "error-added": (_COMPATIBLE, "clients raise every error status"),
    "response-media-type-removed": (_BREAKING, "clients that ask for it get another one"),
    "response-media-type-added": (_COMPATIBLE, "clients still get the one they ask for"),
    "response-body-removed": (_BREAKING, "code reads a body that no longer comes"),
    "response-body-added": (_COMPATIBLE, "code may ignore it"),
    # types
    "request-type-narrowed": (_BREAKING, "values that were accepted are now rejected"),
    "request-type-widened": (_COMPATIBLE, "old values are still accepted"),
    "request-type-changed": (_BREAKING, "values of the old type are rejected"),
    "response-type-narrowed": (_COMPATIBLE, "every new value is also of the old type"),
    "response-type-widened": (_BREAKING, "code may receive values that it does not expect"),
    "response-type-changed": (_BREAKING, "code may receive values that it does not expect"),
    "request-value-removed": (_BREAKING, "the value is rejected"),
    "request-value-added": (_COMPATIBLE, "existing code does not send it"),
    "response-value-removed": (_COMPATIBLE, "code no longer receives it"),
    "response-value-added": (_COMPATIBLE, "enums are open: unknown values are kept"),
    "response-variant-added": (_COMPATIBLE, "unknown variants are kept as data"),
    "request-limit-tightened": (_BREAKING, "values that were accepted are now rejected"),
    "request-limit-relaxed": (_COMPATIBLE, "old values are still accepted"),
    "response-limit-changed": (_COMPATIBLE, "clients do not check limits of responses"),
    # fields
    "request-field-removed": (_BREAKING, "code that passes it fails"),
    "required-request-field-added": (_BREAKING, "bodies without it are rejected"),
    "optional-request-field-added": (_COMPATIBLE, "bodies may omit it"),
    "request-field-became-required": (_BREAKING, "bodies without it are rejected"),
    "request-field-became-optional": (_COMPATIBLE, "bodies may omit it"),
    "request-field-became-nullable": (_COMPATIBLE, "code need not send null"),
    "request-null-refused": (_BREAKING, "null was accepted before"),
    "request-default-changed": (_BREAKING, "bodies that omit it now mean something else"),
    "response-field-removed": (_BREAKING, "code that reads it fails"),
    "response-field-added": (_COMPATIBLE, "code may ignore it"),
    "response-field-became-required": (_COMPATIBLE, "it is now always present"),
    "response-field-became-optional": (_BREAKING, "code assumes that it is always present"),
    "response-field-became-nullable": (_BREAKING, "code does not expect null"),
    "response-null-gone": (_COMPATIBLE, "there is now always a value"),
    "field-renamed": (_BREAKING, "code uses its old name"),
    "model-removed": (_BREAKING, "code imports it"),
    "model-added": (_COMPATIBLE, "existing code does not import it"),
    "unused-model-removed": (_COMPATIBLE, "no call accepted or returned it"),
    # webhooks
    "webhook-removed": (_BREAKING, "code expects requests that no longer come"),
    "webhook-added": (_COMPATIBLE, "code need not receive it"),
    # security and servers
    "security-added": (_BREAKING, "calls without credentials are rejected"),
    "security-removed": (_COMPATIBLE, "credentials may be omitted"),
    "security-alternative-removed": (_BREAKING, "calls with those credentials are rejected"),
    "security-alternative-added": (_COMPATIBLE, "the old credentials still work"),
    "security-scheme-changed": (_BREAKING, "deployed clients send credentials in the old way"),
    "server-removed": (_BREAKING, "deployed clients call it"),
    "server-added": (_COMPATIBLE, "the old ones are still there"),
    "server-variable-value-removed": (_BREAKING, "clients that are set to it have no URL"),
    "server-variable-value-added": (_COMPATIBLE, "existing clients keep their value"),
    "server-variable-default-changed": (_BREAKING, "clients that set nothing call another URL"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A difference. `where` names it as callers do: a call, a parameter, or a field of a model."""

    rule: str
    where: str
    message: str
    place: ir.SourceLocation

    @property
    def grade(self) -> Grade:
        return RULES[self.rule][0]

    @property
    def reason(self) -> str:
        """The reason for the grade."""
        return RULES[self.rule][1]


class Changes:
    """Collects changes, without duplicates."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, str, str], Change] = {}

    def add(self, rule: str, where: str, message: str, place: ir.SourceLocation) -> None:
        """Record a change under a rule of `RULES`."""
        if rule not in RULES:
            raise KeyError(rule)
        self._changes.setdefault((rule, where, message), Change(rule, where, message, place))

    def all(self) -> tuple[Change, ...]:
        """Return the changes, breaking ones first, sorted by location."""
        return tuple(
            sorted(
                self._changes.values(), key=lambda item: (item.grade != _BREAKING, item.where, item.rule, item.message)
            )
        )


def bump(changes: Iterable[Change], *, identical: bool) -> Bump:
    """Return the part of a version (https://semver.org) that has to be incremented."""
    grades = {change.grade for change in changes}
    if _BREAKING in grades:
        return "major"
    if _COMPATIBLE in grades:
        return "minor"
    return "none" if identical else "patch"
