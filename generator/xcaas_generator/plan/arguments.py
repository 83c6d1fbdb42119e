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
    """One argument of a method. `default` is None for a required one."""

    name: Code
    annotation: Code
    default: Code | None
    positional: bool
    doc: str


def arguments(
    operation: ir.Operation, context: PlanContext, imports: Imports, annotations: Annotations
) -> list[Argument]:
    """Return the arguments, parallel to the operation's parameters."""
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
    """Return the argument for the request body, whose name stays clear of the others."""
    body = operation.body
    if body is None or not body.variants:
        return None
    types = list(dict.fromkeys(_body_type(variant, context, imports, annotations) for variant in body.variants))
    if not body.required and not any(one == "None" or one.endswith(" | None") for one in types):
        types.append(Code("None"))
    return Argument(
        name=identifier(body_argument_name(operation)),
        annotation=join(" | ", types),
        default=None if body.required else Code("None"),
        positional=False,
        doc=docstrings.sentence(body.doc) or "What to send.",
    )


def signature(given: list[Argument]) -> Code:
    """Return the parameters: those of the path first, then keyword-only ones, the required before the optional."""
    ordered = _in_order(given)
    parts = [Code("self"), *(_declared(item) for item in ordered if item.positional)]
    keywords = [_declared(item) for item in ordered if not item.positional]
    return join(", ", [*parts, Code("*"), *keywords] if keywords else parts)


def described(given: list[Argument]) -> list[tuple[str, str]]:
    """Return names and descriptions for the docstring."""
    return [(item.name, item.doc) for item in _in_order(given)]


def _in_order(given: list[Argument]) -> list[Argument]:
    return sorted(given, key=lambda item: (not item.positional, item.default is not None))


def _declared(item: Argument) -> Code:
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
        doc=docstrings.facts(parameter, _known_values(parameter.type, context)),
    )


def _default(parameter: ir.Parameter, context: PlanContext) -> Code | None:
    """Return None for what the caller must give, `None` as code for what may be left out."""
    if not parameter.required or parameter.source:
        return Code("None")
    if isinstance(parameter.type, ir.Const) and not isinstance(parameter.type.value, float):
        return literal(parameter.type.value)
    if parameter.has_default and _fits(parameter.default, parameter.type, context):
        return literal(parameter.default)
    return None


def _fits(value: ir.JSON, ref: ir.TypeRef, context: PlanContext) -> bool:
    """Return whether a default can stand in a signature: a plain scalar of the very type."""
    if isinstance(ref, ir.EnumRef):
        return isinstance(value, str) and "str" in context.names.enums[ref.name].base
    if not isinstance(ref, ir.Scalar) or (ref.form is not None and ref.kind == "str"):
        return False
    wanted = {"str": str, "int": int, "float": float, "bool": bool}.get(ref.kind)
    return type(value) is wanted and not (ref.form or "").startswith("epoch")


def _known_values(ref: ir.TypeRef, context: PlanContext) -> tuple[ir.JSON, ...]:
    if isinstance(ref, ir.ListOf):
        return _known_values(ref.item, context)
    return context.names.enums[ref.name].values if isinstance(ref, ir.EnumRef) else ()


def _body_type(variant: ir.BodyVariant, context: PlanContext, imports: Imports, annotations: Annotations) -> Code:
    if variant.kind == "binary":
        return imports.use(SDK, "BinaryInput")
    if variant.kind == "text":
        plain = ir.Scalar("str")
        lines = (ir.ListOf(ir.Scalar("any")),) if "json" in variant.media_type else ()  # one for each element
        return annotations.write(ir.UnionOf((variant.type, plain, *lines)))
    if variant.kind == "xml":
        return code("{} | {}", imports.builtin("str"), imports.builtin("bytes"))
    if variant.kind == "multipart" and isinstance(variant.type, ir.ModelRef) and _has_files(variant.type, context):
        # A model holds bytes; a form also takes open files, and names and types for them.
        return annotations.twin(variant.type)
    return annotations.write(variant.type)


def _has_files(ref: ir.ModelRef, context: PlanContext) -> bool:
    types = [
        field.type.item if isinstance(field.type, ir.ListOf) else field.type
        for field in context.models[ref.name].fields
    ]
    return any(isinstance(type_, ir.Scalar) and type_.kind == "bytes" for type_ in types)
