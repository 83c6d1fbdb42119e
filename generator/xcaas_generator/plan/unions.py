"""A module per named union: an alias for annotations, and a function that reads it from JSON."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.plan.views import EnumPlan, UnionPlan
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations, ModelNames, annotation_text
from xcaas_generator.python.code import Code, call, code, docstring, identifier, text
from xcaas_generator.python.imports import Imports

_CORE = "xcaas_core.models"
# Relative to where the module lies, so that a copy elsewhere finds its own models.
_PACKAGE = Code('__name__.rpartition(".models.")[0]')


def union_plan(union: ir.Union, names: ModelNames) -> UnionPlan:
    """Return the module of one union."""
    name, parser = names.classes[union.name], names.parsers[union.name]
    imports = Imports({name, parser})
    annotations = Annotations(names, imports, module="..models", own=frozenset({name}), marked=True)
    value = annotations.read(union.type)
    alias, final = imports.use("typing", "TypeAlias"), imports.use("typing", "Final")
    made = imports.use(_CORE, "Parser")
    return UnionPlan(
        header=imports.header(),
        exports=tuple(text(one) for one in sorted((name, parser))),
        name=identifier(name),
        alias=alias,
        value=value,
        doc=docstring(docstrings.paragraphs(union.doc or docstrings.sentence(name), _openness(union)), 0),
        parser=identifier(parser),
        parser_type=code("{}[{}[{}]]", final, made, identifier(name)),
        parser_value=call(made, text(annotation_text(union.type, names)), _PACKAGE),
        parser_doc=docstring(f"Reads `{name}` from JSON, as text or decoded.", 0),
    )


def alias_plan(union: ir.Union, names: ModelNames) -> EnumPlan:
    """Return the module of another name for one class or enum, which reads itself."""
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
