"""Examples of a spec, for the fake server."""

from __future__ import annotations

import json
from pathlib import Path

from xcaas_generator import ir
from xcaas_generator.plan import examples
from xcaas_generator.read import read_document

SPEC = """\
openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: 'https://api.test'}]
paths:
  /whole:
    get: {operationId: whole, responses: {'200': {$ref: '#/components/responses/Whole'}}}
  /parts:
    get: {operationId: parts, responses: {'200': {$ref: '#/components/responses/Parts'}}}
  /none:
    get: {operationId: none, responses: {'200': {$ref: '#/components/responses/None'}}}
  /empty:
    delete: {operationId: empty, responses: {'204': {description: Gone.}}}
components:
  responses:
    Whole:
      description: d
      content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Whole'}}}}
    Parts:
      description: d
      content: {application/json: {schema: {$ref: '#/components/schemas/Parts'}}}
    None:
      description: d
      content: {application/json: {schema: {$ref: '#/components/schemas/None'}}}
  schemas:
    Whole:
      type: object
      properties: {id: {type: string}}
      example: {id: o1, more: kept}
    Parts:
      type: object
      required: [state]
      properties:
        id: {type: string, examples: [p1]}
        state: {$ref: '#/components/schemas/State'}
        at: {type: string, format: date-time}
        count: {type: integer}
        total: {type: string, format: int64}
        tags: {type: array, items: {type: string}}
        map: {type: object, additionalProperties: {type: number}}
        again: {$ref: '#/components/schemas/Parts'}
        secret: {type: string, writeOnly: true}
    State: {type: string, enum: [DONE, FAILED]}
    None:
      type: object
      properties: {id: {type: string}}
"""


def test_examples_are_listed_by_operation(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    text = examples.dump(read_document(path, name="spec", strict=False).document)
    assert text is not None
    assert json.loads(text) == {
        "whole": [{"id": "o1", "more": "kept"}],
        "parts": {
            "id": "p1",
            "state": "DONE",
            "at": "2026-03-14T09:26:53Z",
            "count": 1,
            "total": "1",
            "tags": ["text"],
            "map": {"key": 1.5},
            "again": {"state": "DONE"},
        },
    }


def test_a_document_without_examples_has_no_file() -> None:
    assert examples.dump(ir.Document("d", "D", "1", ir.SourceLocation("f", ""))) is None


def test_examples_of_connected_models_are_small() -> None:
    location = ir.SourceLocation("f", "")
    names = [f"M{number}" for number in range(30)]
    fields = tuple(ir.Field(name.lower(), name.lower(), ir.ModelRef(name), False, False, location) for name in names)
    id_field = ir.Field("id", "id", ir.Scalar("str"), True, False, location, example="x")
    models = tuple(ir.Model(name, (id_field, *fields), location) for name in names)
    variant = ir.ResponseVariant("application/json", "json", ir.ModelRef("M0"))
    operation = ir.Operation("op", "GET", "/", location, (), responses=(ir.Response("200", (variant,), location),))
    text = examples.dump(ir.Document("d", "D", "1", location, models=models, operations=(operation,)))
    assert text is not None
    assert len(text) < 100_000
