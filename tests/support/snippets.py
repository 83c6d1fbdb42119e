"""Read snippets of OpenAPI, format types as short text, and check invariants of documents."""

from __future__ import annotations

import keyword
from textwrap import dedent

from xcaas_generator import ir
from xcaas_generator.problems import Problem
from xcaas_generator.python import names
from xcaas_generator.read import ReadResult, read_document

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


def read(text: str, *, strict: bool = False, head: str = HEAD) -> ReadResult:
    """Read a document from YAML without its head."""
    result = read_document((head + dedent(text)).encode(), name="snippet", strict=strict)
    check(result.document)
    return result


def read_schema(
    text: str, *, version: str = "3.1.0", others: str = ""
) -> tuple[ir.Field, ir.Document, tuple[Problem, ...]]:
    """Read a schema as the property `it` of the component `Holder`, with other components."""
    head = f"openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{}}\n"
    body = "components:\n  schemas:\n    Holder:\n      type: object\n      properties:\n        it:\n"
    body += _indented(text, 10) + _indented(others, 4)
    result = read_document((head + body).encode(), name="snippet", strict=False)
    check(result.document)
    holder = next(model for model in result.document.models if model.name == "Holder")
    problems = tuple(problem for problem in result.warnings if "has no paths" not in problem.message)
    return next(field for field in holder.fields if field.wire == "it"), result.document, problems


def _indented(text: str, width: int) -> str:
    return "".join(" " * width + line + "\n" for line in dedent(text).strip("\n").splitlines())


def shown(type_: ir.TypeRef) -> str:
    """Format a type as text: `[Pet]`, `{int}`, `A|B@kind(a=A,b=B)`, `str:date`, `=1`."""
    if isinstance(type_, ir.Scalar):
        return type_.kind + (f":{type_.format}" if type_.format else "")
    if isinstance(type_, ir.ModelRef | ir.EnumRef):
        return type_.name
    if isinstance(type_, ir.Const):
        return f"={type_.value!r}"
    if isinstance(type_, ir.ListOf):
        return f"[{shown(type_.item)}]"
    if isinstance(type_, ir.MapOf):
        return f"{{{shown(type_.value)}}}"
    tags = ",".join(f"{tag}={name}" for tag, name in type_.mapping)
    return "|".join(shown(member) for member in type_.members) + (f"@{type_.discriminator}({tags})" if tags else "")


def operation(document: ir.Document, id_: str) -> ir.Operation:
    return next(candidate for candidate in document.operations if candidate.id == id_)


def model(document: ir.Document, name: str) -> ir.Model:
    return next(candidate for candidate in document.models if candidate.name == name)


def fields(document: ir.Document, name: str) -> dict[str, str]:
    """Return the types of a model's fields by wire name; `!` marks required ones, `?` nullable ones."""
    return {
        field.wire: shown(field.type) + "?" * field.nullable + "!" * field.required
        for field in model(document, name).fields
    }


def messages(problems: tuple[Problem, ...]) -> str:
    return "\n".join(str(problem) for problem in problems)


# --- invariants of documents -----------------------------------------------------


def check(document: ir.Document) -> None:
    """Check that names are unique and valid, references resolve, and nodes have a source location."""
    classes = [item.name for item in document.models] + [item.name for item in document.enums]
    assert len({"_".join(names.words(name)).casefold() for name in classes}) == len(classes)
    for name in classes:
        assert name.isidentifier(), name
        assert not keyword.iskeyword(name), name
        assert name[0].isupper(), name
    models, enums = {item.name for item in document.models}, {item.name for item in document.enums}
    for type_ in _types(document):
        _check_type(type_, models, enums)
    for item in document.models:
        assert len({field.wire for field in item.fields}) == len(item.fields)
        for field in item.fields:
            assert field.name.isidentifier(), field.name
    for enum in document.enums:
        assert enum.values
        assert None not in enum.values
    ids = [item.id for item in document.operations]
    assert len(set(ids)) == len(ids)
    for op in document.operations:
        in_path = [item.wire for item in op.parameters if item.location == "path"]
        assert all(f"{{{wire}}}" in op.path for wire in in_path)
        assert all(item.name.isidentifier() for item in op.parameters)
        assert op.servers
        assert op.place.pointer
    for refused in document.refused:
        assert refused.reason
        assert refused.method


def _types(document: ir.Document) -> list[ir.TypeRef]:
    types = [field.type for node in document.models for field in node.fields]
    types += [node.extra for node in document.models if node.extra is not None]
    for op in document.operations:
        types += [node.type for node in op.parameters]
        types += [node.type for node in (op.body.variants if op.body else ())]
        for response in op.responses:
            types += [node.type for node in response.variants] + [node.type for node in response.headers]
    return types


def _check_type(type_: ir.TypeRef, models: set[str], enums: set[str]) -> None:
    if isinstance(type_, ir.ModelRef):
        assert type_.name in models, type_.name
    elif isinstance(type_, ir.EnumRef):
        assert type_.name in enums, type_.name
    elif isinstance(type_, ir.ListOf):
        _check_type(type_.item, models, enums)
    elif isinstance(type_, ir.MapOf):
        _check_type(type_.value, models, enums)
    elif isinstance(type_, ir.UnionOf):
        assert len(set(type_.members)) == len(type_.members) > 1
        assert all(not isinstance(member, ir.UnionOf) for member in type_.members)
        assert all(name in models for _, name in type_.mapping)
        assert bool(type_.mapping) == (type_.discriminator is not None)
        for member in type_.members:
            _check_type(member, models, enums)
