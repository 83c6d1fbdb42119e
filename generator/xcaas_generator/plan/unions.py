"""Modules of named unions: an alias for annotations, and a parser."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.plan.views import EnumPlan, UnionPlan
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations, ModelNames, annotation_text
from xcaas_generator.python.code import Code, call, code, docstring, identifier, text
from xcaas_generator.python.imports import Imports

_CORE = "xcaas_core.models"
# Relative to the module, so that a vendored copy finds its own models.
_PACKAGE = Code('__name__.rpartition(".models.")[0]')


def union_plan(union: ir.Union, names: ModelNames) -> UnionPlan:
    """Return the module of one union."""
    name, parser = names.classes[union.name], names.parsers[union.name]
    imports = Imports({name, parser})
    annotations = Annotations(names, imports, module="..models", own=frozenset({name}), with_metadata=True)
    value = annotations.read(union.type)
    alias, final = imports.use("typing", "TypeAlias"), imports.use("typing", "Final")
    parser_class = imports.use(_CORE, "Parser")
    return UnionPlan(
        header=imports.header(),
        exports=tuple(text(export) for export in sorted((name, parser))),
        name=identifier(name),
        alias=alias,
        value=value,
        doc=docstring(docstrings.paragraphs(union.doc or docstrings.sentence(name), _openness(union)), 0),
        parser=identifier(parser),
        parser_type=code("{}[{}[{}]]", final, parser_class, identifier(name)),
        parser_value=call(parser_class, text(annotation_text(union.type, names)), _PACKAGE),
        parser_doc=docstring(f"Reads `{name}` from JSON, as text or decoded.", 0),
    )


def alias_plan(union: ir.Union, names: ModelNames) -> EnumPlan:
    """Return the module of an alias for a single class or enum, which needs no parser."""
    name = names.classes[union.name]
    imports = Imports({name})
    value = Annotations(names, imports, module="..models").read(union.type)
    alias = imports.use("typing", "TypeAlias")
    doc = docstring(
        docstrings.paragraphs(union.doc or docstrings.sentence(name), f"Alias of `{value.rpartition('.')[2]}`."),
        0,
    )
    return EnumPlan(imports.header(), identifier(name), alias, value, doc)


def _openness(union: ir.Union) -> str:
    if not isinstance(union.type, ir.UnionOf) or union.type.discriminator is None or not union.type.mapping:
        return ""
    other = (
        "`UnknownModel`" if union.type.base is None else "the base class if its fields are present, else `UnknownModel`"
    )
    return f"`{union.type.discriminator}` says which. Other kinds become {other}."
