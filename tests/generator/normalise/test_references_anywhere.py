"""References in place of any object, map or list are followed; if they dangle, the operation is refused."""

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


def test_references_are_followed_in_every_position() -> None:
    result = read(DOCUMENT)
    parsed = operation(result.document, "putThing")
    assert [(parameter.wire, shown(parameter.type)) for parameter in parsed.parameters] == [
        ("id", "int"),
        ("page", "int"),
    ]
    assert parsed.body is not None
    assert [shown(variant.type) for variant in parsed.body.variants] == ["Thing"]
    assert [
        (response.status, [shown(variant.type) for variant in response.variants]) for response in parsed.responses
    ] == [("200", ["Thing"])]
    assert [header.wire for header in parsed.responses[0].headers] == ["X-Rate"]
    assert parsed.security == (("Key",),)
    assert [server.url for server in parsed.servers] == ["https://h.example"]
    assert [(webhook.name, webhook.operation) for webhook in result.document.webhooks] == [("done", "putThing")]
    assert fields(result.document, "Thing") == {"name": "str!", "kind": "ThingKind", "other": "int|str"}
    assert messages(result.warnings) == ""


def test_references_are_followed_across_files(tmp_path: Path) -> None:
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
    parsed = operation(result.document, "getThing")
    assert [parameter.wire for parameter in parsed.parameters] == ["page"]
    assert shown(parsed.responses[0].variants[0].type) == "Thing"
    assert messages(result.warnings) == ""


def test_entries_beside_a_reference_are_added_to_a_map() -> None:
    result = read(
        "paths:\n  $ref: '#/x-more'\n  /b: {get: {operationId: b, responses: {'204': {description: none}}}}\n"
        "x-more:\n  /a: {get: {operationId: a, responses: {'204': {description: none}}}}\n"
    )
    assert [operation.path for operation in result.document.operations] == ["/a", "/b"]


def test_a_property_may_be_named_ref() -> None:
    result = read("paths: {}\ncomponents: {schemas: {A: {properties: {$ref: {type: string}, b: {type: integer}}}}}")
    assert fields(result.document, "A") == {"$ref": "str", "b": "int"}


VALID_PATH = "  /good: {get: {operationId: good, responses: {'204': {description: none}}}}\n"
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
def test_operations_that_need_dangling_references_are_refused(item: str) -> None:
    result = read(f"paths:\n  /a: {item}\n{VALID_PATH}{PARTS}")
    assert [operation.id for operation in result.document.operations] == ["good"]
    assert [refusal.path for refusal in result.document.refused] == ["/a"]
    assert any(problem.severity == "error" and problem.line for problem in result.warnings)
    with pytest.raises(InputError):  # and with nothing else in it, the document is
        read(f"paths:\n  /a: {item}\n{PARTS}")


def test_a_dangling_error_response_has_no_body() -> None:
    result = read("paths: {/a: {get: {operationId: a, responses: {'200': {description: ok}, '404': {$ref: '#/no'}}}}}")
    assert [response.status for response in operation(result.document, "a").responses] == ["200", "404"]
    assert "the error 404 has no body" in messages(result.warnings)


def test_dangling_references_elsewhere_do_not_refuse_operations() -> None:
    """Neither empty ones, nor those in unused `$defs`."""
    schema = "{responses: {'200': {description: ok, content: {application/json: {schema: %s}}}}}"
    result = read(
        f"""
paths:
  /empty: {{get: {schema % "{$ref: ''}"}}}
  /lost: {{get: {schema % "{$ref: nope}"}}}
  /unused: {{get: {schema % "{type: string, $defs: {unused: {$ref: nope}}}"}}}
{VALID_PATH}"""
    )
    assert {"/good", "/unused"} <= {operation.path for operation in result.document.operations}
    assert "/lost" in {refusal.path for refusal in result.document.refused}


def test_circular_parts_are_searched_once() -> None:
    names = [f"S{number}" for number in range(40)]
    schemas = "".join(
        f"    {name}: {{allOf: [{{$ref: '#/components/schemas/{successor}'}}, {{$ref: '#/components/schemas/{successor}'}}]}}\n"
        for name, successor in zip(names, [*names[1:], names[0]], strict=True)
    )
    content = "{application/json: {schema: {$ref: '#/components/schemas/S0'}}}"
    result = read(
        f"paths:\n  /a: {{get: {{responses: {{'200': {{description: ok, content: {content}}}}}}}}}\n{VALID_PATH}"
        f"components:\n  schemas:\n{schemas}"
    )
    assert [refusal.path for refusal in result.document.refused] == ["/a"]


def test_unneeded_references_may_dangle() -> None:
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
    assert [operation.id for operation in result.document.operations] == ["a"]
    assert result.document.refused == ()


def test_dangling_paths_raise() -> None:
    with pytest.raises(InputError, match="there are no operations"):
        read("paths: {$ref: nope.yaml}")


@pytest.mark.parametrize("schemes", ["{$ref: '#/nope'}", "{Key: {$ref: '#/nope'}}", "{Key: nothing}", "{}"])
def test_credentials_of_undeclared_schemes_are_left_to_the_caller(schemes: str) -> None:
    text = (
        "paths:\n  /a: {get: {operationId: a, responses: {'204': {description: none}}}}\n"
        "  /b: {get: {operationId: b, security: [], responses: {'204': {description: none}}}}\n"
        f"security: [{{Key: []}}]\ncomponents: {{securitySchemes: {schemes}}}\n"
    )
    result = read(text)
    assert result.document.refused == ()
    assert {operation.id: operation.security for operation in result.document.operations} == {"a": (("Key",),), "b": ()}
    assert [(scheme.name, scheme.kind) for scheme in result.document.security_schemes] == [("Key", "other")]
    assert "callers have to supply its credential" in messages(result.warnings)


def test_requirements_of_declared_schemes_are_kept() -> None:
    result = read(
        "paths: {/a: {get: {operationId: a, security: [{No: []}, {Key: []}], responses: {'204': {description: ''}}}}}\n"
        "components: {securitySchemes: {Key: {type: apiKey, in: header, name: X-Key}}}\n"
    )
    parsed: ir.Operation = operation(result.document, "a")
    assert parsed.security == (("Key",),)
    assert "no security scheme 'No'" in messages(result.warnings)
