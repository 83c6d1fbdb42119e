"""From the types of a spec to annotations in Python.

Three views of one type: what a call gives back (`list[_models.Tag]`, exact), what it takes
(`Sequence[_models.Tag | _models.TagDict]`, generous), and what is read and written (`marked`: exact, with
`Annotated` where JSON's form does not follow from the Python type). The last one is what fields of
models say, and operations as text, which `xcaas_core.models.resolve` reads on first use.
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
_TEXT_INTEGERS = frozenset({"int32", "int64"})
_TEXT_NUMBERS = frozenset({"float", "double"})
_CORE = "xcaas_core.models"
_NONE = Code("None")


@dataclass(frozen=True, slots=True)
class ModelNames:
    """Python names of a product's models and enums, by their name in the document.

    `stems` are the module names inside the `models` package; `twins` the typed
    dictionaries of those models that a request can hold; `sent` and `received` name models that
    requests and responses can hold; `unions` has the names of unions, by `union_key`, and
    `parsers` the functions that read them.
    """

    classes: Mapping[str, str]
    stems: Mapping[str, str]
    twins: Mapping[str, str]
    enums: Mapping[str, ir.Enum]
    sent: frozenset[str] = frozenset()
    received: frozenset[str] = frozenset()
    unions: Mapping[str, str] = field(default_factory=dict[str, str])
    parsers: Mapping[str, str] = field(default_factory=dict[str, str])

    def union(self, ref: ir.UnionOf) -> str | None:
        """Return the name of a union in the document, if it has one."""
        return self.unions.get(union_key(ref))


def union_key(ref: ir.UnionOf) -> str:
    """Return what only equal unions have in common. As values, the constants 1 and true would be equal, too."""
    return repr(ref)


class Names(Protocol):
    """Where an annotation takes its names from."""

    def use(self, module: str, name: str) -> Code: ...
    def use_module(self, module: str, alias: str) -> Code: ...
    def known(self, module: str, name: str) -> Code | None: ...
    def builtin(self, name: str) -> Code: ...


class PlainNames:
    """The names of annotations as text: core knows all but those of models."""

    def use(self, module: str, name: str) -> Code:
        return identifier(name)

    def use_module(self, module: str, alias: str) -> Code:
        return identifier(alias)

    def known(self, module: str, name: str) -> Code | None:
        return identifier(name)

    def builtin(self, name: str) -> Code:
        return identifier(name)


@dataclass(frozen=True, slots=True)
class _PythonScalar:
    """A scalar in Python: where its class comes from, and the format by which it travels."""

    module: str
    name: str
    form: str = ""


_SCALARS = {
    "bool": _PythonScalar("", "bool"),
    "bytes": _PythonScalar("", "bytes"),
    "float": _PythonScalar("", "float"),
    "int": _PythonScalar("", "int"),
    "str": _PythonScalar("", "str"),
}


def _python_scalar(scalar: ir.Scalar) -> _PythonScalar:
    form = scalar.form or ""
    if scalar.kind == "str":
        return _text_scalar(form)
    if scalar.kind in ("int", "float") and form in _EPOCHS:
        return _PythonScalar("datetime", "datetime", form)
    return _SCALARS[scalar.kind]


def _text_scalar(form: str) -> _PythonScalar:
    if form.startswith(_DATE_TIME):
        return _PythonScalar("datetime", "datetime", "" if form == _DATE_TIME else form)
    if form == "date":
        return _PythonScalar("datetime", "date")
    if form in _EPOCHS:
        return _PythonScalar("datetime", "datetime", f"{form}-text")
    if form in _TEXT_INTEGERS:
        return _PythonScalar("", "int", "text")
    if form in _TEXT_NUMBERS:
        return _PythonScalar("", "float", "text")
    if form == "decimal":
        return _PythonScalar("decimal", "Decimal")
    return _PythonScalar("uuid", "UUID") if form == "uuid" else _SCALARS["str"]


def annotation_text(ref: ir.TypeRef, names: ModelNames, *, nullable: bool = False) -> str:
    """Return the annotation of a type in an operation: text, which is evaluated when a call needs it."""
    return str(Annotations(names, PlainNames(), module=".models", marked=True).read(ref, nullable=nullable))


def is_plain(ref: ir.TypeRef, names: ModelNames) -> bool:
    """Return whether JSON's own value is the Python value: of text, numbers, booleans, null, and unions of these."""
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
    """Return whether null is one of the values of a type itself."""
    if isinstance(ref, ir.UnionOf):
        return any(may_be_null(member) for member in ref.members)
    return ref in (ir.Scalar("any"), ir.Scalar("none"), ir.Const(None))


class Annotations:
    """Annotations for one module; each needed name is imported there.

    Args:
        module: The `models` package, as the module sees it.
        own: Names of models that the module itself defines.
        marked: The annotations say how values travel as well.
    """

    def __init__(
        self, names: ModelNames, imports: Names, *, module: str, own: frozenset[str] = frozenset(), marked: bool = False
    ) -> None:
        self._names = names
        self._imports = imports
        self._module = module
        self._own = own
        self._marked = marked
        # Where models are loaded late, so is what they are made of.
        self._core = SDK if module == ".models" else _CORE

    def read(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """Return the type of a value that comes from a server."""
        return self._or_none(self._parts(ref, given=False), nullable)

    def write(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """Return the type of a value that a caller hands over."""
        return self._or_none(self._parts(ref, given=True), nullable)

    def twin(self, ref: ir.ModelRef) -> Code:
        """Return the typed dictionary of a model that requests can hold."""
        return self._sibling(self._names.twins[ref.name])

    def one_or_list(self, ref: ir.TypeRef) -> Code:
        """Return the type of something that a service now sends as it is, now as the only element of a list."""
        return code("{}[{}, {}]", self._use("typing", "Annotated"), self.read(ref), self._use(self._core, "OneOrList"))

    def _or_none(self, parts: list[Code], nullable: bool) -> Code:
        unique = list(dict.fromkeys(parts))
        if nullable or _NONE in unique:
            unique = [part for part in unique if part != _NONE]
            if self._json() not in unique:
                unique.append(_NONE)
        return join(" | ", unique)

    def _json(self) -> Code | None:
        """Return the local name of free JSON, which may be null already."""
        return self._imports.known(self._core, "JSONValue")

    def _parts(self, ref: ir.TypeRef, *, given: bool) -> list[Code]:
        """Return the members of a type's union; one for most types."""
        match ref:
            case ir.Scalar(kind="bytes") if given:
                return [self._use(SDK, "FileInput")]
            case ir.Scalar() if given and _has_text_form(ref):
                return [self._scalar(ref), self._imports.builtin("str")]
            case ir.Scalar():
                return [self._scalar(ref)]
            case ir.ModelRef():
                return self._model(ref, given=given)
            case ir.EnumRef():
                alias = [self._sibling(self._names.classes[ref.name])]
                return self._told_apart(ref, alias) if self._is_mixed(ref) else alias
            case ir.Const():
                return [self._const(ref)]
            case ir.ListOf():
                item = self._or_none(self._parts(ref.item, given=given), nullable=False)
                outer = self._abc("Sequence") if given else self._imports.builtin("list")
                return [code("{}[{}]", outer, item)]
            case ir.MapOf():
                value = self._or_none(self._parts(ref.value, given=given), nullable=False)
                outer = self._abc("Mapping") if given else self._imports.builtin("dict")
                return [code("{}[{}, {}]", outer, self._imports.builtin("str"), value)]
            case ir.UnionOf():
                return self._union(ref, given=given)

    def _union(self, ref: ir.UnionOf, *, given: bool) -> list[Code]:
        name = self._names.union(ref)
        if name is not None and self._names.classes[name] not in self._own:
            besides = [part for member in ref.members for part in self._besides(member)] if given else []
            return [*self._told_apart(ref, [self._sibling(self._names.classes[name])]), *besides]
        parts = list(dict.fromkeys(part for member in ref.members for part in self._member(member, given=given)))
        null = [_NONE] if _NONE in parts else []
        members = [part for part in parts if part != _NONE]
        if _is_discriminated(ref):
            members.append(self._use(self._core, "UnknownModel"))
        # The alias of a named union is that and nothing else, so that `isinstance` takes it.
        single = len(members) < 2 and not any(map(self._is_mixed, ref.members))
        plain = name is not None or single or self._json() in members
        return [*(members if plain else self._told_apart(ref, members)), *null]

    def _member(self, member: ir.TypeRef, *, given: bool) -> list[Code]:
        """Return the parts of a member; the mark of a whole union stands for those of enums in it, too."""
        if isinstance(member, ir.EnumRef):
            return [self._sibling(self._names.classes[member.name])]
        return self._parts(member, given=given)

    def _is_mixed(self, ref: ir.TypeRef) -> bool:
        """Return whether a type is an enum with values of several types."""
        return isinstance(ref, ir.EnumRef) and len({*self._names.enums[ref.name].base} - {"none", "None"}) > 1

    def _told_apart(self, ref: ir.UnionOf | ir.EnumRef, members: list[Code]) -> list[Code]:
        """Return members of a union, or values of several types, with the mark that says which is which."""
        if not self._marked:
            return members
        if isinstance(ref, ir.UnionOf) and _is_discriminated(ref):
            mark = self._discriminator(ref)
        else:
            mark = self._use(self._core, "AnyOf")
        return [code("{}[{}, {}]", self._use("typing", "Annotated"), join(" | ", members), mark)]

    def _discriminator(self, ref: ir.UnionOf) -> Code:
        variants = [parenthesised([text(tag), self._sibling(self._names.classes[model])]) for tag, model in ref.mapping]
        base = None if ref.base is None else self._sibling(self._names.classes[ref.base])
        return call(self._use(self._core, "Discriminator"), text(ref.discriminator or ""), *variants, base=base)

    def _besides(self, member: ir.TypeRef) -> list[Code]:
        """Return what can be given for a member of a named union beyond what is read from it."""
        match member:
            case ir.ModelRef():
                return [self.twin(member)] if member.name in self._names.twins else []
            case ir.Scalar() if member.kind != "bytes":
                return [self._imports.builtin("str")] if _has_text_form(member) else []
            case ir.EnumRef() | ir.Const():
                return []
            case _:
                return self._parts(member, given=True)

    def _model(self, ref: ir.ModelRef, *, given: bool) -> list[Code]:
        parts = [self._sibling(self._names.classes[ref.name])]
        if given and ref.name in self._names.twins:
            parts.append(self._sibling(self._names.twins[ref.name]))
        return parts

    def _sibling(self, python_name: str) -> Code:
        return code("{}.{}", self._imports.use_module(self._module, "_models"), identifier(python_name))

    def _scalar(self, scalar: ir.Scalar) -> Code:
        if scalar.kind == "any":
            return self._use(self._core, "JSONValue")
        if scalar.kind == "none":
            return _NONE
        found = _python_scalar(scalar)
        if found.module == "datetime":
            plain = code("{}.{}", self._imports.use_module("datetime", "_dt"), identifier(found.name))
        else:
            plain = self._use(found.module, found.name) if found.module else self._imports.builtin(found.name)
        if not found.form or not self._marked:
            return plain
        mark = call(self._use(self._core, "Format"), text(found.form))
        return code("{}[{}, {}]", self._use("typing", "Annotated"), plain, mark)

    def _const(self, const: ir.Const) -> Code:
        value = const.value
        if value is None:
            return _NONE
        if isinstance(value, float) or (isinstance(value, int) and value.bit_length() > 63):
            plain = self._imports.builtin("float" if isinstance(value, float) else "int")
            if not self._marked:
                return plain
            mark = call(self._use(self._core, "Constant"), literal(value))
            return code("{}[{}, {}]", self._use("typing", "Annotated"), plain, mark)
        return code("{}[{}]", self._use("typing", "Literal"), literal(value))

    def _abc(self, name: str) -> Code:
        return self._use("collections.abc", name)

    def _use(self, module: str, name: str) -> Code:
        return self._imports.use(module, name)


def _is_discriminated(ref: ir.UnionOf) -> bool:
    return ref.discriminator is not None and bool(ref.mapping)


def _has_text_form(scalar: ir.Scalar) -> bool:
    """Return whether a caller may as well give the text that is sent: of a time, a date, a UUID, a decimal number."""
    return scalar.kind == "str" and _python_scalar(scalar).module != ""
