"""House rules for this repository's own specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.snippets import messages
from xcaas_generator.lint.rules import lint

VALID = """
openapi: 3.1.1
info: {title: T, version: '1'}
tags: [{name: things, description: Things.}]
paths:
  /things/{id}:
    get:
      operationId: getThing
      tags: [things]
      summary: Get one thing
      description: Use it to look at a thing.
      x-xcaas-resource: {path: things, verb: get}
      parameters:
        - {name: id, in: path, required: true, description: The thing., schema: {type: string}, example: a1}
      responses:
        '200':
          description: The thing.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
              examples: {one: {value: {size: 3}}}
        '404': {description: No such thing., x-xcaas-no-body: the gateway sends none}
components:
  schemas:
    Thing:
      type: object
      description: A thing.
      properties:
        size: {type: integer, description: How big., examples: [1]}
      example: {size: 2}
"""


def lint_messages(tmp_path: Path, old: str = "", new: str = "") -> str:
    assert old in VALID
    path = tmp_path / "things.yaml"
    path.write_text(VALID.replace(old, new), encoding="utf-8")
    problems = lint(path)
    assert all(problem.line for problem in problems)
    return messages(problems)


def test_a_valid_spec_has_no_problems(tmp_path: Path) -> None:
    assert lint_messages(tmp_path) == ""


CASES = {
    "operation id": ("getThing", "Get-Thing", "not lowerCamelCase"),
    "no resource": ("x-xcaas-resource: {path: things, verb: get}", "deprecated: false", "no place in the client"),
    "resource name": ("path: things, verb: get", "path: Things, verb: get", "not snake_case"),
    "no summary": ("summary: Get one thing", "deprecated: false", "no summary"),
    "long summary": ("Get one thing", "Get one thing and then some more of it all.", "not short"),
    "no description": ("description: Use it to look at a thing.", "deprecated: false", "the operation has no description"),
    "no tag": ("tags: [things]", "tags: []", "no tag"),
    "undeclared tag": ("tags: [things]", "tags: [thigns]", "the tag 'thigns' is not declared (at #/paths/~1things~1{id}/get/tags/0). Did you mean 'things'?"),
    "unknown format": ("{type: integer, description: How big.", "{type: integer, format: int23, description: How big.", "the format 'int23' is not known (at #/components/schemas/Thing/properties/size/format). Did you mean 'int32'?"),
    "undescribed parameter": ("description: The thing., schema", "schema", "the parameter 'id' has no description"),
    "error without a body": (", x-xcaas-no-body: the gateway sends none", "", "the error 404 has no body"),
    "schema name": ("Thing:\n      type", "thing_Item: {type: string, description: Another.}\n    Thing:\n      type", "not PascalCase"),
    "schema name that says nothing": ("Thing:\n      type", "ThingItem2: {type: string, description: Another.}\n    Thing:\n      type", "says nothing"),
    "undescribed schema": ("description: A thing.\n", "deprecated: false\n", "the schema has no description"),
    "undescribed field": ("{type: integer, description: How big., examples: [1]}", "{type: integer}", "the field 'size' has no description"),
    "unnamed class": (
        "size: {type: integer,", "in: {description: x, properties: {a: {type: string, description: x}}}\n        size: {type: integer,",
        "without a title",
    ),
    "example of a parameter": ("schema: {type: string}, example: a1", "schema: {type: integer}, example: a1", "does not validate"),
    "example of a field": ("examples: [1]", "examples: [x]", "does not validate"),
    "example of a schema": ("example: {size: 2}", "example: {size: big}", "does not validate at /size"),
    "example of an answer": ("value: {size: 3}", "value: {size: big}", "does not validate at /size"),
    "not even valid": ("openapi: 3.1.1", "swagger: '2.0'", "Swagger"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES.values(), ids=CASES.keys())
def test_violations_are_reported(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in lint_messages(tmp_path, old, new)


def test_two_operations_with_the_same_call_are_reported(tmp_path: Path) -> None:
    operation = VALID[VALID.index("    get:\n") : VALID.index("components:")].replace("getThing", "findThing")
    assert "things.get is already the operation at" in lint_messages(
        tmp_path, "components:", "  /more/{id}:\n" + operation + "components:"
    )


def test_a_resource_named_like_a_method_is_reported(tmp_path: Path) -> None:
    operation = VALID[VALID.index("    get:\n") : VALID.index("components:")].replace("getThing", "findThing")
    problems = lint_messages(
        tmp_path,
        "components:",
        "  /more/{id}:\n"
        + operation.replace("path: things, verb: get", "path: things.get, verb: find")
        + "components:",
    )
    assert "the resource 'things.get' is already the operation at #/paths/~1things~1{id}/get" in problems


@pytest.mark.parametrize("path", sorted(Path("specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_our_specs_have_no_problems(path: Path) -> None:
    assert messages(lint(path)) == ""


@pytest.mark.parametrize(
    ("old", "new", "problem", "advice"),
    [
        ("required: true", "requierd: true", "the parameter has an unknown key 'requierd'", "mean 'required'?"),
        ("tags: [things]", "sumary: x", "the operation has an unknown key 'sumary'", "mean 'summary'?"),
        ("type: string}", "type: string, patern: a}", "the schema has an unknown key 'patern'", "mean 'pattern'?"),
        ("schema: {$ref", "shema: {$ref", "the media type has an unknown key 'shema'", "mean 'schema'?"),
        ("paths:", "zzz: 1\npaths:", "the document has an unknown key 'zzz'", "Remove it"),
    ],
)
def test_misspelled_keys_are_reported(tmp_path: Path, old: str, new: str, problem: str, advice: str) -> None:
    problems = lint_messages(tmp_path, old, new)
    assert problem in problems
    assert advice in problems


def test_extensions_and_names_are_not_checked_as_keys(tmp_path: Path) -> None:
    assert lint_messages(tmp_path, "size: {type: integer", "requierd: {x-new: 1, type: integer") == ""
