"""From the canonical document, through openapi-python-client's parser, to the IR.

The parser gives types and the classes they refer to; the drafts give everything that
it does not model. Whatever it should refuse all the same is refused here, with its
place, and the rest goes on.
"""

from __future__ import annotations

from dataclasses import replace

from openapi_python_client import schema as oai
from openapi_python_client.schema.openapi_schema_pydantic import Header
from pydantic import ValidationError

from xcaas_generator import ir
from xcaas_generator.normalise import Canonical
from xcaas_generator.normalise.drafts import AnswerDraft, BodyDraft, DocumentDraft, OperationDraft, ParameterDraft
from xcaas_generator.normalise.enums import type_name
from xcaas_generator.normalise.shapes import Entry
from xcaas_generator.parse_types import Types, Unparsed, split_null
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.report import Report

_PATH_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def parse(draft: DocumentDraft, canonical: Canonical, report: Report) -> ir.Document:
    try:
        document = oai.OpenAPI.model_validate(canonical.document)
    except ValidationError as error:
        raise InputError([_rejected(draft, error)]) from None
    components = document.components.schemas if document.components else None
    types = Types(components or {}, canonical.maps)
    for lost in types.errors:
        report.error(draft.node.place, f"the parser refused a schema: {lost.detail or lost.header}")
    refused = list(draft.refused)
    operations: list[ir.Operation] = []
    for operation, slot in zip(draft.operations, canonical.slots, strict=True):
        try:
            operations.append(_operation(operation, _parsed_operation(document, slot), types))
        except Unparsed as error:
            node = operation.node
            report.error(node.place, f"{node.method} {node.path} was refused: {error}")
            refused.append(ir.Refused(node.method, node.path, node.place, str(error)))
    models = (_model(entry, canonical, types, report) for entry in draft.entries if entry.kind == "model")
    return replace(
        draft.node,
        models=tuple(model for model in models if model is not None),
        enums=tuple(_enum(entry) for entry in draft.entries if entry.kind == "enum"),
        operations=tuple(operations),
        refused=tuple(refused),
    )


def _rejected(draft: DocumentDraft, error: ValidationError) -> Problem:
    first = error.errors()[0]
    where = "/".join(str(part) for part in first["loc"])
    return Problem(draft.node.place, f"the document model rejects {where}: {first['msg']}", line=1, column=1)


# --- classes --------------------------------------------------------------------


def _model(entry: Entry, canonical: Canonical, types: Types, report: Report) -> ir.Model | None:
    try:
        found = types.fields(entry.name)
        extra = types.extra(entry.name)
    except Unparsed as error:
        report.error(entry.place, f"the class {entry.name} was left out: {error}")
        return None
    keys = {index: key for key, index in canonical.fields[entry.name].items()}
    fields: list[ir.Field] = []
    for index, draft in enumerate(entry.fields):
        type_, null = split_null(found[keys[index]])
        fields.append(
            ir.Field(
                wire=draft.wire,
                name=draft.name,
                type=type_,
                required=draft.required,
                nullable=null,
                place=draft.spot.place,
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


# --- operations -----------------------------------------------------------------


def _parsed_operation(document: oai.OpenAPI, slot: tuple[str, str]) -> oai.Operation:
    path, method = slot
    item = document.paths[oai.UntrustedString(path)]
    by_method: dict[str, oai.Operation | None] = dict(
        zip(
            _PATH_METHODS,
            (item.get, item.put, item.post, item.delete, item.options, item.head, item.patch, item.trace),
            strict=True,
        )
    )
    operation = by_method[method]
    if operation is None:
        raise Unparsed(f"the parser has no {method} there")
    return operation


def _operation(draft: OperationDraft, operation: oai.Operation, types: Types) -> ir.Operation:
    parameters = [
        _typed(one, data.param_schema, types)
        for one, data in zip(draft.parameters, operation.parameters or [], strict=True)
        if isinstance(data, oai.Parameter)
    ]
    return replace(
        draft.node,
        parameters=tuple(parameters),
        body=_body(draft.body, operation, types) if draft.body is not None else None,
        answers=tuple(_answer(one, operation, types) for one in draft.answers),
    )


def _typed(draft: ParameterDraft, data: oai.Schema | oai.Reference | None, types: Types) -> ir.Parameter:
    if data is None:
        raise Unparsed(f"the parser lost the schema of {draft.node.wire}")
    type_, null = split_null(types.of(data))
    return replace(draft.node, type=type_, nullable=draft.node.nullable or null)


def _body(draft: BodyDraft, operation: oai.Operation, types: Types) -> ir.Body:
    body = operation.request_body
    if not isinstance(body, oai.RequestBody):
        raise Unparsed("the parser lost its request body")
    variants = tuple(
        ir.BodyVariant(one.media_type, one.kind, _content_type(body.content, one.media_type, types), one.encoding)
        for one in draft.variants
    )
    return replace(draft.node, variants=variants)


def _answer(draft: AnswerDraft, operation: oai.Operation, types: Types) -> ir.Answer:
    answer = operation.responses[oai.UntrustedString(draft.node.status)]
    if not isinstance(answer, oai.Response):
        raise Unparsed(f"the parser lost its response {draft.node.status}")
    variants = tuple(
        ir.AnswerVariant(
            one.media_type, _answer_kind(one.kind), _content_type(answer.content or {}, one.media_type, types)
        )
        for one in draft.variants
    )
    headers = tuple(_typed(one, _header_schema(answer, one.node.wire), types) for one in draft.headers)
    return replace(draft.node, variants=variants, headers=headers)


def _answer_kind(kind: ir.BodyKind) -> ir.AnswerKind:
    """Forms and multipart come back as bytes: nobody answers with them, but some say so."""
    return "binary" if kind == "form" or kind == "multipart" else kind


def _content_type(content: dict[oai.UntrustedString, oai.MediaType], media_type: str, types: Types) -> ir.TypeRef:
    data = content[oai.UntrustedString(media_type)].media_type_schema
    if data is None:
        raise Unparsed(f"the parser lost the schema of {media_type}")
    return types.of(data)


def _header_schema(answer: oai.Response, wire: str) -> oai.Schema | oai.Reference | None:
    header = (answer.headers or {}).get(oai.UntrustedString(wire))
    return header.param_schema if isinstance(header, Header) else None
