"""A product's operations and models, read by griffe from the source of the generated package, without importing it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import griffe

from xcaas_sandbox._specs import Operation, is_list, is_node, load_products

__all__ = ["ROOT", "Field", "Member", "Model", "Parameter", "Reference", "Resource", "load", "product_names"]

ROOT = Path(__file__).parents[1]
GENERATED = ROOT / "generated" / "xcaas"
_ANNOTATED = re.compile(r"Annotated\[((?:(?!Annotated\[).)+?), (?:Format\(.*?\)|AnyOf|OneOrList)\]")


@dataclass(frozen=True)
class Parameter:
    """One argument of a method. `default` is Python source; None if the argument is required."""

    name: str
    annotation: str
    default: str | None
    keyword: bool
    text: str


@dataclass(frozen=True)
class Member:
    """A method: an operation, or a helper built on one (`restore_and_wait`), which has no `row`."""

    call: str
    summary: str
    text: str
    parameters: list[Parameter]
    returns: str
    returned: str
    raises: list[tuple[str, str]]
    row: dict[str, object] | None = None
    operation: Operation | None = None


@dataclass(frozen=True)
class Resource:
    """A class of methods; `path` is empty for the product itself."""

    path: str
    text: str
    members: list[Member]


@dataclass(frozen=True)
class Field:
    """One field of a model."""

    name: str
    annotation: str
    required: bool
    text: str


@dataclass(frozen=True)
class Model:
    """A model with its fields, or a name for known values (`values`) or other types (`annotation`)."""

    name: str
    text: str
    fields: list[Field] = field(default_factory=list[Field])
    values: list[str] = field(default_factory=list[str])
    annotation: str = ""


@dataclass(frozen=True)
class Reference:
    """The content of a product's page."""

    name: str
    title: str
    text: str
    resources: list[Resource]
    models: dict[str, Model]


def manifest() -> dict[str, object]:
    """Return the manifest of the generated package."""
    loaded: dict[str, object] = json.loads((GENERATED / "_manifest.json").read_text("utf-8"))
    return loaded


def product_names() -> list[str]:
    """Return the Python names of products, sorted."""
    titles = manifest()["titles"]
    assert is_node(titles)
    return sorted(titles)


def load(product: str) -> Reference:
    """Read the reference of a product."""
    package = griffe.load(product, search_paths=[GENERATED], docstring_parser="google", try_relative_path=False)
    assert isinstance(package, griffe.Module)
    classes = {
        name: class_
        for module in package.modules.values()
        if module.name != "models"
        for name, class_ in module.classes.items()
        if not class_.is_alias
    }
    client = next(
        class_
        for name, class_ in package.modules["_client"].classes.items()
        if not class_.is_alias and not name.startswith("Async")
    )
    operation_rows = manifest()["operations"]
    assert is_list(operation_rows)
    rows: dict[str, dict[str, object]] = {row["call"]: row for row in operation_rows if row["product"] == product}
    specs = next(spec for spec in load_products() if spec.name == product)
    operations = {operation.id: operation for operation in specs.operations}
    summary, text = _prose(client)
    return Reference(
        name=product,
        title=summary.rstrip("."),
        text=text,
        resources=[
            Resource(
                path,
                "\n\n".join(_prose(class_)) if path else "",
                [
                    _member(f"{product}.{path}{'.' if path else ''}{method.name}", method, rows, operations)
                    for method in methods
                ],
            )
            for path, class_, methods in _resources(client, classes, "")
        ],
        models={model.name: model for model in _models(package["models"])},
    )


def _resources(
    class_: griffe.Class, classes: dict[str, griffe.Class], path: str
) -> Iterator[tuple[str, griffe.Class, list[griffe.Function]]]:
    bases = [classes[str(base)] for base in class_.bases if str(base) in classes]
    members = [member for owner in (*bases, class_) for member in owner.members.values() if not member.is_alias]
    methods = [m for m in members if isinstance(m, griffe.Function) and not m.name.startswith("_")]
    if methods:
        yield path, class_, methods
    for member in members:
        if isinstance(member, griffe.Attribute) and "property" in member.labels:
            child_path = f"{path}.{member.name}" if path else member.name
            yield from _resources(classes[str(member.annotation)], classes, child_path)


def _member(
    call: str, method: griffe.Function, rows: dict[str, dict[str, object]], operations: dict[str, Operation]
) -> Member:
    summary, text = _prose(method)
    sections = method.docstring.parsed if method.docstring else []
    texts: dict[str, str] = {}
    returned, raises = "", list[tuple[str, str]]()
    for section in sections:
        if isinstance(section, griffe.DocstringSectionParameters):
            texts = {item.name: _line(item.description) for item in section.value}
        elif isinstance(section, griffe.DocstringSectionReturns):
            returned = " ".join(_line(item.description) for item in section.value)
        elif isinstance(section, griffe.DocstringSectionRaises):
            raises = [(str(item.annotation), _line(item.description)) for item in section.value]
    source = re.search(r"^Source: `(\w+)`", method.docstring.value if method.docstring else "", re.MULTILINE)
    return Member(
        call=call,
        summary=summary,
        text=text,
        parameters=[
            Parameter(
                name=parameter.name,
                annotation=_annotation(parameter.annotation),
                default=None if parameter.default is None else str(parameter.default),
                keyword=parameter.kind is griffe.ParameterKind.keyword_only,
                text=texts.get(parameter.name, ""),
            )
            for parameter in method.parameters
            if parameter.name != "self"
        ],
        returns=_annotation(method.returns),
        returned=returned,
        raises=raises,
        row=rows.get(call),
        operation=operations[source[1]] if source else None,
    )


def _models(package: griffe.Module) -> Iterator[Model]:
    for module in package.modules.values():
        for name, class_ in module.classes.items():
            if not class_.is_alias and not name.startswith("_") and "TypedDict" not in map(str, class_.bases):
                yield Model(name, "\n\n".join(filter(None, _prose(class_))), fields=list(_fields(class_)))
        for name, alias in module.attributes.items():
            if name != "__all__" and str(alias.annotation) == "TypeAlias" and not name.endswith("Dict"):
                annotation = _annotation(alias.value)
                values = re.findall(r"'((?:[^'\\]|\\.)*)'", annotation) if annotation.startswith("Literal[") else []
                yield Model(
                    name,
                    "\n\n".join(filter(None, _prose(alias))),
                    values=values,
                    annotation="" if values else annotation,
                )


def _fields(class_: griffe.Class) -> Iterator[Field]:
    for name, attribute in class_.attributes.items():
        if not name.startswith("_") and attribute.annotation is not None:
            yield Field(
                name=name,
                annotation=_annotation(attribute.annotation),
                required="default=" not in str(attribute.value),
                text=_line(attribute.docstring.value if attribute.docstring else ""),
            )


def _prose(object_: griffe.Object) -> tuple[str, str]:
    """Return the summary and the description of a docstring, without its sections."""
    text = object_.docstring.value if object_.docstring else ""
    text = re.split(r"^(?:Args|Returns|Raises|Source):", text, maxsplit=1, flags=re.MULTILINE)[0]
    summary, *paragraphs = [_line(paragraph) for paragraph in text.strip().split("\n\n")]
    return summary, "\n\n".join(paragraphs)


def _annotation(expression: object) -> str:
    text = re.sub(r"\b(?:_sdk|_models|_dt|_t)\.|\b_(?=list\[)", "", "None" if expression is None else str(expression))
    while _ANNOTATED.search(text):  # innermost first
        text = _ANNOTATED.sub(r"\1", text)
    return text


def _line(text: str) -> str:
    return " ".join(text.split())
