"""Files: the meaning of `format: binary`. It is a file in a part of a form and as a whole body, but a string in JSON.

JSON has no bytes, and `binary`, unlike `byte` and `contentEncoding`, does not name an encoding such as base64.
Also handles parts that the caller has to serialise, such as XML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from xcaas_core.http._media_types import holds_no_objects
from xcaas_generator.normalise.drafts import BodyDraft, DocumentDraft, OperationDraft, VariantDraft, WebhookDraft
from xcaas_generator.normalise.shapes import (
    BYTES,
    TEXT,
    ArrayOf,
    Entry,
    MapOf,
    Ref,
    Shape,
    UnionOf,
    entries_in,
    is_compound,
    members_of,
    one_of,
)


def convert_files(draft: DocumentDraft) -> None:
    """Keep files where they can be sent, and convert the others to strings.

    A field that is used both in forms and in JSON becomes a union of both.
    """
    form_models = {entry for shape in _form_shapes(draft) for entry in _form_models(shape)}
    other_models = _contained_models(
        [*_other_shapes(draft), *(field.shape for entry in form_models for field in entry.fields)]
    )
    for entry in draft.entries:
        convert = _as_string if entry not in form_models else _as_file_or_string if entry in other_models else _as_part
        for field in entry.fields:
            field.shape = convert(field.shape)
        if entry.extra is not None:
            entry.extra = convert(entry.extra)
        if entry.shape is not None:
            entry.shape = _as_string(entry.shape)
    for operation in draft.operations:
        for parameter in (
            *operation.parameters,
            *(field for response in operation.responses for field in response.headers),
        ):
            parameter.shape = _as_string(parameter.shape)
        for response in operation.responses:
            for variant in response.variants:
                if variant.kind != "binary":
                    variant.shape = _as_string(variant.shape)
    for body in _bodies(draft):
        for variant in body.variants:
            if variant.kind not in ("binary", "multipart"):
                variant.shape = _as_string(variant.shape)
            _accept_strings(variant)


def _accept_strings(variant: VariantDraft) -> None:
    """Allow strings for objects and lists in parts of types that the caller has to serialise, such as XML."""
    serialised = {part.wire for part in variant.encoding if holds_no_objects(part.content_type or "")}
    for entry in _form_models(variant.shape) if serialised else ():
        for field in entry.fields:
            if field.wire in serialised and is_compound(field.shape):
                field.shape = one_of([field.shape, TEXT])


def _bodies(draft: DocumentDraft) -> Iterator[BodyDraft]:
    senders: list[OperationDraft | WebhookDraft] = [*draft.operations, *draft.webhooks]
    yield from (sender.body for sender in senders if sender.body is not None)


def _form_shapes(draft: DocumentDraft) -> Iterator[Shape]:
    for body in _bodies(draft):
        yield from (variant.shape for variant in body.variants if variant.kind == "multipart")


def _other_shapes(draft: DocumentDraft) -> Iterator[Shape]:
    """Yield the shapes of all values outside of forms."""
    for body in _bodies(draft):
        yield from (variant.shape for variant in body.variants if variant.kind != "multipart")
    for operation in draft.operations:
        yield from (parameter.shape for parameter in operation.parameters)
        for response in operation.responses:
            yield from (variant.shape for variant in response.variants)
            yield from (header.shape for header in response.headers)


def _form_models(shape: Shape) -> Iterator[Entry]:
    """Yield the models whose fields are the parts of a form."""
    for member in members_of(shape):
        if isinstance(member, Ref):
            yield member.entry.final()


def _contained_models(shapes: list[Shape]) -> set[Entry]:
    """Return the models in these shapes, at any depth."""
    models: set[Entry] = set()
    pending = list(shapes)
    while pending:
        for referenced in entries_in(pending.pop()):
            entry = referenced.final()
            if entry not in models:
                models.add(entry)
                pending += [field.shape for field in entry.fields]
                pending += [shape for shape in (entry.extra, entry.shape) if shape is not None]
    return models


def _as_part(shape: Shape) -> Shape:
    """Return the shape of a part of a form, which may be a file or a list of files."""
    return _convert_part(shape, lambda file: file)


def _as_file_or_string(shape: Shape) -> Shape:
    return _convert_part(shape, lambda file: UnionOf((file, TEXT)))


def _convert_part(shape: Shape, file: Callable[[Shape], Shape]) -> Shape:
    if shape == BYTES:
        return file(shape)
    if isinstance(shape, ArrayOf) and BYTES in members_of(shape.item):
        return ArrayOf(_convert_part(shape.item, file))
    if isinstance(shape, UnionOf) and shape.discriminator is None:
        return one_of([_convert_part(member, file) for member in shape.members])
    return _as_string(shape)


def _as_string(shape: Shape) -> Shape:
    if shape == BYTES:
        return TEXT
    if isinstance(shape, ArrayOf):
        return replace(shape, item=_as_string(shape.item))
    if isinstance(shape, MapOf):
        return replace(shape, value=_as_string(shape.value))
    if isinstance(shape, UnionOf) and shape.discriminator is None:
        return one_of([_as_string(member) for member in shape.members])
    return shape
