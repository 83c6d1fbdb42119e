"""Arguments `accept` and `content_type`, for operations with several media types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.plan.results import outcome

__all__ = ["with_media_type_arguments"]


def with_media_type_arguments(document: ir.Document) -> ir.Document:
    """Return the document with an argument `accept` or `content_type` in operations with several media types.

    OpenAPI has no parameters for this: it ignores headers of these names.
    """
    operations = (_with_content_type(_with_accept(operation)) for operation in document.operations)
    return replace(document, operations=tuple(operations))


def _with_accept(operation: ir.Operation) -> ir.Operation:
    result = outcome(operation)
    types = dict.fromkeys(variant.media_type for response in result.responses for variant in response.variants)
    kinds = {variant.kind for response in result.responses for variant in response.variants}
    if "binary" not in kinds or len(types) < 2 or any("*" in media_type for media_type in types):
        return operation
    doc = "Media type of the file. By default, the service chooses."
    return _with_header(operation, "Accept", "accept", types, doc)


def _with_content_type(operation: ir.Operation) -> ir.Operation:
    variants = () if operation.body is None else operation.body.variants
    types = dict.fromkeys(variant.media_type for variant in variants)
    if len(types) < 2 and not any(_is_open(variant) for variant in variants):
        return operation
    needs_boundary = any(_needs_boundary(variant) for variant in variants)
    default = "depends on what you pass" if len(types) > 1 else f"is {next(iter(types))}"
    if "*" in default:
        default = "is application/octet-stream"
    doc = f"Media type of the body. The default {default}."
    if needs_boundary:
        doc += " One with parts needs the boundary that the body has."
    return _with_header(operation, "Content-Type", "content_type", types, doc, needs_boundary=needs_boundary)


def _is_open(variant: ir.BodyVariant) -> bool:
    """Return whether only the caller knows the complete media type."""
    return _needs_boundary(variant) or (variant.kind == "binary" and "*" in variant.media_type)


def _needs_boundary(variant: ir.BodyVariant) -> bool:
    """Return whether a body is multipart data serialised by the caller, with an unknown boundary."""
    kind = variant.media_type.lower()
    return variant.kind in ("text", "binary") and kind.startswith("multipart/") and "boundary=" not in kind


def _with_header(
    operation: ir.Operation, wire: str, name: str, media_types: Iterable[str], doc: str, *, needs_boundary: bool = False
) -> ir.Operation:
    types = tuple(media_types)
    concrete = not needs_boundary and all("*" not in media_type for media_type in types)
    parameter = ir.Parameter(
        wire=wire,
        name=name,
        location="header",
        type=ir.UnionOf(tuple(ir.Const(media_type) for media_type in types)) if concrete else ir.Scalar("str"),
        required=False,
        place=operation.place,
        doc=doc,
        style="simple",
        explode=False,
    )
    return replace(operation, parameters=(*operation.parameters, parameter))
