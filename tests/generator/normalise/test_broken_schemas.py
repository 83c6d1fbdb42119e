"""Mistakes in schemas: their meaning is guessed, with a warning that has a location."""

from __future__ import annotations

import pytest

from tests.support.snippets import fields, messages, read_schema, shown

CASES = {
    "empty enum": ("{type: string, enum: []}", "str", "the enum is empty"),
    "enum that is no list": ("{type: string, enum: a}", "str", "'enum' should be a list"),
    "enum value twice": ("{type: string, enum: [a, a]}", "HolderIt", "appears twice"),
    "numbers among texts": ("{type: string, enum: [1, 2.50]}", "HolderIt", "was read as '2.50'"),
    "texts among numbers": ("{type: integer, enum: ['1', '2']}", "HolderIt", "was read as 1"),
    "values of another type": ("{type: integer, enum: [small, big]}", "HolderIt", "kept as it is"),
    "enum beside a list": ("{type: array, enum: [a, b]}", "[HolderItItem]", "read as its items'"),
    "enums that exclude each other": ("{allOf: [{enum: [a]}, {enum: [b]}]}", "HolderIt", "no value is in all"),
    "unknown type": ("{type: thing}", "any", "there is no type 'thing'"),
    "type by another name": ("{type: Int64}", "int", "read as 'integer'"),
    "type with a format in it": ("{type: datetime}", "str:date-time", "read as 'string'"),
    "type null of YAML": ("{type: null}", "none", "YAML's null"),
    "type null of YAML in a list": ("{type: [string, null]}", "str", "YAML's null"),
    "nullable as text": ("{type: string, nullable: 'true'}", "str", "not a string"),
    "nothing": ("", "any", "a schema is expected"),
    "a text": ("string", "any", "a schema is expected"),
    "a reference that leads nowhere": ("{$ref: '#/components/schemas/Nope'}", "any", "leads nowhere"),
    "a reference by bare name": ("{$ref: Pet}", "Pet", "was taken to mean"),
    "a reference as in Swagger 2": ("{$ref: '#/definitions/Pet'}", "Pet", "was taken to mean"),
    "a reference with a slip": ("{$ref: '#/components/schema/Pet'}", "Pet", "was taken to mean"),
    "a reference to itself": ("{$ref: '#/components/schemas/Holder/properties/it'}", "any", "loop"),
    "parts that contradict": ("{allOf: [{type: string}, {type: integer}]}", "int", "contradict"),
    "allOf as a mapping": ("{allOf: {$ref: '#/components/schemas/Pet'}}", "Pet", "should be a list"),
    "part of itself": ("{allOf: [{$ref: '#/components/schemas/Holder/properties/it'}, {properties: {a: {}}}]}", "HolderIt", "part of itself"),
    "required as text": ("{properties: {a: {type: string}}, required: a}", "HolderIt", "should be a list"),
    "required of draft 3": ("{properties: {a: {type: string, required: true}}}", "HolderIt", "'required' is a list"),
    "properties as a list": ("{type: object, properties: [a]}", "{any}", "should be a mapping"),
    "blanks around a name": ("{properties: {'a ': {type: string}}}", "HolderIt", "spaces around"),
    "additionalProperties as text": ("{properties: {a: {}}, additionalProperties: 'false'}", "HolderIt", "a boolean"),
    "items as text": ("{type: array, items: string}", "[any]", "'items' should be a schema"),
    "an impossible date": ("{type: string, format: date, default: '2024-02-31'}", "str:date", "does not fit"),
    "a default of another type": ("{type: integer, default: ten}", "int", "does not fit"),
    "a default in quotes": ("{type: integer, default: '10'}", "int", "was read as 10"),
    "a default that is not listed": ("{type: string, enum: [a], default: b}", "HolderIt", "does not fit"),
    "a default in other case": ("{type: string, enum: [Asc], default: asc}", "HolderIt", "was read as 'Asc'"),
    "deprecated as text": ("{type: string, deprecated: 'yes'}", "str", "true or false"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "message"), CASES.values(), ids=CASES.keys())
def test_mistakes_are_guessed_with_a_warning(text: str, expected: str, message: str) -> None:
    field, _, problems = read_schema(text or " ", others="Pet: {type: object, properties: {name: {type: string}}}")
    assert shown(field.type) == expected
    assert message in messages(problems)
    assert all(
        problem.severity == "warning" and problem.line and problem.pointer.startswith("/components")
        for problem in problems
    )


def test_guessed_objects_have_the_right_fields() -> None:
    for text, expected in (
        ("{properties: {a: {type: string}}, required: a}", {"a": "str!"}),
        ("{properties: {a: {type: string, required: true}}}", {"a": "str!"}),
        ("{properties: {'a ': {type: string}}}", {"a": "str"}),
        ("{properties: {$ref: '#/components/schemas/Pet/properties'}}", {"name": "str"}),
    ):
        _, document, _ = read_schema(text, others="Pet: {type: object, properties: {name: {type: string}}}")
        assert fields(document, "HolderIt") == expected


def test_unquoted_off_and_dates_are_strings() -> None:
    field, document, problems = read_schema("{type: string, enum: [OFF, ON, no, 2024-01-01], default: OFF}")
    assert not problems
    assert document.enums[0].values == ("OFF", "ON", "no", "2024-01-01")
    assert field.default == "OFF"


def test_enum_values_are_unchanged() -> None:
    _, document, problems = read_schema("{type: string, enum: ['', ' a', A, a, class, 'None', 'x-y', x_y]}")
    assert not problems
    assert document.enums[0].values == ("", " a", "A", "a", "class", "None", "x-y", "x_y")


def test_enums_may_have_values_of_several_types() -> None:
    _, document, problems = read_schema("{enum: [a, 1, 1.5, true]}")
    assert not problems
    assert document.enums[0].values == ("a", 1, 1.5, True)
    assert document.enums[0].base == ("str", "int", "float", "bool")


def test_a_recursive_list_has_items_of_any_type() -> None:
    field, _, problems = read_schema(
        "{$ref: '#/components/schemas/Json'}",
        others="Json: {oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Json'}}]}",
    )
    assert not problems
    assert shown(field.type) == "str|[any]"


def test_classes_may_be_recursive() -> None:
    _, document, problems = read_schema(
        "{$ref: '#/components/schemas/Node'}",
        others="""
        Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, all: {$ref: '#/components/schemas/Nodes'}}}
        Nodes: {type: array, items: {$ref: '#/components/schemas/Node'}}
        """,
    )
    assert not problems
    assert fields(document, "Node") == {"next": "Node", "all": "[Node]"}


def test_keywords_beside_a_reference_in_3_0_are_reported_as_ignored() -> None:
    field, _, problems = read_schema(
        "{$ref: '#/components/schemas/Pet', properties: {a: {}}}",
        version="3.0.3",
        others="Pet: {type: object, properties: {b: {}}}",
    )
    assert shown(field.type) == "Pet"
    assert "properties" in messages(problems)


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan"])
def test_infinity_and_nan_are_read_as_strings_or_left_out(value: str) -> None:
    _, document, problems = read_schema(f"{{type: number, enum: [1, {value}], example: {value}}}")
    assert document.enums[0].values == (1, value)
    assert "is not JSON" in messages(problems)
    field, _, _ = read_schema(f"{{type: object, default: {{a: [{value}]}}, example: {{a: {value}}}}}")
    assert (field.has_default, field.example) == (False, None)
    field, _, _ = read_schema(f"{{const: {value}}}")
    assert shown(field.type) == "any"
