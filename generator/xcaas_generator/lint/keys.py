"""House rule: keys are those of OpenAPI 3.1 or extensions. Misspelled keys would be ignored."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node
from xcaas_generator.report import Report

# Keys of each kind of object: "" for plain values, else the kind of their object, in a list ([]) or a map ({}).
_REFERENCE: Final = {"$ref": "", "summary": "", "description": ""}
_CONTENT: Final = {"content": "{}media type"}
_VALUE: Final = {
    **dict.fromkeys(("description", "required", "deprecated", "allowEmptyValue", "style", "explode"), ""),
    **dict.fromkeys(("allowReserved", "example", "examples"), ""),
    "schema": "schema",
    **_CONTENT,
}
_KINDS: Final[dict[str, dict[str, str]]] = {
    "document": {
        **dict.fromkeys(("openapi", "info", "jsonSchemaDialect", "security", "tags", "externalDocs"), ""),
        "servers": "[]server",
        "paths": "{}path item",
        "webhooks": "{}path item",
        "components": "components",
    },
    "components": {
        **dict.fromkeys(("examples", "securitySchemes", "links", "callbacks"), ""),
        "schemas": "{}schema",
        "responses": "{}response",
        "parameters": "{}parameter",
        "requestBodies": "{}request body",
        "headers": "{}header",
        "pathItems": "{}path item",
    },
    "server": dict.fromkeys(("url", "description", "variables"), ""),
    "path item": {
        **_REFERENCE,
        **dict.fromkeys(("get", "put", "post", "delete", "options", "head", "patch", "trace"), "operation"),
        "servers": "[]server",
        "parameters": "[]parameter",
    },
    "operation": {
        **dict.fromkeys(("tags", "summary", "description", "externalDocs", "operationId", "callbacks"), ""),
        **dict.fromkeys(("deprecated", "security"), ""),
        "parameters": "[]parameter",
        "requestBody": "request body",
        "responses": "{}response",
        "servers": "[]server",
    },
    "parameter": {**_REFERENCE, "name": "", "in": "", **_VALUE},
    "header": {**_REFERENCE, **_VALUE},
    "request body": {**_REFERENCE, "required": "", **_CONTENT},
    "response": {**_REFERENCE, "links": "", "headers": "{}header", **_CONTENT},
    "media type": {"schema": "schema", "example": "", "examples": "", "encoding": ""},
    "schema": {
        **dict.fromkeys(("$ref", "$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment"), ""),
        **dict.fromkeys(("title", "description", "type", "format", "enum", "const", "default", "example"), ""),
        **dict.fromkeys(("examples", "deprecated", "readOnly", "writeOnly", "nullable", "required"), ""),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), ""),
        **dict.fromkeys(("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"), ""),
        **dict.fromkeys(("minProperties", "maxProperties", "minContains", "maxContains"), ""),
        **dict.fromkeys(("contentEncoding", "contentMediaType", "contentSchema", "dependentRequired"), ""),
        **dict.fromkeys(("discriminator", "xml", "externalDocs"), ""),
        **dict.fromkeys(("properties", "patternProperties", "$defs", "dependentSchemas"), "{}schema"),
        **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), "[]schema"),
        **dict.fromkeys(("items", "additionalProperties", "not", "if", "then", "else", "contains"), "schema"),
        **dict.fromkeys(("propertyNames", "unevaluatedItems", "unevaluatedProperties"), "schema"),
    },
}


def check_keys(file: SourceFile, report: Report) -> None:
    """Check all keys of a document. Files of shared parts are skipped, since the kinds of their objects are unknown."""
    root = Node(file, "", file.tree)
    pending = [(root, "document")] if root.has("openapi") else []
    while pending:
        node, kind = pending.pop()
        valid_keys = _KINDS[kind]
        for key, child in node.items():
            if key.startswith("x-"):
                continue
            if key not in valid_keys:
                matches = get_close_matches(key, valid_keys, 1)
                advice = f"Did you mean {matches[0]!r}?" if matches else "Remove it, or make it an extension (x-…)."
                report.error(child.place, f"the {kind} has an unknown key {key!r}", advice)
            elif child_kind := valid_keys[key]:
                pending.extend(_objects_in(child, child_kind))


def _objects_in(node: Node, kind: str) -> list[tuple[Node, str]]:
    if kind.startswith("{}"):
        return [(child, kind[2:]) for name, child in node.items() if not name.startswith("x-") or kind == "{}schema"]
    if kind.startswith("[]"):
        return [(child, kind[2:]) for child in node.elements()]
    return [(node, kind)]
