"""Operations that offer one response in several file types let the caller choose one."""

from __future__ import annotations

from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.plan.results import outcome

__all__ = ["with_choices"]


def with_choices(document: ir.Document) -> ir.Document:
    """Return the same document, where each such operation has an `accept` argument.

    OpenAPI has no parameter for it: a declared `Accept` header is to be ignored, and the media
    types stand with the responses.
    """
    return replace(document, operations=tuple(_with_choice(operation) for operation in document.operations))


def _with_choice(operation: ir.Operation) -> ir.Operation:
    found = outcome(operation)
    types = dict.fromkeys(variant.media_type for response in found.responses for variant in response.variants)
    kinds = {variant.kind for response in found.responses for variant in response.variants}
    if "binary" not in kinds or len(types) < 2 or any("*" in media_type for media_type in types):
        return operation
    accept = ir.Parameter(
        wire="Accept",
        name="accept",
        location="header",
        type=ir.UnionOf(tuple(ir.Const(media_type) for media_type in types)),
        required=False,
        place=operation.place,
        doc="Media type of the file. The service chooses when you give none.",
        style="simple",
        explode=False,
    )
    return replace(operation, parameters=(*operation.parameters, accept))
