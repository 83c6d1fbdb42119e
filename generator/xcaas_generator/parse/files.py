"""Files: what `format: binary` stands for in a part of a form, and in a body of its own. In JSON it is a string.
Also parts whose type only the caller can write, such as XML.

JSON cannot hold octets, and `binary` names no encoding, as `byte` and `contentEncoding` do: base64 would be a guess.
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


def place_files(draft: DocumentDraft) -> None:
    """Keep files where they can travel, and make strings of the others. What is part of a form here and JSON there is
    either."""
    parts = {entry for shape in _forms(draft) for entry in _forms_of(shape)}
    elsewhere = _reached([*_values(draft), *(one.shape for entry in parts for one in entry.fields)])
    for entry in draft.entries:
        convert = _as_text if entry not in parts else _either if entry in elsewhere else _as_part
        for one in entry.fields:
            one.shape = convert(one.shape)
        if entry.extra is not None:
            entry.extra = convert(entry.extra)
        if entry.shape is not None:
            entry.shape = _as_text(entry.shape)
    for operation in draft.operations:
        for parameter in (
            *operation.parameters,
            *(one for response in operation.responses for one in response.headers),
        ):
            parameter.shape = _as_text(parameter.shape)
        for response in operation.responses:
            for variant in response.variants:
                if variant.kind != "binary":
                    variant.shape = _as_text(variant.shape)
    for body in _bodies(draft):
        for variant in body.variants:
            if variant.kind not in ("binary", "multipart"):
                variant.shape = _as_text(variant.shape)
            _take_text(variant)


def _take_text(variant: VariantDraft) -> None:
    """Let an object or a list in a part of XML, CSV or a form be the text that the caller made of it."""
    written = {part.wire for part in variant.encoding if holds_no_objects(part.content_type or "")}
    for entry in _forms_of(variant.shape) if written else ():
        for one in entry.fields:
            if one.wire in written and is_compound(one.shape):
                one.shape = one_of([one.shape, TEXT])


def _bodies(draft: DocumentDraft) -> Iterator[BodyDraft]:
    drafts: list[OperationDraft | WebhookDraft] = [*draft.operations, *draft.webhooks]
    yield from (one.body for one in drafts if one.body is not None)


def _forms(draft: DocumentDraft) -> Iterator[Shape]:
    for body in _bodies(draft):
        yield from (variant.shape for variant in body.variants if variant.kind == "multipart")


def _values(draft: DocumentDraft) -> Iterator[Shape]:
    """Yield the shapes of all values that no form holds."""
    for body in _bodies(draft):
        yield from (variant.shape for variant in body.variants if variant.kind != "multipart")
    for operation in draft.operations:
        yield from (parameter.shape for parameter in operation.parameters)
        for response in operation.responses:
            yield from (variant.shape for variant in response.variants)
            yield from (header.shape for header in response.headers)


def _forms_of(shape: Shape) -> Iterator[Entry]:
    """Yield the models whose members are the parts of a form."""
    for member in members_of(shape):
        if isinstance(member, Ref):
            yield member.entry.final()


def _reached(shapes: list[Shape]) -> set[Entry]:
    """Return the models that values of these shapes hold, at any depth."""
    found: set[Entry] = set()
    waiting = list(shapes)
    while waiting:
        for one in entries_in(waiting.pop()):
            entry = one.final()
            if entry not in found:
                found.add(entry)
                waiting += [field.shape for field in entry.fields]
                waiting += [shape for shape in (entry.extra, entry.shape) if shape is not None]
    return found


def _as_part(shape: Shape) -> Shape:
    """Return the shape of a member of a form, which may be a file or a list of files."""
    return _part(shape, lambda file: file)


def _either(shape: Shape) -> Shape:
    return _part(shape, lambda file: UnionOf((file, TEXT)))


def _part(shape: Shape, file: Callable[[Shape], Shape]) -> Shape:
    if shape == BYTES:
        return file(shape)
    if isinstance(shape, ArrayOf) and BYTES in members_of(shape.item):
        return ArrayOf(_part(shape.item, file))
    if isinstance(shape, UnionOf) and shape.discriminator is None:
        return one_of([_part(member, file) for member in shape.members])
    return _as_text(shape)


def _as_text(shape: Shape) -> Shape:
    if shape == BYTES:
        return TEXT
    if isinstance(shape, ArrayOf):
        return replace(shape, item=_as_text(shape.item))
    if isinstance(shape, MapOf):
        return replace(shape, value=_as_text(shape.value))
    if isinstance(shape, UnionOf) and shape.discriminator is None:
        return one_of([_as_text(member) for member in shape.members])
    return shape
