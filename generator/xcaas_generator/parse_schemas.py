"""Schemas of the canonical document as openapi-python-client's parser wants them.

The parser's document model validates whatever it is given. `emit` wrote this document, in one plain
form with a dozen keywords, so its objects are made as they are: that is faster, and nothing of
the model's validation has to be prepared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from openapi_python_client import schema as oai
from openapi_python_client.schema.data_type import DataType
from openapi_python_client.schema.openapi_schema_pydantic.discriminator import Discriminator
from openapi_python_client.schema.ref import Ref

from xcaas_generator.ir import JSON

Node: TypeAlias = dict[str, JSON]


def schema_of(node: JSON) -> oai.Schema | oai.Reference:
    """One schema, with all that is inside it."""
    content = _object(node)
    if "$ref" in content:
        return oai.Reference.model_construct(ref=Ref(str(content["$ref"])))
    found = {_NAMES.get(key, key): _READERS[key](value) for key, value in content.items()}
    return oai.Schema.model_construct(**found)


def _discriminator(node: JSON) -> Discriminator:
    content = _object(node)
    mapping = {_text(tag): _text(name) for tag, name in _object(content["mapping"]).items()}
    return Discriminator.model_construct(propertyName=_text(content["propertyName"]), mapping=mapping)


def _object(node: JSON) -> Node:
    assert isinstance(node, dict), "emit writes an object here"
    return node


def _text(node: JSON) -> oai.UntrustedString:
    return oai.UntrustedString(str(node))


def _texts(node: JSON) -> list[oai.UntrustedString]:
    return [_text(one) for one in node] if isinstance(node, list) else []


def _schemas(node: JSON) -> list[oai.Schema | oai.Reference]:
    return [schema_of(one) for one in node] if isinstance(node, list) else []


def _properties(node: JSON) -> dict[oai.UntrustedString, oai.Schema | oai.Reference]:
    return {_text(key): schema_of(one) for key, one in _object(node).items()}


def _type(node: JSON) -> DataType:
    return DataType(str(node))


def _schema_or_flag(node: JSON) -> oai.Schema | oai.Reference | bool:
    return node if isinstance(node, bool) else schema_of(node)


def _as_it_is(node: JSON) -> JSON:
    return node


_NAMES = {"format": "schema_format"}
_READERS: dict[str, Callable[[JSON], Any]] = {
    "type": _type,
    "format": _text,
    "const": _as_it_is,
    "enum": _as_it_is,
    "items": schema_of,
    "properties": _properties,
    "required": _texts,
    "additionalProperties": _schema_or_flag,
    "anyOf": _schemas,
    "discriminator": _discriminator,
}
