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
    "operation-removed": (_B, "its call is gone"),
    "operation-added": (_C, "there is one call more"),
    "operation-moved": (_B, "deployed clients call the old method or path"),
    "call-renamed": (_B, "code calls it by its old name"),
    "operation-deprecated": (_C, "it works as before, with a warning"),
    "operation-undeprecated": (_C, "it is here to stay"),
    "result-kind-changed": (_B, "what the call gives back is used in another way"),
    # parameters
    "parameter-removed": (_B, "code that gives it fails"),
    "required-parameter-added": (_B, "calls without it are refused"),
    "optional-parameter-added": (_C, "calls may leave it out"),
    "parameter-became-required": (_B, "calls without it are refused"),
    "parameter-became-optional": (_C, "calls may leave it out"),
    "parameter-renamed": (_B, "code gives it by its old name"),
    "parameter-style-changed": (_B, "deployed clients write it the old way"),
    "parameter-default-changed": (_B, "calls that leave it out mean something else"),
    # bodies
    "body-removed": (_B, "code that gives one fails"),
    "required-body-added": (_B, "calls without one are refused"),
    "optional-body-added": (_C, "calls may leave it out"),
    "body-became-required": (_B, "calls without one are refused"),
    "body-became-optional": (_C, "calls may leave it out"),
    "body-renamed": (_B, "code gives it by its old name"),
    "request-media-type-removed": (_B, "bodies of that type are refused"),
    "request-media-type-added": (_C, "the old ones are taken as before"),
    # responses
    "success-removed": (_B, "code waits for a response that does not come any more"),
    "success-added": (_C, "clients take every success"),
    "error-removed": (_C, "nobody has to handle it any more"),
    "error-added": (_C, "clients raise every error status"),
    "response-media-type-removed": (_B, "clients that ask for it get another"),
    "response-media-type-added": (_C, "clients get what they ask for"),
    "response-body-removed": (_B, "code reads what does not come any more"),
    "response-body-added": (_C, "nobody has to read it"),
    # types
    "request-type-narrowed": (_B, "values that were taken are refused"),
    "request-type-widened": (_C, "old values are taken as before"),
    "request-type-changed": (_B, "values of the old type are refused"),
    "response-type-narrowed": (_C, "what comes is a kind of what came"),
    "response-type-widened": (_B, "values come that code does not expect"),
    "response-type-changed": (_B, "values come that code does not expect"),
    "request-value-removed": (_B, "the value is refused"),
    "request-value-added": (_C, "there is one value more to give"),
    "response-value-removed": (_C, "it does not come any more"),
    "response-value-added": (_C, "enums are open: unknown values survive"),
    "response-variant-added": (_C, "unknown variants survive as data"),
    "request-limit-tightened": (_B, "values that were taken are refused"),
    "request-limit-relaxed": (_C, "old values are taken as before"),
    "response-limit-changed": (_C, "clients don't rely on limits of responses"),
    # fields
    "request-field-removed": (_B, "code that gives it fails"),
    "required-request-field-added": (_B, "bodies without it are refused"),
    "optional-request-field-added": (_C, "bodies may leave it out"),
    "request-field-became-required": (_B, "bodies without it are refused"),
    "request-field-became-optional": (_C, "bodies may leave it out"),
    "request-field-became-nullable": (_C, "nobody has to send null"),
    "request-null-refused": (_B, "null was taken before"),
    "request-default-changed": (_B, "bodies that leave it out mean something else"),
    "response-field-removed": (_B, "code that reads it fails"),
    "response-field-added": (_C, "nobody has to read it"),
    "response-field-became-required": (_C, "it is always there now"),
    "response-field-became-optional": (_B, "code reads it as if it were always there"),
    "response-field-became-nullable": (_B, "code does not expect null"),
    "response-null-gone": (_C, "there is always a value now"),
    "field-renamed": (_B, "code uses its old name"),
    "model-removed": (_B, "code imports it"),
    "model-added": (_C, "there is one more to import"),
    "unused-model-removed": (_C, "no call took it or gave it"),
    # webhooks
    "webhook-removed": (_B, "code waits for what does not come any more"),
    "webhook-added": (_C, "nobody has to receive it"),
    # security and servers
    "security-added": (_B, "calls without credentials are refused"),
    "security-removed": (_C, "credentials may be left out"),
    "security-alternative-removed": (_B, "calls with those credentials are refused"),
    "security-alternative-added": (_C, "the old credentials open it as before"),
    "security-scheme-changed": (_B, "deployed clients present credentials the old way"),
    "server-removed": (_B, "deployed clients call it"),
    "server-added": (_C, "the old ones stay"),
    "server-variable-value-removed": (_B, "clients that are set to it have no address"),
    "server-variable-value-added": (_C, "there is one more to choose"),
    "server-variable-default-changed": (_B, "clients that set nothing call another address"),
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
