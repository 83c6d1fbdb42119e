"""Generic schemas with `$dynamicRef`, completed by the schemas that refer to them."""

from __future__ import annotations

import pytest

from tests.support.snippets import fields, read

SCHEMAS = """
paths: {}
components:
  schemas:
    User: {type: object, properties: {name: {type: string}}}
    Page:
      $id: page
      type: object
      properties: {items: {type: array, items: {$dynamicRef: '#item'}}, next: {$ref: '#'}}
      $defs: {item: {$dynamicAnchor: item, not: {}}}
    Wrapped: {type: object, properties: {page: {$ref: '#/components/schemas/Page'}, size: {type: integer}}}
    Tree: {$dynamicAnchor: node, type: object, properties: {children: {type: array, items: {$dynamicRef: '#node'}}}}
    Big: {$dynamicAnchor: node, $ref: '#/components/schemas/Tree', properties: {size: {type: integer}}}
"""
COMPLETED = {
    "beside a reference": "{$ref: page, $defs: {item: {$dynamicAnchor: item, $ref: '#/components/schemas/User'}}}",
    "within allOf": "{allOf: [{$ref: '#/components/schemas/Page'}], $defs: {item: {$dynamicAnchor: item, $ref: '#/components/schemas/User'}}}",
}


@pytest.mark.parametrize("schema", COMPLETED.values(), ids=COMPLETED.keys())
def test_a_generic_page_has_the_items_of_the_referring_schema(schema: str) -> None:
    result = read(f"{SCHEMAS}    Users: {schema}\n")
    assert fields(result.document, "Users") == {"items": "[User]", "next": "Users"}
    assert fields(result.document, "Page") == {"items": "[any]", "next": "Page"}


def test_a_generic_page_in_another_schema_is_completed() -> None:
    numbers = "{$defs: {item: {$dynamicAnchor: item, type: integer}}, allOf: [{$ref: '#/components/schemas/Wrapped'}]}"
    result = read(f"{SCHEMAS}    Numbers: {numbers}\n")
    assert fields(result.document, "Numbers") == {"page": "NumbersPage", "size": "int"}
    assert fields(result.document, "NumbersPage") == {"items": "[int]", "next": "NumbersPage"}
    assert fields(result.document, "Wrapped") == {"page": "Page", "size": "int"}


def test_an_extended_recursive_schema_refers_to_the_extension() -> None:
    document = read(SCHEMAS).document
    assert fields(document, "Tree") == {"children": "[Tree]"}
    assert fields(document, "Big") == {"children": "[Big]", "size": "int"}
