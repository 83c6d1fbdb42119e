"""References where OpenAPI has an object, a map or a list: followed wherever they stand, else the operation is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.snippets import HEAD, fields, messages, operation, read, shown
from xcaas_generator import ir
from xcaas_generator.problems import InputError
from xcaas_generator.read import read_document

DOCUMENT = """
servers: {$ref: '#/x-parts/servers'}
security: {$ref: '#/x-parts/security'}
paths: {$ref: '#/x-parts/paths'}
components: {$ref: '#/x-parts/components'}
x-parts:
  servers: [{$ref: '#/x-parts/server'}]
  server: {url: 'https://h.example'}
  security: [{$ref: '#/x-parts/requirement'}]
  requirement: {Key: []}
  paths:
    /things/{id}: {$ref: '#/x-parts/item'}
  item:
    parameters: {$ref: '#/x-parts/common'}
    put: {$ref: '#/x-parts/put'}
  common: [{$ref: '#/components/parameters/Id'}, {$ref: '#/x-parts/paging'}]
  paging: [{name: page, in: query, schema: {type: integer}}]
  put:
    operationId: putThing
    requestBody: {required: true, content: {$ref: '#/x-parts/content'}}
    responses: {$ref: '#/x-parts/responses'}
    callbacks: {$ref: '#/x-parts/callbacks'}
  content:
    application/json: {$ref: '#/x-parts/media'}
  media: {schema: {$ref: '#/components/schemas/Thing'}}
  responses:
    '200': {description: ok, content: {$ref: '#/x-parts/content'}, headers: {$ref: '#/x-parts/headers'}}
  headers: {X-Rate: {schema: {type: integer}}}
  callbacks: {done: {'{$request.body#/url}': {post: {$ref: '#/x-parts/done'}}}}
  done: {requestBody: {content: {$ref: '#/x-parts/content'}}, responses: {}}
  components:
    schemas: {$ref: '#/x-parts/schemas'}
    parameters: {$ref: '#/x-parts/parameters'}
    securitySchemes: {$ref: '#/x-parts/schemes'}
  schemas:
    Thing: {type: object, required: [name], properties: {$ref: '#/x-parts/properties'}}
  properties:
    name: {type: string}
    kind: {enum: {$ref: '#/x-parts/kinds'}}
    other: {oneOf: {$ref: '#/x-parts/choices'}}
  kinds: [a, b]
  choices: [{type: integer}, {type: string}]
  parameters: {Id: {name: id, in: path, required: true, schema: {type: integer}}}
  schemes: {Key: {type: apiKey, in: header, name: X-Key}}
"""


def test_in_every_position() -> None:
    result = read(DOCUMENT)
    found = operation(result.document, "putThing")
    assert [(one.wire, shown(one.type)) for one in found.parameters] == [("id", "int"), ("page", "int")]
    assert found.body is not None
    assert [shown(one.type) for one in found.body.variants] == ["Thing"]
    assert [(one.status, [shown(each.type) for each in one.variants]) for one in found.responses] == [
        ("200", ["Thing"])
    ]
    assert [one.wire for one in found.responses[0].headers] == ["X-Rate"]
    assert found.security == (("Key",),)
    assert [one.url for one in found.servers] == ["https://h.example"]
    assert [(one.name, one.operation) for one in result.document.webhooks] == [("done", "putThing")]
    assert fields(result.document, "Thing") == {"name": "str!", "kind": "ThingKind", "other": "int|str"}
    assert messages(result.warnings) == ""


def test_in_many_files(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "get.yaml").write_text(
        "operationId: getThing\nparameters: {$ref: list.yaml}\nresponses: {'200': {$ref: ok.yaml}}\n", "utf-8"
    )
    (tmp_path / "parts" / "list.yaml").write_text("- {name: page, in: query, schema: {type: integer}}\n", "utf-8")
    (tmp_path / "parts" / "ok.yaml").write_text(
        "description: ok\ncontent: {application/json: {schema: {$ref: '../doc.yaml#/components/schemas/Thing'}}}\n",
        "utf-8",
    )
    (tmp_path / "schemas.yaml").write_text("Thing: {type: object, properties: {a: {type: string}}}\n", "utf-8")
    source = tmp_path / "doc.yaml"
    source.write_text(
        HEAD + "paths: {/a: {get: {$ref: parts/get.yaml}}}\ncomponents: {schemas: {$ref: schemas.yaml}}\n", "utf-8"
    )
    result = read_document(source, name="doc", strict=False)
    found = operation(result.document, "getThing")
    assert [one.wire for one in found.parameters] == ["page"]
    assert shown(found.responses[0].variants[0].type) == "Thing"
    assert messages(result.warnings) == ""


def test_what_stands_beside_a_reference_in_a_map_adds_to_it() -> None:
    result = read(
        "paths:\n  $ref: '#/x-more'\n  /b: {get: {operationId: b, responses: {'204': {description: none}}}}\n"
        "x-more:\n  /a: {get: {operationId: a, responses: {'204': {description: none}}}}\n"
    )
    assert [one.path for one in result.document.operations] == ["/a", "/b"]


def test_a_property_may_be_named_like_a_reference() -> None:
    result = read("paths: {}\ncomponents: {schemas: {A: {properties: {$ref: {type: string}, b: {type: integer}}}}}")
    assert fields(result.document, "A") == {"$ref": "str", "b": "int"}


GOOD = "  /good: {get: {operationId: good, responses: {'204': {description: none}}}}\n"
PARTS = """
x-part: {type: object, properties: {friend: {$ref: '#/x-part'}, lost: {allOf: [{$ref: '#/nope'}]}}}
x-circle: {$ref: '#/x-round'}
x-round: {$ref: '#/x-circle'}
x-self: {description: Nothing., allOf: [{$ref: '#/x-self'}]}
x-two: {allOf: [{$ref: '#/x-other'}]}
x-other: {allOf: [{$ref: '#/x-two'}, {$ref: '#/x-self'}]}
"""


@pytest.mark.parametrize(
    "item",
    [
        "{get: {$ref: '#/nope'}}",
        "{get: {$ref: '#/paths/~1a/get'}}",
        "{get: {parameters: {$ref: '#/nope'}, responses: {'204': {description: none}}}}",
        "{get: {parameters: [{$ref: '#/nope'}], responses: {'204': {description: none}}}}",
        "{parameters: [{$ref: '#/nope'}], get: {responses: {'204': {description: none}}}}",
        "{get: {responses: {$ref: '#/nope'}}}",
        "{get: {responses: {'200': {$ref: '#/nope'}}}}",
        "{get: {responses: {'200': {description: ok, content: {$ref: '#/nope'}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {$ref: '#/nope'}}}}}}",
        "{post: {requestBody: {$ref: '#/nope'}, responses: {'204': {description: none}}}}",
        "{post: {requestBody: {content: {$ref: '#/nope'}}, responses: {'204': {description: none}}}}",
        "{get: {security: {$ref: '#/nope'}, responses: {'204': {description: none}}}}",
        "{get: {security: all, responses: {'204': {description: none}}}}",
        "{get: {servers: {$ref: '#/nope'}, responses: {'204': {description: none}}}}",
        "{$ref: '#/nope'}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/nope'}}}}}}}",
        "{get: {responses: {default: {description: ok, content: {application/json: {schema: {$ref: '#/nope'}}}}}}}",
        "{get: {parameters: [{name: a, in: query, schema: {$ref: '#/nope'}}], responses: {'204': {description: none}}}}",
        "{parameters: [{name: a, in: query, schema: {$ref: '#/nope'}}], get: {responses: {'204': {description: none}}}}",
        "{post: {requestBody: {content: {application/json: {schema: {$ref: '#/nope'}}}}, responses: {'204': {description: none}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/nope'}}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {properties: {example: {$ref: '#/nope'}}}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {oneOf: [{type: string}, {$ref: '#/nope'}]}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x-part'}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x-circle'}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x-self'}}}}}}}",
        "{get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x-two'}}}}}}}",
    ],
)
def test_an_operation_that_can_not_be_followed_is_refused(item: str) -> None:
    result = read(f"paths:\n  /a: {item}\n{GOOD}{PARTS}")
    assert [one.id for one in result.document.operations] == ["good"]
    assert [one.path for one in result.document.refused] == ["/a"]
    assert any(one.severity == "error" and one.line for one in result.warnings)
    with pytest.raises(InputError):  # and with nothing else in it, the document is
        read(f"paths:\n  /a: {item}\n{PARTS}")


def test_an_error_that_can_not_be_found_costs_its_body_only() -> None:
    result = read("paths: {/a: {get: {operationId: a, responses: {'200': {description: ok}, '404': {$ref: '#/no'}}}}}")
    assert [one.status for one in operation(result.document, "a").responses] == ["200", "404"]
    assert "the error 404 has no body" in messages(result.warnings)


def test_one_reference_that_leads_nowhere_is_nobody_elses() -> None:
    """Neither that of no text, nor one that stands in `$defs` which nothing refers to."""
    schema = "{responses: {'200': {description: ok, content: {application/json: {schema: %s}}}}}"
    result = read(
        f"""
paths:
  /empty: {{get: {schema % "{$ref: ''}"}}}
  /lost: {{get: {schema % "{$ref: nope}"}}}
  /unused: {{get: {schema % "{type: string, $defs: {unused: {$ref: nope}}}"}}}
{GOOD}"""
    )
    assert {"/good", "/unused"} <= {one.path for one in result.document.operations}
    assert "/lost" in {one.path for one in result.document.refused}


def test_circles_of_many_parts_are_looked_through_once() -> None:
    names = [f"S{number}" for number in range(40)]
    schemas = "".join(
        f"    {name}: {{allOf: [{{$ref: '#/components/schemas/{after}'}}, {{$ref: '#/components/schemas/{after}'}}]}}\n"
        for name, after in zip(names, [*names[1:], names[0]], strict=True)
    )
    content = "{application/json: {schema: {$ref: '#/components/schemas/S0'}}}"
    result = read(
        f"paths:\n  /a: {{get: {{responses: {{'200': {{description: ok, content: {content}}}}}}}}}\n{GOOD}"
        f"components:\n  schemas:\n{schemas}"
    )
    assert [one.path for one in result.document.refused] == ["/a"]


def test_what_is_not_needed_may_lead_nowhere() -> None:
    result = read(
        """
paths:
  /a:
    get:
      operationId: a
      parameters: [{name: q, in: query, schema: {type: string, example: {$ref: '#/nope'}}}]
      responses:
        '200':
          description: ok
          headers: {X-A: {schema: {$ref: '#/nope'}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/List'}}}
        4XX: {description: no, content: {application/json: {schema: {$ref: '#/nope'}}}}
        default: {description: no, content: {application/json: {schema: {$ref: '#/nope'}}}}
components:
  schemas:
    List: {type: array, items: {$ref: '#/components/schemas/List'}}
    Itself: {properties: {a: {type: string}}, allOf: [{$ref: '#/components/schemas/Itself'}]}
    Unused: {properties: {a: {$ref: '#/nope'}}}
"""
    )
    assert [one.id for one in result.document.operations] == ["a"]
    assert result.document.refused == ()


def test_paths_that_lead_nowhere_are_no_empty_package() -> None:
    with pytest.raises(InputError, match="there are no operations"):
        read("paths: {$ref: nope.yaml}")


@pytest.mark.parametrize("schemes", ["{$ref: '#/nope'}", "{Key: {$ref: '#/nope'}}", "{Key: nothing}", "{}"])
def test_a_security_scheme_that_is_not_declared_is_for_the_caller_to_see_to(schemes: str) -> None:
    text = (
        "paths:\n  /a: {get: {operationId: a, responses: {'204': {description: none}}}}\n"
        "  /b: {get: {operationId: b, security: [], responses: {'204': {description: none}}}}\n"
        f"security: [{{Key: []}}]\ncomponents: {{securitySchemes: {schemes}}}\n"
    )
    result = read(text)
    assert result.document.refused == ()
    assert {one.id: one.security for one in result.document.operations} == {"a": (("Key",),), "b": ()}
    assert [(one.name, one.kind) for one in result.document.security_schemes] == [("Key", "other")]
    assert "callers have to supply its credential" in messages(result.warnings)


def test_another_scheme_opens_the_operation_as_well() -> None:
    result = read(
        "paths: {/a: {get: {operationId: a, security: [{No: []}, {Key: []}], responses: {'204': {description: ''}}}}}\n"
        "components: {securitySchemes: {Key: {type: apiKey, in: header, name: X-Key}}}\n"
    )
    found: ir.Operation = operation(result.document, "a")
    assert found.security == (("Key",),)
    assert "no security scheme 'No'" in messages(result.warnings)
