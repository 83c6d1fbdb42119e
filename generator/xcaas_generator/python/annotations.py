"""Python annotations for the types of a spec.

A type has three annotations: that of results (`list[_models.Tag]`), that of arguments, which is more general
(`Sequence[_models.Tag | _models.TagDict]`), and that with metadata (`Annotated`), where the JSON format does not follow
from the Python type. The last one is used in fields of models and, as a string, in operations, which
`xcaas_core.models.resolve` evaluates on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from xcaas_generator import ir
from xcaas_generator.python.code import Code, call, code, identifier, join, literal, parenthesised, text
from xcaas_generator.python.imports import SDK

_DATE_TIME = "date-time"
_EPOCHS = frozenset({"epoch-seconds", "epoch-milliseconds", "epoch-microseconds"})
_INTEGER_FORMATS = frozenset({"int32", "int64"})
_FLOAT_FORMATS = frozenset({"float", "double"})
_CORE = "xcaas_core.models"
_NONE = Code("None")


@dataclass(frozen=True, slots=True)
class ModelNames:
    """Python names of a product's models and enums, by their name in the document.

    `stems` are the module names inside the `models` package; `typed_dicts` the typed dictionaries of models that a
    request can contain; `sent` and `received` the models that requests and responses can contain; `unions` the names of
    unions, by `union_key`, and `parsers` their parsers; `tags` models of unions, each with the property that says which.
    """

    classes: Mapping[str, str]
    stems: Mapping[str, str]
    typed_dicts: Mapping[str, str]
    enums: Mapping[str, ir.Enum]
    sent: frozenset[str] = frozenset()
    received: frozenset[str] = frozenset()
    unions: Mapping[str, str] = field(default_factory=dict[str, str])
    parsers: Mapping[str, str] = field(default_factory=dict[str, str])
    tags: frozenset[tuple[str, str]] = frozenset()

    def union(self, ref: ir.UnionOf) -> str | None:
        """Return the name of a union in the document, if it has a name."""
        return self.unions.get(union_key(ref))


def union_key(ref: ir.UnionOf) -> str:
    """Return a key that is equal only for equal unions. Compared directly, the constants 1 and true are equal."""
    return repr(ref)


class Names(Protocol):
    """Supplies the names in annotations, as `Imports` does."""

    def use(self, module: str, name: str) -> Code: ...
    def use_module(self, module: str, alias: str) -> Code: ...
    def local_name(self, module: str, name: str) -> Code | None: ...
    def builtin(self, name: str) -> Code: ...


class PlainNames:
    """Supplies names for annotations in strings, which core resolves."""

    def use(self, module: str, name: str) -> Code:
        return identifier(name)

    def use_module(self, module: str, alias: str) -> Code:
        return identifier(alias)

    def local_name(self, module: str, name: str) -> Code | None:
        return identifier(name)

    def builtin(self, name: str) -> Code:
        return identifier(name)


@dataclass(frozen=True, slots=True)
class _PythonScalar:
    """The class of a scalar in Python, its module, and its format on the wire."""

    module: str
    name: str
    format: str = ""


_SCALARS = {
    "bool": _PythonScalar("", "bool"),
    "bytes": _PythonScalar("", "bytes"),
    "float": _PythonScalar("", "float"),
    "int": _PythonScalar("", "int"),
    "str": _PythonScalar("", "str"),
}


def _python_scalar(scalar: ir.Scalar) -> _PythonScalar:
    format_ = scalar.format or ""
    if scalar.kind == "str":
        return _string_scalar(format_)
    if scalar.kind in ("int", "float") and format_ in _EPOCHS:
        return _PythonScalar("datetime", "datetime", format_)
    return _SCALARS[scalar.kind]


def _string_scalar(format_: str) -> _PythonScalar:
    if format_.startswith(_DATE_TIME):
        return _PythonScalar("datetime", "datetime", "" if format_ == _DATE_TIME else format_)
    if format_ == "date":
        return _PythonScalar("datetime", "date")
    if format_ in _EPOCHS:
        return _PythonScalar("datetime", "datetime", f"{format_}-text")
    if format_ in _INTEGER_FORMATS:
        return _PythonScalar("", "int", "text")
    if format_ in _FLOAT_FORMATS:
        return _PythonScalar("", "float", "text")
    if format_ == "decimal":
        return _PythonScalar("decimal", "Decimal")
    return _PythonScalar("uuid", "UUID") if format_ == "uuid" else _SCALARS["str"]


def annotation_text(ref: ir.TypeRef, names: ModelNames, *, nullable: bool = False) -> str:
    """Return the annotation of a type in an operation, a string that is evaluated on first use."""
    return str(Annotations(names, PlainNames(), module=".models", with_metadata=True).read(ref, nullable=nullable))


def is_plain(ref: ir.TypeRef, names: ModelNames) -> bool:
    """Return whether the Python value is the JSON value: strings, numbers, booleans, null, and unions of these."""
    match ref:
        case ir.Scalar():
            return ref.kind in ("any", "none") or (_python_scalar(ref) in _SCALARS.values() and ref.kind != "bytes")
        case ir.EnumRef():
            return True
        case ir.UnionOf():
            return all(is_plain(member, names) for member in ref.members)
        case _:
            return False


def is_single(ref: ir.TypeRef, names: ModelNames) -> bool:
    """Return whether a value is plain, and neither a list nor an object."""
    if isinstance(ref, ir.UnionOf):
        return all(is_single(member, names) for member in ref.members)
    return is_plain(ref, names) and ref != ir.Scalar("any")


def may_be_null(ref: ir.TypeRef) -> bool:
    """Return whether a type itself includes null."""
    if isinstance(ref, ir.UnionOf):
        return any(may_be_null(member) for member in ref.members)
    return ref in (ir.Scalar("any"), ir.Scalar("none"), ir.Const(None))


class Annotations:
    """Creates the annotations of a module, and adds the imports that they need.

    Args:
        module: The `models` package, relative to the module.
        own: Names of models that the module itself defines.
        with_metadata: Whether to add metadata on the wire format.
    """

    def __init__(
        self,
        names: ModelNames,
        imports: Names,
        *,
        module: str,
        own: frozenset[str] = frozenset(),
        with_metadata: bool = False,
    ) -> None:
        self._names = names
        self._imports = imports
        self._module = module
        self._own = own
        self._with_metadata = with_metadata
        # Modules that load models on first use load `xcaas_core.models` on first use, too.
        self._core = SDK if module == ".models" else _CORE

    def read(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """Return the annotation of a value in a response."""
        return self._or_none(self._members(ref, is_input=False), nullable)

    def write(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """Return the annotation of a value that a caller passes."""
        return self._or_none(self._members(ref, is_input=True), nullable)

    def typed_dict(self, ref: ir.ModelRef) -> Code:
        """Return the typed dictionary of a model that requests can contain."""
        return self._sibling(self._names.typed_dicts[ref.name])

    def one_or_list(self, ref: ir.TypeRef) -> Code:
        """Return the annotation of an object that a service sends either alone or as the only element of a list."""
        return code("{}[{}, {}]", self._use("typing", "Annotated"), self.read(ref), self._use(self._core, "OneOrList"))

    def _or_none(self, parts: list[Code], nullable: bool) -> Code:
        unique = list(dict.fromkeys(parts))
        if nullable or _NONE in unique:
            unique = [part for part in unique if part != _NONE]
            if self._json_name() not in unique:
                unique.append(_NONE)
        return join(" | ", unique)

    def _json_name(self) -> Code | None:
        """Return the local name of `JSONValue`, which includes None, if it is imported."""
        return self._imports.local_name(self._core, "JSONValue")

    def _members(self, ref: ir.TypeRef, *, is_input: bool) -> list[Code]:
        """Return the annotations of a type's members; a single one unless it is a union."""
        match ref:
            case ir.Scalar(kind="bytes") if is_input:
                return [self._use(SDK, "FileInput")]
            case ir.Scalar() if is_input and _accepts_string(ref):
                return [self._scalar(ref), self._imports.builtin("str")]
            case ir.Scalar():
                return [self._scalar(ref)]
            case ir.ModelRef():
                return self._model(ref, is_input=is_input)
            case ir.EnumRef():
                alias = [self._sibling(self._names.classes[ref.name])]
                return self._with_union_metadata(ref, alias) if self._is_mixed(ref) else alias
            case ir.Const():
                return [self._const(ref)]
            case ir.ListOf():
                item = self._or_none(self._members(ref.item, is_input=is_input), nullable=False)
                outer = self._abc("Sequence") if is_input else self._imports.builtin("list")
                return [code("{}[{}]", outer, item)]
            case ir.MapOf():
                value = self._or_none(self._members(ref.value, is_input=is_input), nullable=False)
                outer = self._abc("Mapping") if is_input else self._imports.builtin("dict")
                return [code("{}[{}, {}]", outer, self._imports.builtin("str"), value)]
            case ir.UnionOf():
                return self._union(ref, is_input=is_input)

    def _union(self, ref: ir.UnionOf, *, is_input: bool) -> list[Code]:
        name = self._names.union(ref)
        if name is not None and self._names.classes[name] not in self._own:
            additional = (
                [part for member in ref.members for part in self._additional_inputs(member)] if is_input else []
            )
            return [*self._with_union_metadata(ref, [self._sibling(self._names.classes[name])]), *additional]
        parts = list(
            dict.fromkeys(part for member in ref.members for part in self._union_member(member, is_input=is_input))
        )
        none_part = [_NONE] if _NONE in parts else []
        members = [part for part in parts if part != _NONE]
        if _is_discriminated(ref):
            members.append(self._use(self._core, "UnknownModel"))
        # The alias of a named union has no metadata, so that `isinstance` accepts it.
        is_single = len(members) < 2 and not any(map(self._is_mixed, ref.members))
        without_metadata = name is not None or is_single or self._json_name() in members
        return [*(members if without_metadata else self._with_union_metadata(ref, members)), *none_part]

    def _union_member(self, member: ir.TypeRef, *, is_input: bool) -> list[Code]:
        """Return the annotations of a member. Enums get no metadata, since that of the union covers them."""
        if isinstance(member, ir.EnumRef):
            return [self._sibling(self._names.classes[member.name])]
        return self._members(member, is_input=is_input)

    def _is_mixed(self, ref: ir.TypeRef) -> bool:
        """Return whether a type is an enum with values of several types."""
        return isinstance(ref, ir.EnumRef) and len({*self._names.enums[ref.name].base} - {"none", "None"}) > 1

    def _with_union_metadata(self, ref: ir.UnionOf | ir.EnumRef, members: list[Code]) -> list[Code]:
        """Return the members of a union or mixed enum, with the metadata for choosing one."""
        if not self._with_metadata:
            return members
        if isinstance(ref, ir.UnionOf) and _is_discriminated(ref):
            metadata = self._discriminator(ref)
        else:
            metadata = self._use(self._core, "AnyOf")
        return [code("{}[{}, {}]", self._use("typing", "Annotated"), join(" | ", members), metadata)]

    def _discriminator(self, ref: ir.UnionOf) -> Code:
        variants = [parenthesised([text(tag), self._sibling(self._names.classes[model])]) for tag, model in ref.mapping]
        base = None if ref.base is None else self._sibling(self._names.classes[ref.base])
        return call(self._use(self._core, "Discriminator"), text(ref.discriminator or ""), *variants, base=base)

    def _additional_inputs(self, member: ir.TypeRef) -> list[Code]:
        """Return what callers can pass for a member of a named union, besides values of its own type."""
        match member:
            case ir.ModelRef():
                return [self.typed_dict(member)] if member.name in self._names.typed_dicts else []
            case ir.Scalar() if member.kind != "bytes":
                return [self._imports.builtin("str")] if _accepts_string(member) else []
            case ir.EnumRef() | ir.Const():
                return []
            case _:
                return self._members(member, is_input=True)

    def _model(self, ref: ir.ModelRef, *, is_input: bool) -> list[Code]:
        parts = [self._sibling(self._names.classes[ref.name])]
        if is_input and ref.name in self._names.typed_dicts:
            parts.append(self._sibling(self._names.typed_dicts[ref.name]))
        return parts

    def _sibling(self, python_name: str) -> Code:
        return code("{}.{}", self._imports.use_module(self._module, "_models"), identifier(python_name))

    def _scalar(self, scalar: ir.Scalar) -> Code:
        if scalar.kind == "any":
            return self._use(self._core, "JSONValue")
        if scalar.kind == "none":
            return _NONE
        python_scalar = _python_scalar(scalar)
        if python_scalar.module == "datetime":
            plain = code("{}.{}", self._imports.use_module("datetime", "_dt"), identifier(python_scalar.name))
        else:
            plain = (
                self._use(python_scalar.module, python_scalar.name)
                if python_scalar.module
                else self._imports.builtin(python_scalar.name)
            )
        if not python_scalar.format or not self._with_metadata:
            return plain
        metadata = call(self._use(self._core, "Format"), text(python_scalar.format))
        return code("{}[{}, {}]", self._use("typing", "Annotated"), plain, metadata)

    def _const(self, const: ir.Const) -> Code:
        value = const.value
        if value is None:
            return _NONE
        if isinstance(value, float) or (isinstance(value, int) and value.bit_length() > 63):
            plain = self._imports.builtin("float" if isinstance(value, float) else "int")
            if not self._with_metadata:
                return plain
            metadata = call(self._use(self._core, "Constant"), literal(value))
            return code("{}[{}, {}]", self._use("typing", "Annotated"), plain, metadata)
        return code("{}[{}]", self._use("typing", "Literal"), literal(value))

    def _abc(self, name: str) -> Code:
        return self._use("collections.abc", name)

    def _use(self, module: str, name: str) -> Code:
        return self._imports.use(module, name)


def _is_discriminated(ref: ir.UnionOf) -> bool:
    return ref.discriminator is not None and bool(ref.mapping)


def _accepts_string(scalar: ir.Scalar) -> bool:
    """Return whether callers may also pass the string that is sent: of times, dates, UUIDs and decimal numbers."""
    return scalar.kind == "str" and _python_scalar(scalar).module != ""
