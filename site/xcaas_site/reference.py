"""What the reference knows of each product: read by griffe from the generated clients, which are not imported, and from their manifest."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import griffe

__all__ = ["Entry", "Method", "ModelClass", "Product", "Reference", "Resource"]

Record: TypeAlias = dict[str, Any]
_SOURCE: Final = re.compile(r"^Source: `(?P<operation>\w+)`, `(?P<request>[^`]+)` in (?P<file>\w+)\.yaml\.$", re.M)
_LIMIT: Final = re.compile(r"RateLimit\((\d+), (\d+)\)")
_PRIVATE: Final = re.compile(r"\b_\w+\.")


@dataclass(frozen=True)
class Entry:
    """A parameter, a field or an error: its name, its type where it has one, and what is said of it."""

    name: str
    type: str
    text: str


@dataclass(frozen=True)
class Method:
    """A method of a client: the call of an operation, or what waits for one."""

    call: str
    function: griffe.Function
    operation: Record | None
    parameters: tuple[griffe.Parameter, ...]
    arguments: tuple[Entry, ...]
    returns: Entry
    errors: tuple[Entry, ...]
    summary: str
    text: str
    request: str

    @property
    def name(self) -> str:
        return self.function.name


@dataclass(frozen=True)
class Resource:
    """A group of methods: `storage.objects`."""

    call: str
    text: str
    methods: list[Method]


@dataclass(frozen=True)
class ModelClass:
    """A model or an enum, with its fields or values."""

    name: str
    text: str
    fields: list[Entry]


@dataclass(frozen=True)
class Product:
    """A product as a client offers it."""

    name: str
    title: str
    text: str
    regions: list[str]
    limits: list[tuple[int, int]]
    """Requests, and the seconds in which there may be so many."""
    resources: list[Resource]
    models: list[ModelClass] = field(default_factory=list[ModelClass])


class Reference:
    """All products of a generated package, in the order of the manifest."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._manifest: Record = json.loads((package / "_manifest.json").read_text("ascii"))
        self._operations = {record["call"]: record for record in self._manifest["operations"]}

    @cached_property
    def products(self) -> list[Product]:
        module = griffe.load(self._package.name, search_paths=[self._package.parent], docstring_parser="google")
        return [self._product(module, name, title) for name, title in self._manifest["titles"].items()]

    def _product(self, module: Any, name: str, title: str) -> Product:
        classes = module[f"{name}._client"].classes.values()
        client = next(one for one in classes if not one.is_alias and not one.name.startswith("Async"))
        resources = list(self._resources(module[name], client, name))
        models = list(_models(module[name].modules.get("models")))
        facts = str(module[f"{name}._product.PRODUCT"].value)
        limits = [(int(found[1]), int(found[2])) for found in _LIMIT.finditer(facts)]
        return Product(name, title, _text(client), self._manifest["regions"].get(name, []), limits, resources, models)

    def _resources(self, package: Any, owner: griffe.Class, call: str) -> Iterator[Resource]:
        """Yield what a client or resource has, and then what hangs from it."""
        methods = [self._method(one, call) for one in owner.functions.values() if not one.name.startswith("_")]
        if methods:
            yield Resource(call, _text(owner), methods)
        for attribute in owner.attributes.values():
            if "property" in attribute.labels:
                kind = _class_of(package, str(attribute.annotation))
                yield from self._resources(package, kind, f"{call}.{attribute.name}")

    def _method(self, function: griffe.Function, owner: str) -> Method:
        call = f"{owner}.{function.name}"
        sections = function.docstring.parsed if function.docstring else []
        found: dict[str, Any] = {section.kind.value: section.value for section in sections}
        text = "\n\n".join(section.value for section in sections if section.kind.value == "text")
        source = _SOURCE.search(text)
        summary, _, rest = _SOURCE.sub("", text).strip().partition("\n\n")
        returned = found.get("returns", [])
        return Method(
            call=call,
            function=function,
            operation=self._operations.get(call),
            parameters=tuple(function.parameters)[1:],
            arguments=tuple(_entry(one) for one in found.get("parameters", ())),
            returns=Entry("", public_type(function.returns), _joined(returned[0].description) if returned else ""),
            errors=tuple(
                Entry("", public_type(one.annotation), _joined(one.description)) for one in found.get("raises", ())
            ),
            summary=summary,
            text=rest,
            request=source["request"] if source else "",
        )


def public_type(annotation: object) -> str:
    """Return a type as users write it: without the private modules of generated code, and without its form on the wire."""
    if annotation is None:
        return "None"
    return ast.unparse(_Bare().visit(ast.parse(_PRIVATE.sub("", str(annotation)), mode="eval")))


class _Bare(ast.NodeTransformer):
    """Takes `Annotated[datetime, Format(…)]` for a `datetime`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


def _models(package: Any) -> Iterator[ModelClass]:
    for module in package.modules.values() if package is not None else ():
        for kind in module.classes.values():
            members = [one for one in kind.attributes.values() if not one.name.startswith("_")]
            fields = [Entry(one.name, public_type(one.annotation or one.value), _text(one)) for one in members]
            yield ModelClass(kind.name, _text(kind), fields)
        for one in module.attributes.values():
            if one.name != "__all__" and not one.name.startswith("_"):
                yield ModelClass(one.name, _text(one), [Entry("", public_type(one.value), "")])


def _class_of(package: Any, name: str) -> griffe.Class:
    found: griffe.Class = next(module.classes[name] for module in package.modules.values() if _has(module, name))
    return found


def _has(module: Any, name: str) -> bool:
    return name in module.classes and not module.classes[name].is_alias


def _entry(parameter: Any) -> Entry:
    return Entry(parameter.name, public_type(parameter.annotation), _joined(parameter.description))


def _text(documented: Any) -> str:
    return documented.docstring.value if documented.docstring else ""


def _joined(text: str) -> str:
    return " ".join(text.split())
