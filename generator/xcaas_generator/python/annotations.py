"""From the types of a spec to annotations in Python and to codec expressions of the run time.

Two views of one type: what a call gives back (`list[Tag]`, exact) and what it takes
(`Sequence[Tag | TagDict]`, generous). Codec expressions are text that
`xcaas_core.models.resolve` reads on first use; None means that JSON's own value will do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from xcaas_generator import ir
from xcaas_generator.python.code import Code, code, identifier, join, literal
from xcaas_generator.python.imports import Imports

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DATE_TIME = "date-time"
_EPOCHS = frozenset({"epoch-seconds", "epoch-milliseconds", "epoch-microseconds"})
_TEXT_INTEGERS = frozenset({"int32", "int64"})
_TEXT_NUMBERS = frozenset({"float", "double", "decimal"})
_MODELS = "xcaas_core.models"
_SDK = "xcaas_core.sdk"
_NONE = Code("None")


@dataclass(frozen=True, slots=True)
class ModelNames:
    """Python names of a product's models and enums, by their name in the document.

    `stems` are the module names inside the `models` package; `twins` the typed
    dictionaries of those models that a request can hold; `both_ways` names models that
    requests and answers can hold; `unions` has the names of unions, by `union_key`, and
    `parsers` the functions that read them.
    """

    classes: Mapping[str, str]
    stems: Mapping[str, str]
    twins: Mapping[str, str]
    enums: Mapping[str, ir.Enum]
    both_ways: frozenset[str] = frozenset()
    unions: Mapping[str, str] = field(default_factory=dict[str, str])
    parsers: Mapping[str, str] = field(default_factory=dict[str, str])

    def union(self, ref: ir.UnionOf) -> str | None:
        """The name of a union in the document, if it has one."""
        return self.unions.get(union_key(ref))


def union_key(ref: ir.UnionOf) -> str:
    """What only equal unions have in common. As values, the constants 1 and true would be equal, too."""
    return repr(ref)


def scalar_codec(scalar: ir.Scalar) -> str:
    """The codec of a scalar; `str int float bool none json` need no work on either side."""
    form = scalar.form or ""
    if scalar.kind == "str":
        return _text_codec(form)
    if scalar.kind in ("int", "float") and form in _EPOCHS:
        return f"datetime:{form}"
    return {"any": "json"}.get(scalar.kind, scalar.kind)


def _text_codec(form: str) -> str:
    if form == _DATE_TIME:
        return "datetime"
    if form.startswith(_DATE_TIME + "-"):
        return f"datetime:{form.removeprefix(_DATE_TIME + '-')}"
    if form in _EPOCHS:
        return f"datetime:{form}-text"
    if form in _TEXT_INTEGERS:
        return "int:text"
    if form in _TEXT_NUMBERS:
        return "float:text"
    return form if form in ("date", "uuid") else "str"


def codec(ref: ir.TypeRef, names: ModelNames, *, nullable: bool = False) -> str:
    """The codec expression of a type."""
    expression = _codec(ref, names)
    if not nullable or expression in ("json", "none"):
        return expression
    return f"({expression})?" if isinstance(ref, ir.UnionOf) else f"{expression}?"


def _codec(ref: ir.TypeRef, names: ModelNames) -> str:
    match ref:
        case ir.Scalar():
            return scalar_codec(ref)
        case ir.ModelRef():
            return names.classes[ref.name]
        case ir.EnumRef():
            return "|".join(names.enums[ref.name].base)
        case ir.Const():
            return "=" + json.dumps(ref.value)
        case ir.ListOf():
            return f"[{_codec(ref.item, names)}]"
        case ir.MapOf():
            return f"{{{_codec(ref.value, names)}}}"
        case ir.UnionOf():
            return _union_codec(ref, names)


def _union_codec(ref: ir.UnionOf, names: ModelNames) -> str:
    members = list(dict.fromkeys(_member_codec(member, names) for member in ref.members))
    if ref.discriminator is None or not ref.mapping:
        return "|".join(members)
    tags = ",".join(f"{_word(tag)}={names.classes[model]}" for tag, model in ref.mapping)
    return f"{'|'.join(members)}@{_word(ref.discriminator)}({tags})"


def _member_codec(member: ir.TypeRef, names: ModelNames) -> str:
    expression = _codec(member, names)
    return f"({expression})" if isinstance(member, ir.UnionOf) else expression


def _word(text: str) -> str:
    """A tag or property name inside an expression: bare where it can be, else a JSON string."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


class Annotations:
    """Annotations for one module; each needed name is imported there for type checkers.

    Args:
        beside_models: The module is inside the `models` package.
        own: Names of models that the module itself defines.
        typing_only: Nothing of an annotation is needed at run time.
    """

    def __init__(
        self,
        names: ModelNames,
        imports: Imports,
        *,
        beside_models: bool,
        own: frozenset[str] = frozenset(),
        typing_only: bool = True,
    ) -> None:
        self._names = names
        self._imports = imports
        self._beside_models = beside_models
        self._own = own
        self._typing_only = typing_only

    def read(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """The type of a value that comes from a server."""
        return self._or_none(self._parts(ref, given=False), nullable)

    def write(self, ref: ir.TypeRef, *, nullable: bool = False) -> Code:
        """The type of a value that a caller hands over."""
        return self._or_none(self._parts(ref, given=True), nullable)

    def twin(self, ref: ir.ModelRef) -> Code:
        """The typed dictionary of a model that requests can hold."""
        return self._sibling(ref.name, self._names.twins[ref.name])

    def _or_none(self, parts: list[Code], nullable: bool) -> Code:
        unique = list(dict.fromkeys(parts))
        if nullable or _NONE in unique:
            unique = [part for part in unique if part != _NONE]
            if self._json() not in unique:
                unique.append(_NONE)
        return join(" | ", unique)

    def _json(self) -> Code | None:
        """The local name of free JSON, which may be null already."""
        return self._imports.known(_MODELS, "JSONValue")

    def _parts(self, ref: ir.TypeRef, *, given: bool) -> list[Code]:
        """The members of a type's union; one for most types."""
        match ref:
            case ir.Scalar(kind="bytes") if given:
                return [self._use(_SDK, "FileInput")]
            case ir.Scalar() if given and self._has_text_form(ref):
                return [self._scalar(ref), self._builtin("str")]
            case ir.Scalar():
                return [self._scalar(ref)]
            case ir.ModelRef():
                return self._model(ref, given=given)
            case ir.EnumRef():
                return [self._sibling(ref.name, self._names.classes[ref.name])]
            case ir.Const():
                return [self._const(ref)]
            case ir.ListOf():
                item = self._or_none(self._parts(ref.item, given=given), nullable=False)
                outer = self._abc("Sequence") if given else self._builtin("list")
                return [code("{}[{}]", outer, item)]
            case ir.MapOf():
                value = self._or_none(self._parts(ref.value, given=given), nullable=False)
                outer = self._abc("Mapping") if given else self._builtin("dict")
                return [code("{}[{}, {}]", outer, self._builtin("str"), value)]
            case ir.UnionOf():
                return self._union(ref, given=given)

    def _union(self, ref: ir.UnionOf, *, given: bool) -> list[Code]:
        name = self._names.union(ref)
        if name is not None and self._names.classes[name] not in self._own:
            besides = [part for member in ref.members for part in self._besides(member)] if given else []
            return [self._sibling(name, self._names.classes[name]), *besides]
        parts = [part for member in ref.members for part in self._parts(member, given=given)]
        if ref.discriminator is not None and ref.mapping:
            parts.append(self._use(_MODELS, "UnknownModel"))
        return parts

    def _besides(self, member: ir.TypeRef) -> list[Code]:
        """What can be given for a member of a named union beyond what is read from it."""
        match member:
            case ir.ModelRef():
                return [self.twin(member)] if member.name in self._names.twins else []
            case ir.Scalar() if member.kind != "bytes":
                return [self._builtin("str")] if self._has_text_form(member) else []
            case ir.EnumRef() | ir.Const():
                return []
            case _:
                return self._parts(member, given=True)

    def _model(self, ref: ir.ModelRef, *, given: bool) -> list[Code]:
        parts = [self._sibling(ref.name, self._names.classes[ref.name])]
        if given and ref.name in self._names.twins:
            parts.append(self._sibling(ref.name, self._names.twins[ref.name]))
        return parts

    def _sibling(self, name: str, python_name: str) -> Code:
        if python_name in self._own:
            return identifier(python_name)
        module = f".{self._names.stems[name]}" if self._beside_models else ".models"
        return self._use(module, python_name)

    @staticmethod
    def _has_text_form(scalar: ir.Scalar) -> bool:
        """Whether a caller may as well give the text that is sent: of a time, a date, a UUID."""
        if scalar.kind != "str":
            return False
        expression = scalar_codec(scalar)
        return expression in ("date", "uuid") or expression.startswith("datetime")

    def _scalar(self, scalar: ir.Scalar) -> Code:
        expression = scalar_codec(scalar)
        if expression == "json":
            return self._use(_MODELS, "JSONValue")
        if expression == "none":
            return _NONE
        if expression == "date" or expression.startswith("datetime"):
            module = self._imports.use_module("datetime", "_dt", typing_only=self._typing_only)
            return code("{}.date", module) if expression == "date" else code("{}.datetime", module)
        if expression == "uuid":
            return self._use("uuid", "UUID")
        return self._builtin(expression.partition(":")[0])

    def _const(self, const: ir.Const) -> Code:
        if const.value is None:
            return _NONE
        if isinstance(const.value, float):
            return self._builtin("float")
        return code("{}[{}]", self._use("typing", "Literal"), literal(const.value))

    def _abc(self, name: str) -> Code:
        return self._use("collections.abc", name)

    def _use(self, module: str, name: str) -> Code:
        return self._imports.use(module, name, typing_only=self._typing_only)

    def _builtin(self, name: str) -> Code:
        return self._imports.builtin(name, typing_only=self._typing_only)
