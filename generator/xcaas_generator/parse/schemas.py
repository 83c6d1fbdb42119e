"""Schemas of the canonical document, validated by openapi-python-client's document model."""

from __future__ import annotations

from typing import TypeAlias

from openapi_python_client import schema as oai

from xcaas_generator.ir import JSON

JSONObject: TypeAlias = dict[str, JSON]


def schema_of(node: JSON) -> oai.Schema | oai.Reference:
    """Return one schema, with everything inside it."""
    if isinstance(node, dict) and "$ref" in node:
        return oai.Reference.model_validate(node)
    return oai.Schema.model_validate(node)
