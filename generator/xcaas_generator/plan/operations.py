"""The `Operation(...)` constants of a resource module, which describe operations as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from xcaas_core.operations._parameter import MEDIA_TYPES, FilterSpec, argument_name
from xcaas_generator import ir
from xcaas_generator.plan import extensions
from xcaas_generator.plan.argument_names import argument_names, body_argument_name
from xcaas_generator.plan.extensions import OperationRefs
from xcaas_generator.plan.results import Outcome
from xcaas_generator.python.annotations import (
    Annotations,
    ModelNames,
    PlainNames,
    annotation_text,
    is_plain,
    is_single,
    may_be_null,
)
from xcaas_generator.python.code import Code, braced, call, literal, parenthesised, text, texts
from xcaas_generator.python.imports import SDK, Imports

_DEFAULT_STYLE = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


@dataclass(frozen=True, slots=True)
class PlanContext:
    """The parts of a product that plans of its operations need."""

    document: ir.Document
    names: ModelNames
    models: Mapping[str, ir.Model]
    references: OperationRefs


class ErrorSpec(NamedTuple):
    """The expression for an error response, and the name of its body."""

    name: str
    value: Code


ErrorTable: TypeAlias = tuple[tuple[str, tuple[ErrorSpec, ...]], ...]


def operation_value(
    operation: ir.Operation,
    call_name: str,
    outcome: Outcome,
    item: ir.TypeRef | None,
    errors: Code | None,
    context: PlanContext,
    imports: Imports,
) -> Code:
    """Return the expression that builds the operation."""
    parameters = [
        _parameter(parameter, name, context, imports)
        for parameter, name in zip(operation.parameters, argument_names(operation), strict=True)
    ]
    body_name = body_argument_name(operation)
    own_servers = operation.servers != context.document.servers
    accept = outcome.accept
    return call(
        imports.use(SDK, "Operation"),
        imports.use("._product", "PRODUCT"),
        text(operation.id),
        text(operation.method),
        text(_path(operation)),
        call=text(call_name),
        parameters=parenthesised(parameters) if parameters else None,
        body=_body(operation.body, context, imports) if operation.body else None,
        responses=_responses(outcome, context, imports) if outcome.responses else None,
        errors=errors,
        security=parenthesised([texts(schemes) for schemes in operation.security]) if operation.security else None,
        servers=servers_value(operation.servers, imports) if own_servers else None,
        paging=extensions.paging(operation, item, context.names, imports) if item is not None else None,
        poller=extensions.polling(operation, context.references, imports),
        download=extensions.downloading(operation, context.references, imports),
        retry=extensions.retry(operation),
        accept=text(accept) if accept else None,
        headers=extensions.fixed_headers(operation),
        deprecated=literal(True) if operation.deprecated else None,
        body_argument=text(body_name) if operation.body and body_name != "body" else None,
    )


def _path(operation: ir.Operation) -> str:
    """Return the path without its fragment, which only distinguishes operations, and without query parameters."""
    path, _, query = operation.path.partition("#")[0].partition("?")
    path = path if path.startswith("/") else f"/{path}"
    declared = {parameter.wire for parameter in operation.parameters if parameter.location == "query"}
    constant_pairs = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in declared]
    return f"{path}?{'&'.join(constant_pairs)}" if constant_pairs else path


def servers_value(servers: tuple[ir.Server, ...], imports: Imports) -> Code:
    """Return a tuple of `Server(...)`; if there are several, with their names and descriptions."""
    return parenthesised([_server(server, imports, named=len(servers) > 1) for server in servers])


def _server(server: ir.Server, imports: Imports, *, named: bool) -> Code:
    variables = [
        call(
            imports.use(SDK, "Variable"),
            text(variable.name),
            *([] if variable.required else [text(variable.default)]),
            enum=texts(variable.enum) if variable.enum else None,
            names=braced([(text(word), text(value)) for word, value in variable.names]) if variable.names else None,
            source=text(variable.source) if variable.source else None,
        )
        for variable in server.variables
    ]
    return call(
        imports.use(SDK, "Server"),
        text(server.url),
        *([parenthesised(variables)] if variables else []),
        name=text(server.name) if named and server.name else None,
        description=text(server.doc) if named and server.doc else None,
    )


def _unless_plain(ref: ir.TypeRef, names: ModelNames) -> Code | None:
    """Return the annotation of a type; None for plain JSON values."""
    return None if is_plain(ref, names) else text(annotation_text(ref, names))


def _parameter(parameter: ir.Parameter, name: str, context: PlanContext, imports: Imports) -> Code:
    style = parameter.style if parameter.style != _DEFAULT_STYLE[parameter.location] else None
    explode = parameter.explode if parameter.explode != (parameter.style == "form") else None
    # Without an annotation, only single values are accepted, no lists or objects.
    single = is_single(parameter.type, context.names)
    annotation = annotation_text(parameter.type, context.names, nullable=parameter.nullable)
    required_by_default = parameter.location == "path"
    return call(
        imports.use(SDK, parameter.location),
        text(parameter.wire),
        *([] if single else [text(annotation)]),
        style=text(style) if style else None,
        explode=None if explode is None else literal(explode),
        required=literal(parameter.required) if parameter.required is not required_by_default else None,
        allow_reserved=literal(True) if parameter.allow_reserved else None,
        source=text(parameter.source) if parameter.source else None,
        zone=text(parameter.zone) if parameter.zone else None,
        filter=_filter(parameter.filter, imports) if parameter.filter else None,
        media_type=text(parameter.media_type) if parameter.media_type else None,
        argument=text(name) if name != argument_name(parameter.wire) else None,
    )


def _filter(spec: ir.Filter, imports: Imports) -> Code:
    default = FilterSpec()
    return call(
        imports.use(SDK, "FilterSpec"),
        *([texts(spec.operators)] if spec.operators != default.operators else []),
        times=text(spec.times) if spec.times != default.times else None,
        fields=texts(spec.fields) if spec.fields else None,
        alone=literal(True) if spec.alone else None,
    )


def _body(body: ir.Body, context: PlanContext, imports: Imports) -> Code:
    required = None if body.required else literal(False)
    if len(body.variants) == 1:
        return _body_variant(body.variants[0], required, context, imports)
    variants = [_body_variant(variant, None, context, imports, is_one_of_several=True) for variant in body.variants]
    return call(imports.use(SDK, "bodies"), *variants, required=required)


def _body_variant(
    variant: ir.BodyVariant,
    required: Code | None,
    context: PlanContext,
    imports: Imports,
    *,
    is_one_of_several: bool = False,
) -> Code:
    """Return one media type of a body. Of several, the media type or range is always given, for the choice by value."""
    may_be_range = is_one_of_several and variant.kind in ("json", "text", "binary", "xml")
    concrete = MEDIA_TYPES[variant.kind] if "*" in variant.media_type and not may_be_range else variant.media_type
    media = text(concrete) if concrete != MEDIA_TYPES[variant.kind] else None
    encoding = [(text(part.wire), _encoding(part, imports)) for part in variant.encoding]
    annotation = None if variant.kind in ("binary", "xml") else _unless_plain(variant.type, context.names)
    if is_one_of_several and variant.kind == "json" and variant.type != ir.Scalar("any"):
        annotation = text(annotation_text(variant.type, context.names))
    return call(
        imports.use(SDK, f"{variant.kind}_body"),
        *([media] if media else []),
        annotation=annotation,
        encoding=braced(encoding) if encoding else None,
        required=required,
        nullable=literal(True) if variant.kind == "json" and may_be_null(variant.type) else None,
    )


def _encoding(part: ir.PartEncoding, imports: Imports) -> Code:
    return call(
        imports.use(SDK, "Encoding"),
        *([text(part.content_type)] if part.content_type else []),
        style=text(part.style) if part.style else None,
        explode=None if part.explode is None else literal(part.explode),
        headers=braced([(text(name), text(value)) for name, value in part.headers]) if part.headers else None,
        base64=literal(True) if part.base64 else None,
    )


def _responses(outcome: Outcome, context: PlanContext, imports: Imports) -> Code:
    pairs: list[tuple[Code, Code]] = []
    for response in outcome.responses:
        single_type = outcome.type if outcome.single else None
        variants = [_response_variant(variant, context, imports, single_type) for variant in response.variants]
        if response.may_be_empty:
            variants.append(call(imports.use(SDK, "empty_response")))
        pairs.append((text(response.status), _one_or_many(variants, imports)))
    return braced(pairs)


def _one_or_many(variants: list[Code], imports: Imports) -> Code:
    if not variants:
        return call(imports.use(SDK, "empty_response"))
    return variants[0] if len(variants) == 1 else parenthesised(variants)


def _response_variant(
    variant: ir.ResponseVariant, context: PlanContext, imports: Imports, single_type: ir.TypeRef | None = None
) -> Code:
    media = text(variant.media_type) if variant.media_type != MEDIA_TYPES.get(variant.kind) else None
    expression = None
    if variant.kind == "json":
        expression = text(_response_annotation(variant.type, single_type, context.names))
    elif variant.kind == "text":
        is_truth = variant.type == ir.Scalar("bool")
        expression = text("bool") if is_truth else _unless_plain(variant.type, context.names)
    return call(imports.use(SDK, f"{variant.kind}_response"), *([expression] if expression else []), media_type=media)


def _response_annotation(ref: ir.TypeRef, single_type: ir.TypeRef | None, names: ModelNames) -> str:
    if single_type is None:
        return annotation_text(ref, names)
    return str(Annotations(names, PlainNames(), module=".models", with_metadata=True).one_or_list(single_type))


def error_table(operation: ir.Operation, context: PlanContext, imports: Imports) -> ErrorTable:
    """Return the errors of an operation that have a body, by status."""
    return tuple(
        (response.status, tuple(_error_spec(variant, context, imports) for variant in response.variants))
        for response in operation.responses
        if response.variants and (response.status[0] in "45" or response.status == "default")
    )


def errors_value(table: ErrorTable, constants: Mapping[ErrorSpec, Code], imports: Imports) -> Code:
    """Return the dictionary of an error table. `constants` are the names of specs that several operations share."""
    return braced(
        [
            (text(status), _one_or_many([constants.get(spec, spec.value) for spec in specs], imports))
            for status, specs in table
        ]
    )


def _error_spec(variant: ir.ResponseVariant, context: PlanContext, imports: Imports) -> ErrorSpec:
    if variant.kind != "json":
        return ErrorSpec("error", _response_variant(variant, context, imports))
    pointers = _error_pointers(variant.type, context)
    value = call(
        imports.use(SDK, "json_error"),
        text(annotation_text(variant.type, context.names)),
        message=_pointers(pointers, "message"),
        code=_pointers(pointers, "code"),
        media_type=text(variant.media_type) if variant.media_type != MEDIA_TYPES["json"] else None,
    )
    return ErrorSpec(variant.type.name if isinstance(variant.type, ir.ModelRef) else "error", value)


def _error_pointers(ref: ir.TypeRef, context: PlanContext) -> list[tuple[str, str]]:
    if isinstance(ref, ir.ModelRef):
        return list(context.models[ref.name].error)
    if isinstance(ref, ir.UnionOf):
        return [pair for member in ref.members for pair in _error_pointers(member, context)]
    return []


def _pointers(pairs: list[tuple[str, str]], part: str) -> Code | None:
    pointers = tuple(dict.fromkeys(pointer for key, pointer in pairs if key == part))
    if not pointers:
        return None
    return text(pointers[0]) if len(pointers) == 1 else texts(pointers)
