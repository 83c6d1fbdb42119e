"""Arguments of a method: names, types, defaults, order."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.plan.argument_names import argument_names, body_argument_name
from xcaas_generator.plan.operations import PlanContext
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations
from xcaas_generator.python.code import Code, code, identifier, join, literal
from xcaas_generator.python.imports import SDK, Imports


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method. `default` is None if it is required."""

    name: Code
    annotation: Code
    default: Code | None
    positional: bool
    doc: str


def arguments(
    operation: ir.Operation, context: PlanContext, imports: Imports, annotations: Annotations
) -> list[Argument]:
    """Return the arguments, in the order of the operation's parameters."""
    names = argument_names(operation)
    return [
        _argument(item, name, context, imports, annotations)
        for item, name in zip(operation.parameters, names, strict=True)
    ]


def body_argument(
    operation: ir.Operation,
    context: PlanContext,
    imports: Imports,
    annotations: Annotations,
) -> Argument | None:
    """Return the argument for the request body, if there is one."""
    body = operation.body
    if body is None or not body.variants:
        return None
    types = list(dict.fromkeys(_body_type(variant, context, imports, annotations) for variant in body.variants))
    if not body.required and not any(type_ == "None" or type_.endswith(" | None") for type_ in types):
        types.append(Code("None"))
    return Argument(
        name=identifier(body_argument_name(operation)),
        annotation=join(" | ", types),
        default=None if body.required else Code("None"),
        positional=False,
        doc=docstrings.sentence(body.doc) or "What to send.",
    )


def signature(arguments: list[Argument]) -> Code:
    """Return the parameters of the method: positional ones first, then keyword-only ones, required before optional."""
    ordered = _in_signature_order(arguments)
    parts = [Code("self"), *(_parameter(item) for item in ordered if item.positional)]
    keywords = [_parameter(item) for item in ordered if not item.positional]
    return join(", ", [*parts, Code("*"), *keywords] if keywords else parts)


def argument_docs(arguments: list[Argument]) -> list[tuple[str, str]]:
    """Return names and descriptions for the docstring."""
    return [(item.name, item.doc) for item in _in_signature_order(arguments)]


def _in_signature_order(arguments: list[Argument]) -> list[Argument]:
    return sorted(arguments, key=lambda item: (not item.positional, item.default is not None))


def _parameter(item: Argument) -> Code:
    if item.default is None:
        return code("{}: {}", item.name, item.annotation)
    return code("{}: {} = {}", item.name, item.annotation, item.default)


def _argument(
    parameter: ir.Parameter, name: str, context: PlanContext, imports: Imports, annotations: Annotations
) -> Argument:
    default = _default(parameter, context)
    annotation = annotations.write(parameter.type, nullable=default == "None" or parameter.nullable)
    return Argument(
        name=identifier(name),
        annotation=code("{} | {}", imports.use(SDK, "Filter"), annotation) if parameter.filter else annotation,
        default=default,
        positional=parameter.location == "path" and default is None,
        doc=docstrings.item_doc(parameter, _known_values(parameter.type, context)),
    )


def _default(parameter: ir.Parameter, context: PlanContext) -> Code | None:
    """Return the default of an argument as code; None if it is required."""
    if not parameter.required or parameter.source:
        return Code("None")
    if isinstance(parameter.type, ir.Const) and not isinstance(parameter.type.value, float):
        return literal(parameter.type.value)
    if parameter.has_default and _fits(parameter.default, parameter.type, context):
        return literal(parameter.default)
    return None


def _fits(value: ir.JSON, ref: ir.TypeRef, context: PlanContext) -> bool:
    """Return whether a default can be written in a signature: a plain scalar of exactly this type."""
    if isinstance(ref, ir.EnumRef):
        return isinstance(value, str) and "str" in context.names.enums[ref.name].base
    if not isinstance(ref, ir.Scalar) or (ref.format is not None and ref.kind == "str"):
        return False
    python_type = {"str": str, "int": int, "float": float, "bool": bool}.get(ref.kind)
    return type(value) is python_type and not (ref.format or "").startswith("epoch")


def _known_values(ref: ir.TypeRef, context: PlanContext) -> tuple[ir.JSON, ...]:
    if isinstance(ref, ir.ListOf):
        return _known_values(ref.item, context)
    return context.names.enums[ref.name].values if isinstance(ref, ir.EnumRef) else ()


def _body_type(variant: ir.BodyVariant, context: PlanContext, imports: Imports, annotations: Annotations) -> Code:
    if variant.kind == "binary":
        return imports.use(SDK, "BinaryInput")
    if variant.kind == "text":
        string = ir.Scalar("str")
        lines = (ir.ListOf(ir.Scalar("any")),) if "json" in variant.media_type else ()  # a line per element
        return annotations.write(ir.UnionOf((variant.type, string, *lines)))
    if variant.kind == "xml":
        return code("{} | {}", imports.builtin("str"), imports.builtin("bytes"))
    if variant.kind == "multipart" and isinstance(variant.type, ir.ModelRef) and _has_files(variant.type, context):
        # A model has bytes; the typed dictionary also accepts open files, with names and types.
        return annotations.typed_dict(variant.type)
    return annotations.write(variant.type)


def _has_files(ref: ir.ModelRef, context: PlanContext) -> bool:
    types = [
        field.type.item if isinstance(field.type, ir.ListOf) else field.type
        for field in context.models[ref.name].fields
    ]
    return any(isinstance(type_, ir.Scalar) and type_.kind == "bytes" for type_ in types)
