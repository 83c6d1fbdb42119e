"""Request bodies, including those that Swagger 2 called parameters."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node, unescape
from xcaas_generator.normalise.drafts import BodyDraft, VariantDraft
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief, flag
from xcaas_generator.normalise.media import Contents
from xcaas_generator.normalise.naming import class_name
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.shapes import ANY, Hint

_ROLES = ("Request", "Body", "Input", "Payload", "Parameters", "Params")


class Bodies:
    def __init__(self, shaper: Shaper, contents: Contents) -> None:
        self._shaper = shaper
        self._report = shaper.report
        self._contents = contents

    def read(self, operation: Node, owner: str, leftovers: list[Node], role: str = "Request") -> BodyDraft | None:
        """Return what an operation sends, or None. `role` is the last word of the names of its unnamed models."""
        listed = operation.child("requestBody")
        if listed.value is None:
            return self._leftover(operation, owner, leftovers) if leftovers else None
        node = self._shaper.resolver.end(listed)
        if not isinstance(node.value, dict):
            self._report.warn(node.place, f"a request body is expected here, not {brief(node.value)}; it was left out")
            return None
        variants = self._contents.variants(node.child("content"), _hint(node, owner, role))
        if not variants and node.has("schema"):
            self._report.warn(node.place, "the schema has no media type; application/json was assumed")
            shape = self._shaper.shape(node.child("schema"), Hint(owner, role))
            variants = [VariantDraft("application/json", "json", shape)]
        if not variants:
            self._report.warn(node.place, "the request body has no content; it was left out", "Say what it contains.")
            return None
        return self._draft(node, variants, required=flag(node, "required", self._report))

    def _draft(self, node: Node, variants: list[VariantDraft], *, required: bool) -> BodyDraft:
        name = node.text(keys.NAME).strip() or "body"
        body = ir.Body((), required, node.place, name, node.text("description").strip())
        return BodyDraft(body, variants)

    def _leftover(self, operation: Node, owner: str, leftovers: list[Node]) -> BodyDraft:
        """Read leftovers of Swagger 2: `in: body` is the body, parameters `in: formData` the properties of a form."""
        whole = next((node for node in leftovers if node.get("in") == "body"), None)
        advice = "Use requestBody."
        if whole is not None:
            self._report.warn(
                whole.place, "a parameter 'in: body' is Swagger 2; it was read as the request body", advice
            )
            shape = self._shaper.shape(whole.child("schema"), Hint(owner, "Request")) if whole.has("schema") else ANY
            required = flag(whole, "required", self._report)
            return self._draft(whole, [VariantDraft("application/json", "json", shape)], required=required)
        properties: dict[str, ir.JSON] = {}
        for node in leftovers:
            self._report.warn(
                node.place, "a parameter 'in: formData' is Swagger 2; it was read as part of a form", advice
            )
            value = node.value if isinstance(node.value, dict) else {}
            inner = value.get("schema")
            kept: ir.JSON = {key: value[key] for key in value if key not in ("name", "in", "required")}
            properties[node.text("name").strip() or "value"] = inner if isinstance(inner, dict) else kept
        files = any(isinstance(one, dict) and one.get("type") == "file" for one in properties.values())
        required_names: list[ir.JSON] = [node.text("name") for node in leftovers if node.get("required") is True]
        schema: ir.JSON = {"type": "object", "properties": properties, "required": required_names}
        at = Node(operation.file, operation.child("parameters").pointer, schema)
        shape = self._shaper.shape(at, Hint(owner, "Request"))
        variant = VariantDraft("multipart/form-data", "multipart", shape)
        if not files:
            variant = VariantDraft("application/x-www-form-urlencoded", "form", shape)
        return self._draft(at, [variant], required=bool(required_names))


def _hint(node: Node, owner: str, role: str) -> Hint:
    """Return `CreateUserRequest`, `PetAdoptedPayload`, or by its own name where it is a component."""
    tokens = node.pointer.split("/")
    if tokens[1:3] == ["components", "requestBodies"] and len(tokens) == 4:
        name = class_name(unescape(tokens[3]))
        return Hint(name, "" if name.endswith(_ROLES) else role)
    return Hint(owner, role)
