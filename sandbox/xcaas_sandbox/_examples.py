"""Example data that matches the schema, for operations without a handler."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from ._specs import Node, Operation, Product, is_node, kind_of

__all__ = ["argument_examples", "example_of_media", "example_of_schema", "is_needed", "plain", "response_example"]

_BY_FORMAT = {
    "date-time": "2026-03-14T09:26:53Z",
    "date-time-utc-naive": "2026-03-14T09:26:53",
    "date-time-local": "2026-03-14T09:26:53",
    "date-time-space": "2026-03-14 09:26:53",
    "date-time-basic": "20260314T092653",
    "date-time-nocolon": "2026-03-14T09:26:53-0700",
    "date-time-us": "03/14/2026 09:26:53",
    "date": "2026-03-14",
    "time": "09:26:53",
    "uuid": "0ca4c747-6256-4023-a335-53a46449871a",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "epoch-seconds": "1773480413",
    "epoch-milliseconds": "1773480413000",
    "epoch-microseconds": "1773480413000000",
    "int32": "7",
    "int64": "7",
    "float": "1.5",
    "double": "1.5",
}
_EPOCH_VALUES = {
    "epoch-seconds": 1773480413,
    "epoch-milliseconds": 1773480413000,
    "epoch-microseconds": 1773480413000000,
}
_MAX_DEPTH = 6


def response_example(product: Product, operation_id: str) -> Any:
    """Return a copy of the example of an operation's first successful response."""
    operation = next(operation for operation in product.operations if operation.id == operation_id)
    status = next(key for key in sorted(operation.responses) if key.startswith("2"))
    return copy.deepcopy(example_of_media(next(iter(operation.responses[status]["content"].values()))))


def argument_examples(operation: Operation, names: Iterable[str]) -> dict[str, Any]:
    """Return an example for each argument of a generated method; names other than of parameters are of the body."""
    parameters = {
        plain(str(parameter.get("x-xcaas-name", parameter["name"]))): parameter for parameter in operation.parameters
    }
    examples: dict[str, Any] = {}
    for name in names:
        if plain(name) in parameters:
            examples[name] = _example_of_parameter(parameters[plain(name)])
        elif operation.body is not None:
            examples[name] = example_of_media(next(iter(operation.body["content"].values())))
    return examples


def is_needed(operation: Operation, name: str) -> bool:
    """Return whether a call needs an optional argument: one of two, which OpenAPI cannot express."""
    return operation.id == "listAgents" and name == "metrics"


def plain(name: str) -> str:
    """Return a name in a form that is the same for `pageKey` and `page_key`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _example_of_parameter(parameter: Node) -> Any:
    if "example" in parameter:
        return parameter["example"]
    for example in parameter.get("examples", {}).values():
        return example["value"]
    return example_of_schema(parameter["schema"])


def example_of_media(media: Node) -> Any:
    """Return the example of a media type, or one generated from its schema."""
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        if "value" in example:
            return example["value"]
    return example_of_schema(media.get("schema", {}))


def example_of_schema(schema: Node, depth: int = 0) -> Any:
    """Return a value that matches a schema. Recursive schemas end in empty lists and absent fields."""
    for key in ("const", "example", "default"):
        if key in schema and schema[key] is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return next((value for value in schema["enum"] if value is not None), None)
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return example_of_schema(schema[key][0], depth + 1)
    if schema.get("allOf"):
        merged: Node = {}
        for part in schema["allOf"]:
            value = example_of_schema(part, depth + 1)
            merged.update(value if is_node(value) else {})
        return merged or example_of_schema(schema["allOf"][0], depth + 1)
    return _by_type(schema, depth)


def _by_type(schema: Node, depth: int) -> Any:
    kind = kind_of(schema)
    format_name = schema.get("format", "")
    if kind == "object" or (kind is None and "properties" in schema):
        required = set(schema.get("required", ()))
        return {
            name: example_of_schema(property_schema, depth + 1)
            for name, property_schema in schema.get("properties", {}).items()
            if not property_schema.get("writeOnly") and (name in required or depth < _MAX_DEPTH)
        }
    if kind == "array":
        items = [] if depth >= _MAX_DEPTH else [example_of_schema(schema.get("items", {}), depth + 1)]
        return items * max(1, int(schema.get("minItems", 0))) if items else items
    if kind == "string":
        text = _BY_FORMAT.get(format_name, "text")
        return text.ljust(int(schema.get("minLength", 0)), "x")[: schema.get("maxLength")]
    if kind == "integer":
        return _EPOCH_VALUES.get(format_name, int(schema.get("minimum", 1)))
    if kind == "number":
        return _EPOCH_VALUES.get(format_name, float(schema.get("minimum", 1.5)))
    if kind == "boolean":
        return True
    return None if kind == "null" else {}
