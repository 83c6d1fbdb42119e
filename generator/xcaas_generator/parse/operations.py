"""Conversion of the canonical document to the IR.

openapi-python-client's parser supplies types and classes, the drafts everything else. Parts that the parser refuses are
reported with their location, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from openapi_python_client import schema as oai

from xcaas_generator import ir
from xcaas_generator.normalise.drafts import (
    BodyDraft,
    DocumentDraft,
    OperationDraft,
    ParameterDraft,
    ResponseDraft,
    WebhookDraft,
)
from xcaas_generator.normalise.enums import type_name
from xcaas_generator.normalise.shapes import Entry
from xcaas_generator.parse.canonical import Canonical
from xcaas_generator.parse.schemas import JSONObject, schema_of
from xcaas_generator.parse.types import Types, Unparsed, split_null
from xcaas_generator.report import Report


def parse(draft: DocumentDraft, canonical: Canonical, report: Report) -> ir.Document:
    components = _part(canonical.document, "components", "schemas")
    schemas = {oai.UntrustedString(name): schema_of(node) for name, node in components.items()}
    types = Types(schemas, canonical.maps, canonical.names)
    for error in types.errors:
        report.error(draft.node.place, f"the parser refused a schema: {error.detail or error.header}")
    refused = list(draft.refused)
    operations: list[ir.Operation] = []
    for operation, slot in zip(draft.operations, canonical.slots, strict=True):
        try:
            operations.append(_operation(operation, _part(canonical.document, "paths", *slot), types))
        except Unparsed as error:
            node = operation.node
            report.error(node.place, f"{node.method} {node.path} was refused: {error}")
            refused.append(ir.Refused(node.method, node.path, node.place, str(error)))
    models = (_model(entry, canonical, types, report) for entry in draft.entries if entry.kind == "model")
    unions = (_union(entry, canonical, types, report) for entry in draft.entries if entry.kind == "union")
    return replace(
        draft.node,
        models=tuple(model for model in models if model is not None),
        enums=tuple(_enum(entry) for entry in draft.entries if entry.kind == "enum"),
        unions=tuple(union for union in unions if union is not None),
        operations=tuple(operations),
        refused=tuple(refused),
        webhooks=tuple(_webhooks(draft.webhooks, canonical, types, report)),
    )


def _webhooks(drafts: list[WebhookDraft], canonical: Canonical, types: Types, report: Report) -> Iterator[ir.Webhook]:
    for index, draft in enumerate(drafts):
        try:
            yield _webhook(draft, _part(canonical.document, "webhooks", str(index), "post"), types)
        except Unparsed as error:
            report.error(draft.node.place, f"the webhook {draft.node.name!r} was left out: {error}")


# --- classes --------------------------------------------------------------------


def _model(entry: Entry, canonical: Canonical, types: Types, report: Report) -> ir.Model | None:
    try:
        types_by_key = types.fields(entry.name)
        extra = types.extra(entry.name)
    except Unparsed as error:
        report.error(entry.place, f"the class {entry.name} was left out: {error}")
        return None
    keys = {index: key for key, index in canonical.fields[entry.name].items()}
    fields: list[ir.Field] = []
    for index, draft in enumerate(entry.fields):
        type_, is_nullable = split_null(types_by_key[keys[index]])
        fields.append(
            ir.Field(
                wire=draft.wire,
                name=draft.name,
                type=type_,
                required=draft.required,
                nullable=is_nullable,
                place=draft.node.place,
                doc=draft.doc,
                default=draft.default,
                has_default=draft.has_default,
                example=draft.example,
                limits=draft.limits,
                read_only=draft.read_only,
                write_only=draft.write_only,
                deprecated=draft.deprecated,
            )
        )
    return ir.Model(
        name=entry.name,
        fields=tuple(fields),
        place=entry.place,
        title=entry.title,
        doc=entry.doc,
        extra=extra,
        closed=entry.closed,
        example=entry.example,
        deprecated=entry.deprecated,
        error=entry.error,
    )


def _enum(entry: Entry) -> ir.Enum:
    base = tuple(dict.fromkeys(type_name(value) for value in entry.values))
    return ir.Enum(entry.name, entry.values, entry.place, entry.doc, base)


def _union(entry: Entry, canonical: Canonical, types: Types, report: Report) -> ir.Union | None:
    """Return a named union; None if it is a class itself, or has only scalars."""
    try:
        type_, _ = split_null(types.of(schema_of(canonical.unions[entry.name])))
    except Unparsed as error:
        report.error(entry.place, f"the union {entry.name} was left out: {error}")
        return None
    members = type_.members if isinstance(type_, ir.UnionOf) else (type_,)
    if not isinstance(type_, ir.UnionOf | ir.ModelRef | ir.EnumRef) or all(
        isinstance(member, ir.Scalar) for member in members
    ):
        return None
    return ir.Union(entry.name, type_, entry.place, entry.doc or entry.title)


# --- operations -----------------------------------------------------------------


def _operation(draft: OperationDraft, content: JSONObject, types: Types) -> ir.Operation:
    schemas = [_part(node, "schema") for node in _list(content, "parameters")]
    return replace(
        draft.node,
        parameters=tuple(
            _parameter(parameter, node, types) for parameter, node in zip(draft.parameters, schemas, strict=True)
        ),
        body=_body(draft.body, content, types) if draft.body is not None else None,
        responses=tuple(
            _response(response, _part(content, "responses", response.node.status), types)
            for response in draft.responses
        ),
    )


def _webhook(draft: WebhookDraft, content: JSONObject, types: Types) -> ir.Webhook:
    return replace(draft.node, body=_body(draft.body, content, types) if draft.body is not None else None)


def _parameter(draft: ParameterDraft, node: JSONObject, types: Types) -> ir.Parameter:
    type_, is_nullable = split_null(types.of(schema_of(node)))
    return replace(draft.node, type=type_, nullable=draft.node.nullable or is_nullable)


def _body(draft: BodyDraft, content: JSONObject, types: Types) -> ir.Body:
    media = _part(content, "requestBody", "content")
    variants = tuple(
        ir.BodyVariant(variant.media_type, variant.kind, _content_type(media, variant.key, types), variant.encoding)
        for variant in draft.variants
    )
    return replace(draft.node, variants=variants)


def _response(draft: ResponseDraft, content: JSONObject, types: Types) -> ir.Response:
    media = _part(content, "content")
    variants = tuple(
        ir.ResponseVariant(
            variant.media_type,
            _response_kind(variant.kind),
            _content_type(media, variant.key, types),
            variant.position,
            variant.alternative,
        )
        for variant in draft.variants
    )
    headers = tuple(
        _parameter(header, _part(content, "headers", header.node.wire, "schema"), types) for header in draft.headers
    )
    return replace(draft.node, variants=variants, headers=headers)


def _response_kind(kind: ir.BodyKind) -> ir.ResponseKind:
    """Return how to read a response. Forms and multipart, which some servers send, are returned as bytes."""
    return "binary" if kind == "form" or kind == "multipart" else kind


def _content_type(media: JSONObject, key: str, types: Types) -> ir.TypeRef:
    return types.of(schema_of(_part(media, key, "schema")))


def _part(node: ir.JSON, *path: str) -> JSONObject:
    """Return an object in the canonical document. Raises `Unparsed` if it is missing."""
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        raise Unparsed(f"the canonical document has no {'/'.join(path)}")
    return node


def _list(node: JSONObject, key: str) -> list[ir.JSON]:
    value = node.get(key)
    return value if isinstance(value, list) else []
