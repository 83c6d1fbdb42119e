"""Names of a product's models: classes, modules and typed dictionaries, without collisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xcaas_generator import ir
from xcaas_generator.python.annotations import ModelNames, union_key
from xcaas_generator.python.names import Scope, module_stem, pascal


def model_names(document: ir.Document) -> ModelNames:
    """Return names for all models, enums and unions of a document, stable because assigned in its order."""
    classes, stems = Scope(), Scope(("__init__",), fold=True)
    names: dict[str, str] = {}
    files: dict[str, str] = {}
    for name in type_names(document):
        names[name] = classes.claim(pascal(name, "Model"))
        files[name] = stems.claim(module_stem(names[name]))
    unions: dict[str, str] = {}
    for union in document.unions:
        if isinstance(union.type, ir.UnionOf):
            unions.setdefault(union_key(union.type), union.name)
    sent, received = sent_models(document), received_models(document)
    typed_dicts = {
        model.name: classes.claim(f"{names[model.name]}Dict", f"{names[model.name]}TypedDict")
        for model in document.models
        if model.name in sent
    }
    enums = {enum.name: enum for enum in document.enums}
    parsers = {
        name: classes.claim("parse" + module_stem(names[name]))
        for name in (union.name for union in document.unions if isinstance(union.type, ir.UnionOf))
    }
    return ModelNames(names, files, typed_dicts, enums, sent, received, unions, parsers, _tags(document))


def type_names(document: ir.Document) -> list[str]:
    """Return names of models, enums and unions in the document."""
    types: tuple[ir.Model | ir.Enum | ir.Union, ...] = (*document.models, *document.enums, *document.unions)
    return [type_.name for type_ in types]


def sent_models(document: ir.Document) -> frozenset[str]:
    """Return the names of models that a request can contain."""
    return _contained_models(document, _sent_types(document))


def received_models(document: ir.Document) -> frozenset[str]:
    """Return the names of models that a response or webhook payload can contain."""
    return _contained_models(document, _received_types(document))


def _tags(document: ir.Document) -> frozenset[tuple[str, str]]:
    """Return the models in unions with a discriminator, each with its discriminator property."""
    types = [
        *(field.type for model in document.models for field in model.fields),
        *(model.extra for model in document.models if model.extra is not None),
        *(union.type for union in document.unions),
        *_sent_types(document),
        *_received_types(document),
    ]
    unions = [part for ref in types for part in _parts(ref) if isinstance(part, ir.UnionOf)]
    return frozenset(
        (name, union.discriminator) for union in unions if union.discriminator for _, name in union.mapping
    )


def _contained_models(document: ir.Document, types: Iterable[ir.TypeRef]) -> frozenset[str]:
    models = {model.name: model for model in document.models}
    pending = [name for ref in types for name in _referenced_names(ref)]
    names: set[str] = set()
    while pending:
        name = pending.pop()
        if name in names or name not in models:
            continue
        names.add(name)
        model = models[name]
        for field in model.fields:
            pending.extend(_referenced_names(field.type))
        if model.extra is not None:
            pending.extend(_referenced_names(model.extra))
    return frozenset(names)


def _sent_types(document: ir.Document) -> Iterator[ir.TypeRef]:
    for operation in document.operations:
        for parameter in operation.parameters:
            yield parameter.type
        if operation.body is not None:
            for variant in operation.body.variants:
                yield variant.type


def _received_types(document: ir.Document) -> Iterator[ir.TypeRef]:
    for operation in document.operations:
        for response in operation.responses:
            for variant in response.variants:
                yield variant.type
    for webhook in document.webhooks:
        if webhook.body is not None:
            yield from (variant.type for variant in webhook.body.variants)


def _referenced_names(ref: ir.TypeRef) -> Iterator[str]:
    return (part.name for part in _parts(ref) if isinstance(part, ir.ModelRef))


def _parts(ref: ir.TypeRef) -> Iterator[ir.TypeRef]:
    """Yield a type and the types that it consists of."""
    yield ref
    match ref:
        case ir.ListOf():
            yield from _parts(ref.item)
        case ir.MapOf():
            yield from _parts(ref.value)
        case ir.UnionOf():
            for member in ref.members:
                yield from _parts(member)
        case _:
            pass
