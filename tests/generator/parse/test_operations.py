"""Parts that the parser refuses are reported with their location, and left out."""

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


def create_draft() -> tuple[DocumentDraft, Canonical, Report]:
    report = Report()
    documents = Documents(report)
    file = documents.read_root(TEXT, "doc")
    draft = normalise(Node(file, "", file.tree), Resolver(documents, report), report, "doc")
    return draft, emit(draft), report


def part(node: ir.JSON, *path: str) -> dict[str, ir.JSON]:
    for key in path:
        assert isinstance(node, dict)
        node = node[key]
    assert isinstance(node, dict)
    return node


def test_the_canonical_document_is_equivalent() -> None:
    _, canonical, report = create_draft()
    assert not report.problems
    assert part(canonical.document, "components", "schemas", "Pet") == {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": [],
    }
    assert canonical.slots == [("/pets", "get"), ("/toys", "get")]


def test_operations_with_a_class_that_the_parser_refuses_are_refused() -> None:
    draft, canonical, report = create_draft()
    part(canonical.document, "components", "schemas", "Pet", "properties")["name"] = {
        "$ref": "#/components/schemas/Gone"
    }
    document = parse(draft, canonical, report)
    check(document)
    assert [operation.id for operation in document.operations] == ["listToys"]
    assert [(refusal.method, refusal.path, refusal.place.pointer) for refusal in document.refused] == [
        ("GET", "/pets", "/paths/~1pets/get")
    ]
    assert [model.name for model in document.models] == ["Toy"]
    problems = "\n".join(str(problem) for problem in report.problems)
    assert "Could not find reference" in problems
    assert "the class Pet was left out" in problems
    assert "GET /pets was refused" in problems


def test_operations_missing_in_the_canonical_document_are_refused() -> None:
    draft, canonical, report = create_draft()
    part(canonical.document, "paths", "/pets", "get")["responses"] = {"200": 5}
    document = parse(draft, canonical, report)
    assert [operation.id for operation in document.operations] == ["listToys"]
    assert document.refused[0].reason == "the canonical document has no responses/200"
