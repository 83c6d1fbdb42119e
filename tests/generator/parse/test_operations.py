"""What the parser refuses all the same is refused with its place, and the rest goes on."""

from __future__ import annotations

from tests.support.snippets import check
from xcaas_generator import ir
from xcaas_generator.load.documents import Documents
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.document import normalise
from xcaas_generator.normalise.drafts import DocumentDraft
from xcaas_generator.parse.canonical import Canonical, emit
from xcaas_generator.parse.operations import parse
from xcaas_generator.report import Report

TEXT = b"""
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /pets: {get: {operationId: listPets, responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}}
  /toys: {get: {operationId: listToys, responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Toy'}}}}}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}}}
    Toy: {type: object, properties: {size: {type: integer}}}
"""


def drafted() -> tuple[DocumentDraft, Canonical, Report]:
    report = Report()
    library = Documents(report)
    file = library.read_root(TEXT, "doc")
    draft = normalise(Node(file, "", file.tree), Resolver(library, report), report, "doc")
    return draft, emit(draft), report


def part(node: ir.JSON, *path: str) -> dict[str, ir.JSON]:
    for key in path:
        assert isinstance(node, dict)
        node = node[key]
    assert isinstance(node, dict)
    return node


def test_the_canonical_document_says_the_same() -> None:
    _, canonical, report = drafted()
    assert not report.problems
    assert part(canonical.document, "components", "schemas", "Pet") == {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": [],
    }
    assert canonical.slots == [("/pets", "get"), ("/toys", "get")]


def test_a_class_that_the_parser_does_not_take() -> None:
    draft, canonical, report = drafted()
    part(canonical.document, "components", "schemas", "Pet", "properties")["name"] = {
        "$ref": "#/components/schemas/Gone"
    }
    document = parse(draft, canonical, report)
    check(document)
    assert [one.id for one in document.operations] == ["listToys"]
    assert [(one.method, one.path, one.place.pointer) for one in document.refused] == [
        ("GET", "/pets", "/paths/~1pets/get")
    ]
    assert [one.name for one in document.models] == ["Toy"]
    said = "\n".join(str(problem) for problem in report.problems)
    assert "Could not find reference" in said
    assert "the class Pet was left out" in said
    assert "GET /pets was refused" in said


def test_an_operation_that_the_canonical_document_lost() -> None:
    draft, canonical, report = drafted()
    part(canonical.document, "paths", "/pets", "get")["responses"] = {"200": 5}
    document = parse(draft, canonical, report)
    assert [one.id for one in document.operations] == ["listToys"]
    assert document.refused[0].reason == "the canonical document has no responses/200"
