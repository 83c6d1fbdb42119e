"""Modules of a product's `models` package: classes of models, aliases of enums and unions, the index."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.plan.model_names import type_names
from xcaas_generator.plan.unions import alias_plan, union_plan
from xcaas_generator.plan.views import (
    EnumPlan,
    FieldPlan,
    FunctionalTypedDict,
    IndexEntry,
    IndexPlan,
    ModelPlan,
    Module,
    TypedDictPlan,
)
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations, ModelNames, may_be_null
from xcaas_generator.python.code import (
    Code,
    braced,
    call,
    code,
    docstring,
    file_name,
    identifier,
    join,
    literal,
    module_path,
    text,
)
from xcaas_generator.python.imports import SDK, Imports
from xcaas_generator.python.names import Scope, safe

_CORE = "xcaas_core.models"
_EXTRA = "additional_properties"
# Equal to `xcaas_core.models.RESERVED_NAMES`, whose import is slow; a test compares the two.
RESERVED_NAMES = frozenset(
    {"evolve", "from_dict", "from_json", "is_set", "to_dict", "to_json", "unknown_fields", "unset", "validate"}
)
# Longer lists slow down type checkers.
_MAX_LITERALS = 500


def model_modules(document: ir.Document, names: ModelNames) -> Iterator[Module]:
    """Return every file of the `models` package."""
    docs = _docs(document)
    for model in document.models:
        yield Module(_path(names, model.name), "model.py.jinja", _model(model, names, docs))
    for enum in document.enums:
        yield Module(_path(names, enum.name), "enum.py.jinja", _enum(enum, names))
    for union in document.unions:
        if union.name in names.parsers:
            yield Module(_path(names, union.name), "union.py.jinja", union_plan(union, names))
        else:
            yield Module(_path(names, union.name), "enum.py.jinja", alias_plan(union, names))
    yield Module("models/__init__.py", "index.py.jinja", _index(document, names))


def _path(names: ModelNames, name: str) -> str:
    return f"models/{file_name(names.stems[name])}"


# --- one model -------------------------------------------------------------


def _docs(document: ir.Document) -> dict[str, str]:
    """Return the descriptions of named types."""
    models = {model.name: model.doc or model.title for model in document.models}
    return (
        models | {enum.name: enum.doc for enum in document.enums} | {union.name: union.doc for union in document.unions}
    )


def field_names(model: ir.Model, names: ModelNames) -> list[str]:
    """Return the Python names of a model's fields, in order."""
    own = {name for name in (names.classes[model.name], names.typed_dicts.get(model.name)) if name}
    # The constructor has a parameter `self`.
    scope = Scope(RESERVED_NAMES | own | {"self"} | ({_EXTRA} if model.extra is not None else set[str]()))
    return [scope.claim(safe(field.name), f"{safe(field.name)}_") for field in model.fields]


def _model(model: ir.Model, names: ModelNames, docs: Mapping[str, str]) -> ModelPlan:
    cls, typed_dict = names.classes[model.name], names.typed_dicts.get(model.name)
    own = frozenset(name for name in (cls, typed_dict) if name)
    python_names = field_names(model, names)
    keys = {field.wire for field in model.fields if _is_attribute_name(field.wire)} if typed_dict else set[str]()
    imports = Imports(own | set(python_names) | keys | {_EXTRA, _functional_name(typed_dict or "")})
    annotations = Annotations(names, imports, module="..models", own=own, with_metadata=True)
    fields = [
        _field(
            _with_type_doc(field, names, docs),
            name,
            _may_be_absent(field, model, names),
            _only_value(field, model, names),
            imports,
            annotations,
        )
        for field, name in zip(model.fields, python_names, strict=True)
    ]
    if model.extra is not None:
        fields.append(_extra(model.extra, imports, annotations))
    doc = docstrings.paragraphs(
        model.doc or docstrings.sentence(model.title or cls), "Deprecated." if model.deprecated else ""
    )
    decorator, base = imports.use(_CORE, "model"), imports.use(_CORE, "Model")
    input_annotations = Annotations(names, imports, module="..models", own=own)
    typed_dict_plan = _typed_dict(model, typed_dict, imports, input_annotations) if typed_dict else None
    return ModelPlan(
        header=imports.header(),
        exports=tuple(text(name) for name in sorted(own)),
        decorator=decorator,
        name=identifier(cls),
        base=base,
        doc=docstring(doc, 4),
        fields=tuple(fields),
        typed_dict=typed_dict_plan,
    )


def _may_be_absent(field: ir.Field, model: ir.Model, names: ModelNames) -> bool:
    """Return whether an instance may lack a field: if it is optional, or sent in one direction only."""
    return (
        not field.required
        or (field.read_only and model.name in names.sent)
        or (field.write_only and model.name in names.received)
    )


def _field(
    field: ir.Field, name: str, absent: bool, value: ir.JSON, imports: Imports, annotations: Annotations
) -> FieldPlan:
    default = literal(value) if value is not None else Code("None") if absent else None
    nullable = absent and (field.nullable or may_be_null(field.type))
    return FieldPlan(
        name=identifier(name),
        annotation=annotations.read(field.type, nullable=field.nullable or absent),
        value=call(
            imports.use(_CORE, "field"),
            text(field.wire),
            default=default,
            nullable=literal(True) if nullable else None,
        ),
        doc=docstring(docstrings.paragraphs(docstrings.item_doc(field)), 4),
    )


def _only_value(field: ir.Field, model: ir.Model, names: ModelNames) -> ir.JSON:
    """Return the only value of a property, which callers need not pass; None if they decide.

    An optional property is filled in if its default is that value, or if a union tells its members apart by it.
    """
    if field.nullable or (field.read_only and model.name in names.sent):
        return None
    values: tuple[ir.JSON, ...] = ()
    if isinstance(field.type, ir.Const):
        values = (field.type.value,)
    elif isinstance(field.type, ir.EnumRef):
        values = names.enums[field.type.name].values
    if len(values) != 1:
        return None
    is_default = type(field.default) is type(values[0]) and field.default == values[0]
    is_constant = field.required and isinstance(field.type, ir.Const)
    return values[0] if is_constant or is_default or (model.name, field.wire) in names.tags else None


def _with_type_doc(field: ir.Field, names: ModelNames, docs: Mapping[str, str]) -> ir.Field:
    """Return the field, with the description of its named type if it has none itself."""
    ref = field.type
    name = names.union(ref) if isinstance(ref, ir.UnionOf) else getattr(ref, "name", None)
    if field.doc or not isinstance(name, str):
        return field
    return replace(field, doc=docstrings.summary(docs.get(name, "")))


def _extra(ref: ir.TypeRef, imports: Imports, annotations: Annotations) -> FieldPlan:
    factory = imports.builtin("dict")
    return FieldPlan(
        name=identifier(_EXTRA),
        annotation=code("{}[{}, {}]", imports.builtin("dict"), imports.builtin("str"), annotations.read(ref)),
        value=call(imports.use(_CORE, "extra"), factory=factory),
        doc=docstring("All other properties, by their names in JSON.", 4),
    )


def _is_attribute_name(wire: str) -> bool:
    """Return whether a wire name can be used unchanged as an attribute in a class body."""
    return wire.isascii() and wire.isidentifier() and not keyword.iskeyword(wire) and not wire.startswith("__")


def _typed_dict(model: ir.Model, name: str, imports: Imports, annotations: Annotations) -> TypedDictPlan:
    items: list[Code] = []
    other_items: list[tuple[Code, Code]] = []
    for field in model.fields:
        if field.read_only or not field.wire:
            # An empty wire name can't be a key of a typed dictionary.
            continue
        annotation = annotations.write(field.type, nullable=field.nullable)
        if not field.required:
            annotation = code("{}[{}]", imports.use("typing", "NotRequired"), annotation)
        if _is_attribute_name(field.wire):
            items.append(code("{}: {}", identifier(field.wire), annotation))
        else:
            other_items.append((text(field.wire), text(annotation)))
    base = typed_dict = imports.use("typing", "TypedDict")
    functional_base: FunctionalTypedDict | None = None
    if other_items:
        base = identifier(_functional_name(name))
        functional_base = FunctionalTypedDict(base, call(typed_dict, text(base), braced(other_items)))
    return TypedDictPlan(
        name=identifier(name),
        base=base,
        functional_base=functional_base,
        items=tuple(items),
        doc=docstring(f"`{model.name}` as a plain dictionary, with the names on the wire.", 4),
    )


def _functional_name(typed_dict: str) -> str:
    return f"_{typed_dict}Names"


# --- enums and the index ---------------------------------------------------


def _enum(enum: ir.Enum, names: ModelNames) -> EnumPlan:
    name = names.classes[enum.name]
    imports = Imports({name})
    parts: list[Code] = []
    values = [value for value in enum.values if value is not None and not isinstance(value, float)]
    # Type checkers support only 64-bit integers in `Literal`.
    values = [value for value in values if not isinstance(value, int) or value.bit_length() < 64]
    if 0 < len(values) <= _MAX_LITERALS:
        literals = join(", ", [literal(value) for value in values])
        parts.append(code("{}[{}]", imports.use("typing", "Literal"), literals))
    parts += [imports.builtin(base) for base in enum.base if base not in ("none", "None")]
    if None in enum.values or not parts:
        parts.append(Code("None"))
    alias = imports.use("typing", "TypeAlias")
    return EnumPlan(
        header=imports.header(),
        name=identifier(name),
        alias=alias,
        value=join(" | ", list(dict.fromkeys(parts))),
        doc=docstring(
            docstrings.paragraphs(enum.doc or docstrings.sentence(name), "Unknown values are kept as they are."),
            0,
        ),
    )


def _index(document: ir.Document, names: ModelNames) -> IndexPlan:
    entries: list[IndexEntry] = []
    for key in type_names(document):
        module = f".{names.stems[key]}"
        for name in filter(None, (names.classes[key], names.typed_dicts.get(key), names.parsers.get(key))):
            entries.append(
                IndexEntry(identifier(name), module_path(module), text(name), text(module.removeprefix(".")))
            )
    entries.sort(key=lambda entry: entry.name)
    # Not imported from the models, which load attrs.
    return IndexPlan(docstring(f"Models of {document.title}.", 0), tuple(entries), module_path(SDK))
