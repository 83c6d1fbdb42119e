"""Short functions that build parsed documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xcaas_generator import ir
from xcaas_generator.manifest import dump
from xcaas_generator.plan.package import package_modules
from xcaas_generator.render.format import format_tree
from xcaas_generator.render.templates import Templates

AT = ir.SourceLocation("pets.yaml", "")
TEXT = ir.Scalar("str")
WHOLE = ir.Scalar("int")
SERVER = ir.Server("https://api.test")

_TEMPLATES = Templates()


def field(wire: str, type_: ir.TypeRef = TEXT, *, required: bool = False, **more: object) -> ir.Field:
    return replace(ir.Field(wire, wire, type_, required, nullable=False, place=AT), **more)  # type: ignore[arg-type]


def model(name: str, *fields: ir.Field, **more: object) -> ir.Model:
    return replace(ir.Model(name, fields, AT), **more)  # type: ignore[arg-type]


def enum(name: str, *values: str | int | float | bool | None, base: tuple[str, ...] = ("str",)) -> ir.Enum:
    return ir.Enum(name, values, AT, base=base)


def query(wire: str, type_: ir.TypeRef = TEXT, *, required: bool = False, **more: object) -> ir.Parameter:
    return replace(ir.Parameter(wire, wire, "query", type_, required, AT), **more)  # type: ignore[arg-type]


def path(wire: str, type_: ir.TypeRef = TEXT) -> ir.Parameter:
    return ir.Parameter(wire, wire, "path", type_, required=True, place=AT, style="simple", explode=False)


def response(
    type_: ir.TypeRef | None = None,
    status: str = "200",
    media_type: str = "application/json",
    kind: ir.ResponseKind = "json",
) -> ir.Response:
    variants = () if type_ is None else (ir.ResponseVariant(media_type, kind, type_),)
    return ir.Response(status, variants, AT)


def json_body(type_: ir.TypeRef, *, required: bool = True, name: str = "body") -> ir.Body:
    return ir.Body((ir.BodyVariant("application/json", "json", type_),), required, AT, name)


def operation(
    id: str, method: str = "GET", url: str = "/pets", *responses: ir.Response, **more: object
) -> ir.Operation:
    result = ir.Operation(id, method, url, AT, (SERVER,), responses=responses or (response(),), tags=("pets",))
    return replace(result, **more)  # type: ignore[arg-type]


def document(*operations: ir.Operation, **more: object) -> ir.Document:
    result = ir.Document("pets", "Pets", "1", AT, servers=(SERVER,), operations=operations)
    return replace(result, **more)  # type: ignore[arg-type]


def texts(document: ir.Document) -> dict[str, str]:
    """Return the modules of the document's package by path, not formatted."""
    plan = package_modules(document, "0" * 64)
    rendered = {module.path: _TEMPLATES.render(module) for module in plan.modules}
    assert len(rendered) == len(plan.modules), "two modules have one path"
    return {**rendered, "_manifest.json": dump("xcaas-gen test", [plan.section])}


def write(document: ir.Document, folder: Path) -> Path:
    """Write the document's package to a folder, formatted."""
    for name, text in texts(document).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    (folder / "py.typed").touch()
    format_tree(folder, ["_client.py"])
    return folder
