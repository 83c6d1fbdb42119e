"""The rules by which changes between two documents are graded, and what a change is.

A change breaks if code that was written against the old document, or a client that is
deployed with it, can fail with the new one. Requests and responses are graded the other
way round from each other: a service may ask for less and give more, never the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from xcaas_generator import ir

Grade = Literal["breaking", "compatible"]
Direction = Literal["request", "response"]
Bump = Literal["major", "minor", "patch", "none"]

_B: Grade = "breaking"
_C: Grade = "compatible"

RULES: dict[str, tuple[Grade, str]] = {
    # operations
    "operation-removed": (_B, "calls to it fail"),
    "operation-added": (_C, "existing code does not call it"),
    "operation-moved": (_B, "deployed clients call the old method or path"),
    "call-renamed": (_B, "code calls it by its old name"),
    "operation-deprecated": (_C, "it still works, with a warning"),
    "operation-undeprecated": (_C, "it works as before"),
    "result-kind-changed": (_B, "code handles the old kind of result"),
    # parameters
    "parameter-removed": (_B, "code that passes it fails"),
    "required-parameter-added": (_B, "calls without it are rejected"),
    "optional-parameter-added": (_C, "calls may omit it"),
    "parameter-became-required": (_B, "calls without it are rejected"),
    "parameter-became-optional": (_C, "calls may omit it"),
    "parameter-renamed": (_B, "code passes it under its old name"),
    "parameter-style-changed": (_B, "deployed clients send it in the old style"),
    "parameter-default-changed": (_B, "calls that omit it now mean something else"),
    # bodies
    "body-removed": (_B, "code that passes one fails"),
    "required-body-added": (_B, "calls without one are rejected"),
    "optional-body-added": (_C, "calls may omit it"),
    "body-became-required": (_B, "calls without one are rejected"),
    "body-became-optional": (_C, "calls may omit it"),
    "body-renamed": (_B, "code passes it under its old name"),
    "request-media-type-removed": (_B, "bodies of that type are rejected"),
    "request-media-type-added": (_C, "the old ones are still accepted"),
    # responses
    "success-removed": (_B, "code expects a response that no longer comes"),
    "success-added": (_C, "clients accept every success status"),
    "error-removed": (_C, "code need not handle it any more"),
    "error-added": (_C, "clients raise every error status"),
    "response-media-type-removed": (_B, "clients that ask for it get another one"),
    "response-media-type-added": (_C, "clients still get the one they ask for"),
    "response-body-removed": (_B, "code reads a body that no longer comes"),
    "response-body-added": (_C, "code may ignore it"),
    # types
    "request-type-narrowed": (_B, "values that were accepted are now rejected"),
    "request-type-widened": (_C, "old values are still accepted"),
    "request-type-changed": (_B, "values of the old type are rejected"),
    "response-type-narrowed": (_C, "every new value is also of the old type"),
    "response-type-widened": (_B, "code may receive values that it does not expect"),
    "response-type-changed": (_B, "code may receive values that it does not expect"),
    "request-value-removed": (_B, "the value is rejected"),
    "request-value-added": (_C, "existing code does not send it"),
    "response-value-removed": (_C, "code no longer receives it"),
    "response-value-added": (_C, "enums are open: unknown values are kept"),
    "response-variant-added": (_C, "unknown variants are kept as data"),
    "request-limit-tightened": (_B, "values that were accepted are now rejected"),
    "request-limit-relaxed": (_C, "old values are still accepted"),
    "response-limit-changed": (_C, "clients do not check limits of responses"),
    # fields
    "request-field-removed": (_B, "code that passes it fails"),
    "required-request-field-added": (_B, "bodies without it are rejected"),
    "optional-request-field-added": (_C, "bodies may omit it"),
    "request-field-became-required": (_B, "bodies without it are rejected"),
    "request-field-became-optional": (_C, "bodies may omit it"),
    "request-field-became-nullable": (_C, "code need not send null"),
    "request-null-refused": (_B, "null was accepted before"),
    "request-default-changed": (_B, "bodies that omit it now mean something else"),
    "response-field-removed": (_B, "code that reads it fails"),
    "response-field-added": (_C, "code may ignore it"),
    "response-field-became-required": (_C, "it is now always present"),
    "response-field-became-optional": (_B, "code assumes that it is always present"),
    "response-field-became-nullable": (_B, "code does not expect null"),
    "response-null-gone": (_C, "there is now always a value"),
    "field-renamed": (_B, "code uses its old name"),
    "model-removed": (_B, "code imports it"),
    "model-added": (_C, "existing code does not import it"),
    "unused-model-removed": (_C, "no call accepted or returned it"),
    # webhooks
    "webhook-removed": (_B, "code expects requests that no longer come"),
    "webhook-added": (_C, "code need not receive it"),
    # security and servers
    "security-added": (_B, "calls without credentials are rejected"),
    "security-removed": (_C, "credentials may be omitted"),
    "security-alternative-removed": (_B, "calls with those credentials are rejected"),
    "security-alternative-added": (_C, "the old credentials still work"),
    "security-scheme-changed": (_B, "deployed clients send credentials in the old way"),
    "server-removed": (_B, "deployed clients call it"),
    "server-added": (_C, "the old ones are still there"),
    "server-variable-value-removed": (_B, "clients that are set to it have no URL"),
    "server-variable-value-added": (_C, "existing clients keep their value"),
    "server-variable-default-changed": (_B, "clients that set nothing call another URL"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `where` says it as callers would: a call, a parameter, a model's field."""

    rule: str
    where: str
    message: str
    place: ir.SourceLocation

    @property
    def grade(self) -> Grade:
        return RULES[self.rule][0]

    @property
    def reason(self) -> str:
        """Why it is graded as it is."""
        return RULES[self.rule][1]


class Changes:
    """Collects changes, each once, however many operations lead to it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Change] = {}

    def add(self, rule: str, where: str, message: str, place: ir.SourceLocation) -> None:
        """Note a change under a rule of `RULES`."""
        if rule not in RULES:
            raise KeyError(rule)
        self._found.setdefault((rule, where, message), Change(rule, where, message, place))

    def all(self) -> tuple[Change, ...]:
        """Return the changes, breaking ones first, then in order of where they are."""
        return tuple(
            sorted(self._found.values(), key=lambda item: (item.grade != _B, item.where, item.rule, item.message))
        )


def bump(changes: Iterable[Change], *, identical: bool) -> Bump:
    """Return the part of a version (https://semver.org) that has to go up."""
    grades = {change.grade for change in changes}
    if _B in grades:
        return "major"
    if _C in grades:
        return "minor"
    return "none" if identical else "patch"
