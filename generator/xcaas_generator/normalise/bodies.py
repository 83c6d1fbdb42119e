"""Request bodies, including the body and form parameters of Swagger 2."""

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

    def read(self, operation: Node, owner: str, body_parameters: list[Node], role: str = "Request") -> BodyDraft | None:
        """Return the body of an operation, if any. `role` is the last word in the names of inline models."""
        declared = operation.child("requestBody")
        if declared.value is None:
            return self._from_parameters(operation, owner, body_parameters) if body_parameters else None
        node = self._shaper.resolver.resolve(declared)
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

    def _from_parameters(self, operation: Node, owner: str, body_parameters: list[Node]) -> BodyDraft:
        """Read a body from Swagger 2 parameters: `in: body` is the whole body, `in: formData` a property of a form."""
        body = next((node for node in body_parameters if node.get("in") == "body"), None)
        advice = "Use requestBody."
        if body is not None:
            self._report.warn(
                body.place, "a parameter 'in: body' is Swagger 2; it was read as the request body", advice
            )
            shape = self._shaper.shape(body.child("schema"), Hint(owner, "Request")) if body.has("schema") else ANY
            required = flag(body, "required", self._report)
            return self._draft(body, [VariantDraft("application/json", "json", shape)], required=required)
        properties: dict[str, ir.JSON] = {}
        for node in body_parameters:
            self._report.warn(
                node.place, "a parameter 'in: formData' is Swagger 2; it was read as part of a form", advice
            )
            value = node.value if isinstance(node.value, dict) else {}
            nested = value.get("schema")
            inline_schema: ir.JSON = {key: value[key] for key in value if key not in ("name", "in", "required")}
            properties[node.text("name").strip() or "value"] = nested if isinstance(nested, dict) else inline_schema
        has_files = any(
            isinstance(property_schema, dict) and property_schema.get("type") == "file"
            for property_schema in properties.values()
        )
        required_names: list[ir.JSON] = [node.text("name") for node in body_parameters if node.get("required") is True]
        schema: ir.JSON = {"type": "object", "properties": properties, "required": required_names}
        form = Node(operation.file, operation.child("parameters").pointer, schema)
        shape = self._shaper.shape(form, Hint(owner, "Request"))
        variant = VariantDraft("multipart/form-data", "multipart", shape)
        if not has_files:
            variant = VariantDraft("application/x-www-form-urlencoded", "form", shape)
        return self._draft(form, [variant], required=bool(required_names))


def _hint(node: Node, owner: str, role: str) -> Hint:
    """Return the hint for `CreateUserRequest` or `PetAdoptedPayload`; of a component, for its own name."""
    tokens = node.pointer.split("/")
    if tokens[1:3] == ["components", "requestBodies"] and len(tokens) == 4:
        name = class_name(unescape(tokens[3]))
        return Hint(name, "" if name.endswith(_ROLES) else role)
    return Hint(owner, role)
