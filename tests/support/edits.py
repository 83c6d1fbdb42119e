"""Edits of a document, each with the rules that report it and its reverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Spec = dict[str, Any]
Edit = Callable[[Spec], None]


def base() -> Spec:
    pet = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "age": {"type": "integer", "minimum": 0, "maximum": 99, "default": 1},
            "kind": {"$ref": "#/components/schemas/Kind"},
            "note": {"type": ["string", "null"]},
            "born": {"type": "string", "format": "date"},
            "home": {
                "oneOf": [{"$ref": "#/components/schemas/House"}, {"$ref": "#/components/schemas/Barn"}],
                "discriminator": {
                    "propertyName": "t",
                    "mapping": {"house": "#/components/schemas/House", "barn": "#/components/schemas/Barn"},
                },
            },
            "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "list": {"type": "array", "items": {"type": "string"}},
            "map": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    }
    house = {"type": "object", "required": ["t"], "properties": {"t": {"type": "string", "const": "house"}}}
    barn = {"type": "object", "required": ["t"], "properties": {"t": {"type": "string", "const": "barn"}}}
    success = {
        "description": "Fine.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://{r}.test", "variables": {"r": {"default": "a", "enum": ["a", "b"]}}}],
        "security": [{"key": []}],
        "paths": {
            "/pets/{id}": {
                "get": {
                    "operationId": "getPet",
                    "tags": ["pets"],
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 5, "maximum": 10}},
                        {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                        {"name": "must", "in": "query", "required": True, "schema": {"type": "string"}},
                    ],
                    "responses": {"200": success, "404": {"description": "No."}, "204": {"description": "Empty."}},
                },
                "put": {
                    "operationId": "putPet",
                    "tags": ["pets"],
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    },
                    "responses": {"200": {"description": "Done."}},
                },
            },
            "/free": {
                "post": {
                    "operationId": "free",
                    "tags": ["pets"],
                    "security": [],
                    "responses": {"200": {"description": "Ok."}},
                }
            },
        },
        "webhooks": {
            "pet.born": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                    "responses": {"204": {"description": "Heard."}},
                }
            }
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "other": {"type": "http", "scheme": "basic"},
            },
            "schemas": {
                "Pet": pet,
                "House": house,
                "Barn": barn,
                "Kind": {"type": "string", "enum": ["cat", "dog"]},
                "Unused": {"type": "object", "properties": {"a": {"type": "string"}}},
            },
        },
    }


def at(*steps: str | int) -> Callable[[Spec], Any]:
    def find(spec: Spec) -> Any:
        node: Any = spec
        for step in steps:
            node = node[step]
        return node

    return find


GET, PUT = ("paths", "/pets/{id}", "get"), ("paths", "/pets/{id}", "put")
PET = ("components", "schemas", "Pet")


def put(value: object, *steps: str | int) -> Edit:
    def edit(spec: Spec) -> None:
        at(*steps[:-1])(spec)[steps[-1]] = value

    return edit


def drop(*steps: str | int) -> Edit:
    def edit(spec: Spec) -> None:
        del at(*steps[:-1])(spec)[steps[-1]]

    return edit


def add(value: object, *steps: str | int) -> Edit:
    return lambda spec: at(*steps)(spec).append(value)


def move(old: tuple[str, ...], *new: str) -> Edit:
    def edit(spec: Spec) -> None:
        at(*new[:-1])(spec)[new[-1]] = at(*old[:-1])(spec).pop(old[-1])

    return edit


BYTES = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
EITHER_SCHEME: list[dict[str, list[str]]] = [{"key": []}, {"other": []}]
XML = {"schema": {"type": "string"}}
FIELD = (*PET, "properties")

# Name, edit, the rules that report it, and those that report its reverse.
EDITS: list[tuple[str, Edit, set[str], set[str]]] = [
    ("operation", drop("paths", "/free"), {"operation-removed"}, {"operation-added"}),
    ("webhook", drop("webhooks", "pet.born"), {"webhook-removed"}, {"webhook-added"}),
    ("path", move(("paths", "/free"), "paths", "/gratis"), {"operation-moved"}, {"operation-moved"}),
    ("id", put("release", "paths", "/free", "post", "operationId"), {"call-renamed"}, {"call-renamed"}),
    ("deprecated", put(True, *GET, "deprecated"), {"operation-deprecated"}, {"operation-undeprecated"}),
    (
        "file",
        put(BYTES, *GET, "responses", "200", "content"),
        {"result-kind-changed", "response-media-type-removed", "response-media-type-added"},
        {"result-kind-changed", "response-media-type-removed", "response-media-type-added"},
    ),
    ("parameter", drop(*GET, "parameters", 1), {"parameter-removed"}, {"optional-parameter-added"}),
    ("needed parameter", drop(*GET, "parameters", 3), {"parameter-removed"}, {"required-parameter-added"}),
    (
        "required",
        put(True, *GET, "parameters", 2, "required"),
        {"parameter-became-required"},
        {"parameter-became-optional"},
    ),
    ("style", put(False, *GET, "parameters", 2, "explode"), {"parameter-style-changed"}, {"parameter-style-changed"}),
    (
        "default",
        put(6, *GET, "parameters", 1, "schema", "default"),
        {"parameter-default-changed"},
        {"parameter-default-changed"},
    ),
    (
        "limit",
        put(9, *GET, "parameters", 1, "schema", "maximum"),
        {"request-limit-tightened"},
        {"request-limit-relaxed"},
    ),
    (
        "limit gone",
        drop(*GET, "parameters", 1, "schema", "maximum"),
        {"request-limit-relaxed"},
        {"request-limit-tightened"},
    ),
    (
        "item type",
        put("integer", *GET, "parameters", 2, "schema", "items", "type"),
        {"request-type-changed"},
        {"request-type-changed"},
    ),
    (
        "number",
        put("number", *GET, "parameters", 1, "schema", "type"),
        {"request-type-widened"},
        {"request-type-narrowed"},
    ),
    ("body", drop(*PUT, "requestBody"), {"body-removed"}, {"required-body-added"}),
    ("optional body", put(False, *PUT, "requestBody", "required"), {"body-became-optional"}, {"body-became-required"}),
    ("body name", put("pet", *PUT, "requestBody", "x-xcaas-name"), {"body-renamed"}, {"body-renamed"}),
    (
        "request media",
        put(XML, *PUT, "requestBody", "content", "application/xml"),
        {"request-media-type-added"},
        {"request-media-type-removed"},
    ),
    (
        "answer media",
        put(XML, *GET, "responses", "200", "content", "text/plain"),
        {"response-media-type-added"},
        {"response-media-type-removed"},
    ),
    ("success", drop(*GET, "responses", "204"), {"success-removed"}, {"success-added"}),
    ("error", drop(*GET, "responses", "404"), {"error-removed"}, {"error-added"}),
    (
        "answer body",
        put(
            {"description": "No.", "content": {"text/plain": {"schema": {"type": "string"}}}}, *GET, "responses", "404"
        ),
        {"response-body-added"},
        {"response-body-removed"},
    ),
    (
        "field type",
        put({"type": "integer"}, *FIELD, "born"),
        {"request-type-changed", "response-type-changed"},
        {"request-type-changed", "response-type-changed"},
    ),
    (
        "free field",
        put({}, *FIELD, "born"),
        {"request-type-widened", "response-type-widened"},
        {"request-type-narrowed", "response-type-narrowed"},
    ),
    (
        "enum value",
        add("fish", "components", "schemas", "Kind", "enum"),
        {"request-value-added", "response-value-added"},
        {"request-value-removed", "response-value-removed"},
    ),
    (
        "enum to text",
        put({"type": "string"}, *FIELD, "kind"),
        {"request-type-widened", "response-type-narrowed"},
        {"request-type-narrowed", "response-type-narrowed"},
    ),
    (
        "either",
        put([{"type": "string"}, {"type": "integer"}, {"type": "boolean"}], *FIELD, "either", "oneOf"),
        {"request-type-widened", "response-type-widened"},
        {"request-type-narrowed", "response-type-narrowed"},
    ),
    (
        "list item",
        put({"type": "integer"}, *FIELD, "list", "items"),
        {"request-type-changed", "response-type-changed"},
        {"request-type-changed", "response-type-changed"},
    ),
    (
        "map value",
        put({"type": "string"}, *FIELD, "map", "additionalProperties"),
        {"request-type-changed", "response-type-changed"},
        {"request-type-changed", "response-type-changed"},
    ),
    (
        "field",
        drop(*FIELD, "born"),
        {"request-field-removed", "response-field-removed"},
        {"optional-request-field-added", "response-field-added"},
    ),
    (
        "required field",
        put(["id", "age"], *PET, "required"),
        {"request-field-became-required", "response-field-became-required"},
        {"request-field-became-optional", "response-field-became-optional"},
    ),
    (
        "null",
        put({"type": "string"}, *FIELD, "note"),
        {"request-null-refused", "response-null-gone"},
        {"request-field-became-nullable", "response-field-became-nullable"},
    ),
    ("field default", put(2, *FIELD, "age", "default"), {"request-default-changed"}, {"request-default-changed"}),
    (
        "field limit",
        put(98, *FIELD, "age", "maximum"),
        {"request-limit-tightened", "response-limit-changed"},
        {"request-limit-relaxed", "response-limit-changed"},
    ),
    ("unused model", drop("components", "schemas", "Unused"), {"unused-model-removed"}, {"model-added"}),
    ("no security", put([], *GET, "security"), {"security-removed"}, {"security-added"}),
    (
        "alternative",
        put(EITHER_SCHEME, *GET, "security"),
        {"security-alternative-added"},
        {"security-alternative-removed"},
    ),
    (
        "scheme",
        put("X-Other", "components", "securitySchemes", "key", "name"),
        {"security-scheme-changed"},
        {"security-scheme-changed"},
    ),
    (
        "server",
        put([{"url": "https://new.test"}], "servers"),
        {"server-added", "server-removed"},
        {"server-added", "server-removed"},
    ),
    (
        "region",
        put(["a"], "servers", 0, "variables", "r", "enum"),
        {"server-variable-value-removed"},
        {"server-variable-value-added"},
    ),
    (
        "default region",
        put("b", "servers", 0, "variables", "r", "default"),
        {"server-variable-default-changed"},
        {"server-variable-default-changed"},
    ),
]
