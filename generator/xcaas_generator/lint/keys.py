"""House rule for keys: each is one that OpenAPI 3.1 knows in its place, or an extension. A slip would be passed over."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node
from xcaas_generator.report import Report

# Of each kind of object its keys: "" for a plain value, else the kind that stands there, in a list ([]) or by name ({}).
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
    """Judge the keys of a whole document. Of a file with shared parts nobody can say what its places are."""
    root = Node(file, "", file.tree)
    waiting = [(root, "document")] if root.has("openapi") else []
    while waiting:
        node, kind = waiting.pop()
        known = _KINDS[kind]
        for key, below in node.items():
            if key.startswith("x-"):
                continue
            if key not in known:
                near = get_close_matches(key, known, 1)
                advice = f"Did you mean {near[0]!r}?" if near else "Remove it, or make it an extension (x-…)."
                report.error(below.place, f"the {kind} has an unknown key {key!r}", advice)
            elif below_kind := known[key]:
                waiting.extend(_below(below, below_kind))


def _below(node: Node, kind: str) -> list[tuple[Node, str]]:
    if kind.startswith("{}"):
        return [(one, kind[2:]) for name, one in node.items() if not name.startswith("x-") or kind == "{}schema"]
    if kind.startswith("[]"):
        return [(one, kind[2:]) for one in node.elements()]
    return [(node, kind)]
