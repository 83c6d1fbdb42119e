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
        self._optional = optional  # whether `responses` is optional, as it is since OpenAPI 3.1
        self._shaper = shaper
        self._report = shaper.report
        self._contents = contents
        self._parameters = parameters
        self._default_is_success = False  # whether no 2XX response is described

    def read(self, operation: Node, owner: str) -> list[ResponseDraft]:
        responses = self._shaper.resolver.resolve_child(operation, "responses")
        if isinstance(responses.value, list):
            self._report.warn(responses.place, "'responses' should map statuses to responses; it was ignored")
        elif responses.value is None and self._optional:
            pass
        elif not isinstance(responses.value, dict):
            self._report.warn(responses.place, "the operation declares no responses; an empty one was assumed")
        elif not responses.value:
            self._report.warn(responses.place, "'responses' is empty; an empty response was assumed")
        entries = self._shaper.resolver.entries(operation, "responses")
        self._default_is_success = not any(key.strip().startswith("2") for key, _ in entries)
        by_status: dict[str, ResponseDraft] = {}
        for key, node in entries:
            if key.startswith("x-"):
                continue
            status = self._status(key, node)
            if status is not None and status not in by_status:
                by_status[status] = self._response(status, node, owner)
        return list(by_status.values())

    def _status(self, key: str, node: Node) -> str | None:
        plain = key.strip()
        if _STATUS.fullmatch(plain):
            return plain
        if plain.lower() == "default":
            return "default"
        status_range = _RANGE.fullmatch(plain)
        if status_range:
            return f"{status_range[1]}XX"
        leading = _LEADING.match(plain)
        if leading:
            self._report.warn(node.place, f"{brief(key)} is not a status; {leading[0]} was assumed")
            return leading[0]
        self._report.warn(node.place, f"{brief(key)} is not a status; the response was left out", "Use a status code.")
        return None

    def _response(self, status: str, reference: Node, owner: str) -> ResponseDraft:
        try:
            node = self._shaper.resolver.resolve(reference)
            variants = self._variants(node, status, owner)
        except DanglingReference as error:
            if status[0] not in "45":
                raise
            # An error can be raised without a body; a success can't be returned without one.
            self._report.warn(reference.place, f"{error}; the error {status} has no body")
            return ResponseDraft(ir.Response(status, (), reference.place), [], [])
        if node.value is None:
            return ResponseDraft(ir.Response(status, (), reference.place), [], [])
        if not isinstance(node.value, dict):
            self._report.warn(
                node.place, f"a response is expected here, not {brief(node.value)}; an empty one was assumed"
            )
            return ResponseDraft(ir.Response(status, (), reference.place), [], [])
        may_be_empty = bool(variants) and bool(node.text(keys.NO_BODY).strip())
        response = ir.Response(status, (), node.place, node.text("description").strip(), may_be_empty=may_be_empty)
        return ResponseDraft(response, variants, self._headers(node, owner))

    def _variants(self, node: Node, status: str, owner: str) -> list[VariantDraft]:
        if not isinstance(node.value, dict):
            return []
        hint = _hint(node, status, owner, default_is_success=self._default_is_success)
        variants = self._contents.variants(node.child("content"), hint, received=True)
        if not variants and node.get("schema") is not None:
            self._report.warn(node.place, "the schema has no media type; application/json was assumed")
            variants = [VariantDraft("application/json", "json", self._shaper.shape(node.child("schema"), hint))]
        return [] if status in _EMPTY else variants  # HTTP allows no body there

    def _headers(self, response: Node, owner: str) -> list[ParameterDraft]:
        headers: list[ParameterDraft] = []
        declared = response.child("headers")
        if isinstance(declared.value, list):
            self._report.warn(declared.place, "'headers' should map names to headers; it was ignored")
        try:
            entries = self._shaper.resolver.entries(response, "headers")
        except DanglingReference as error:
            self._report.warn(declared.place, f"{error}; the headers were left out")
            return []
        for name, reference in entries:
            node = self._shaper.resolver.deref(reference)
            if node is None or not isinstance(node.value, dict):
                continue
            draft = self._parameters.header(name.strip(), node, owner)
            if draft is not None:
                headers.append(draft)
        return headers


def _hint(node: Node, status: str, owner: str, *, default_is_success: bool) -> Hint:
    """Return the hint for `ListUsersResponse` or `ListUsersNotFoundError`; of a component, for its own name."""
    tokens = node.pointer.split("/")
    if tokens[1:3] == ["components", "responses"] and len(tokens) == 4:
        name = class_name(unescape(tokens[3]))
        return Hint(name, "" if name.endswith(_ROLES) else "Response")
    if status == "default":
        return Hint(owner, "Response" if default_is_success else "Error")
    if status.startswith(("2", "3")):
        return Hint(owner, "Response" if status in ("200", "201", "2XX") else f"{_phrase(status)} Response")
    return Hint(owner, f"{_phrase(status)} Error")


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return {"1XX": "Info", "2XX": "", "3XX": "Redirect", "4XX": "Client", "5XX": "Server"}.get(status, status)
