"""Responses: statuses, bodies, headers."""

from __future__ import annotations

import re
from http import HTTPStatus

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node, unescape
from xcaas_generator.load.references import DanglingReference
from xcaas_generator.normalise.drafts import ParameterDraft, ResponseDraft, VariantDraft
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief
from xcaas_generator.normalise.media import Contents
from xcaas_generator.normalise.naming import class_name
from xcaas_generator.normalise.parameters import Parameters
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.shapes import Hint

_STATUS = re.compile(r"[1-5]\d\d")
_LEADING = re.compile(r"[1-5]\d\d(?!\d)")
_RANGE = re.compile(r"([1-5])(?:XX|xx|Xx|xX|\*\*|\?\?|--|00-\d99)")
_ROLES = ("Response", "Error", "Result", "Answer", "Output")
_EMPTY = ("204", "205", "304")


class Responses:
    def __init__(self, shaper: Shaper, contents: Contents, parameters: Parameters, *, optional: bool) -> None:
        self._optional = optional  # whether an operation may say nothing about its responses: since 3.1
        self._shaper = shaper
        self._report = shaper.report
        self._contents = contents
        self._parameters = parameters
        self._alone = False  # no success is described but by `default`

    def read(self, operation: Node, owner: str) -> list[ResponseDraft]:
        responses = self._shaper.resolver.below(operation, "responses")
        if isinstance(responses.value, list):
            self._report.warn(responses.place, "'responses' should map statuses to responses; it was ignored")
        elif responses.value is None and self._optional:
            pass
        elif not isinstance(responses.value, dict):
            self._report.warn(responses.place, "the operation declares no responses; an empty one was assumed")
        elif not responses.value:
            self._report.warn(responses.place, "'responses' is empty; an empty response was assumed")
        listed = self._shaper.resolver.entries(operation, "responses")
        self._alone = not any(key.strip().startswith("2") for key, _ in listed)
        found: dict[str, ResponseDraft] = {}
        for key, node in listed:
            if key.startswith("x-"):
                continue
            status = self._status(key, node)
            if status is not None and status not in found:
                found[status] = self._response(status, node, owner)
        return list(found.values())

    def _status(self, key: str, node: Node) -> str | None:
        plain = key.strip()
        if _STATUS.fullmatch(plain):
            return plain
        if plain.lower() == "default":
            return "default"
        family = _RANGE.fullmatch(plain)
        if family:
            return f"{family[1]}XX"
        leading = _LEADING.match(plain)
        if leading:
            self._report.warn(node.place, f"{brief(key)} is not a status; {leading[0]} was assumed")
            return leading[0]
        self._report.warn(node.place, f"{brief(key)} is not a status; the response was left out", "Use a status code.")
        return None

    def _response(self, status: str, listed: Node, owner: str) -> ResponseDraft:
        try:
            node = self._shaper.resolver.end(listed)
            variants = self._variants(node, status, owner)
        except DanglingReference as error:
            if status[0] not in "45":
                raise
            # The status says enough for an error to be raised; of a success, the caller wants what it holds.
            self._report.warn(listed.place, f"{error}; the error {status} has no body")
            return ResponseDraft(ir.Response(status, (), listed.place), [], [])
        if node.value is None:
            return ResponseDraft(ir.Response(status, (), listed.place), [], [])
        if not isinstance(node.value, dict):
            self._report.warn(
                node.place, f"a response is expected here, not {brief(node.value)}; an empty one was assumed"
            )
            return ResponseDraft(ir.Response(status, (), listed.place), [], [])
        may_be_empty = bool(variants) and bool(node.text(keys.NO_BODY).strip())
        response = ir.Response(status, (), node.place, node.text("description").strip(), may_be_empty=may_be_empty)
        return ResponseDraft(response, variants, self._headers(node, owner))

    def _variants(self, node: Node, status: str, owner: str) -> list[VariantDraft]:
        if not isinstance(node.value, dict):
            return []
        hint = _hint(node, status, owner, alone=self._alone)
        variants = self._contents.variants(node.child("content"), hint, received=True)
        if not variants and node.get("schema") is not None:
            self._report.warn(node.place, "the schema has no media type; application/json was assumed")
            variants = [VariantDraft("application/json", "json", self._shaper.shape(node.child("schema"), hint))]
        return [] if status in _EMPTY else variants  # HTTP allows no body there, whatever is described

    def _headers(self, response: Node, owner: str) -> list[ParameterDraft]:
        headers: list[ParameterDraft] = []
        below = response.child("headers")
        if isinstance(below.value, list):
            self._report.warn(below.place, "'headers' should map names to headers; it was ignored")
        try:
            entries = self._shaper.resolver.entries(response, "headers")
        except DanglingReference as error:
            self._report.warn(below.place, f"{error}; the headers were left out")
            return []
        for name, listed in entries:
            node = self._shaper.resolver.deref(listed)
            if node is None or not isinstance(node.value, dict):
                continue
            draft = self._parameters.header(name.strip(), node, owner)
            if draft is not None:
                headers.append(draft)
        return headers


def _hint(node: Node, status: str, owner: str, *, alone: bool) -> Hint:
    """Return `ListUsersResponse`, `ListUsersNotFoundError`; a component's own name where it is one."""
    tokens = node.pointer.split("/")
    if tokens[1:3] == ["components", "responses"] and len(tokens) == 4:
        name = class_name(unescape(tokens[3]))
        return Hint(name, "" if name.endswith(_ROLES) else "Response")
    if status == "default":
        return Hint(owner, "Response" if alone else "Error")
    if status.startswith(("2", "3")):
        return Hint(owner, "Response" if status in ("200", "201", "2XX") else f"{_phrase(status)} Response")
    return Hint(owner, f"{_phrase(status)} Error")


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return {"1XX": "Info", "2XX": "", "3XX": "Redirect", "4XX": "Client", "5XX": "Server"}.get(status, status)
