"""Shapes of schemas: small schemas, each as the property `it` of a class."""

from __future__ import annotations

import pytest

from tests.support.snippets import fields, messages, model, read_schema, shown

OTHERS = """
Pet: {type: object, required: [name], properties: {name: {type: string}}}
Cat: {type: object, properties: {claws: {type: integer}}}
Color: {type: string, enum: [red, green]}
Size: {type: string, enum: [green, blue]}
Alias: {$ref: '#/components/schemas/Pet'}
Names: {type: array, items: {type: string}}
Count: {type: integer, description: How many., default: 3, minimum: 1}
"""
PET = "{$ref: '#/components/schemas/Pet'}"
COLOR = "{$ref: '#/components/schemas/Color'}"

TYPES = {
    "text": ("{type: string}", "str"),
    "date": ("{type: string, format: date}", "str:date"),
    "file": ("{type: string, format: binary}", "str"),
    "file of 3.1": ("{type: string, contentMediaType: image/png}", "str"),
    "file of 3.1 without a type": ("{contentMediaType: image/png}", "str"),
    "base64 without a type": ("{contentEncoding: base64}", "str"),
    "list of files": ("{type: array, items: {anyOf: [{type: string, format: binary}, {type: integer}]}}", "[str|int]"),
    "base64 stays text": ("{type: string, contentMediaType: image/png, contentEncoding: base64}", "str"),
    "number as text": ("{type: string, format: int64}", "str:int64"),
    "epoch": ("{type: integer, format: epoch-seconds}", "int:epoch-seconds"),
    "documentation format": ("{type: string, format: hostname}", "str"),
    "anything": ("{}", "any"),
    "true": ("true", "any"),
    "by its format": ("{format: date-time}", "str:date-time"),
    "by its bounds": ("{minimum: 1}", "float"),
    "by its items": ("{items: {type: string}}", "[str]"),
    "null only": ("{type: 'null'}", "none"),
    "type list": ("{type: [string, 'null']}", "str?"),
    "type list of two": ("{type: [string, integer]}", "str|int"),
    "integer is a number": ("{type: [integer, number]}", "float"),
    "list of nullable": ("{type: array, items: {type: [integer, 'null']}}", "[int|none]"),
    "list without items": ("{type: array}", "[any]"),
    "tuple": ("{type: array, prefixItems: [{type: string}, {type: integer}]}", "[str|int]"),
    "tuple of old": ("{type: array, items: [{type: string}, {type: string}]}", "[str]"),
    "free object": ("{type: object}", "{any}"),
    "map": ("{type: object, additionalProperties: {type: integer}}", "{int}"),
    "map of maps": ("{additionalProperties: {additionalProperties: {type: string}}}", "{{str}}"),
    "map of anything": ("{type: object, additionalProperties: true}", "{any}"),
    "anything with any more": ("{additionalProperties: true}", "any"),
    "map by pattern": ("{type: object, patternProperties: {'^x': {type: boolean}}}", "{bool}"),
    "map of classes": (f"{{type: object, additionalProperties: {PET}}}", "{Pet}"),
    "const": ("{const: fixed}", "='fixed'"),
    "const number": ("{type: integer, const: 7}", "=7"),
    "const null": ("{const: null}", "none"),
    "reference": (PET, "Pet"),
    "reference to a reference": ("{$ref: '#/components/schemas/Alias'}", "Pet"),
    "reference to a list": ("{$ref: '#/components/schemas/Names'}", "[str]"),
    "reference with notes": ("{$ref: '#/components/schemas/Pet', description: Mine.}", "Pet"),
    "nullable reference": (f"{{oneOf: [{PET}, {{type: 'null'}}]}}", "Pet?"),
    "enum": (COLOR, "Color"),
    "enum with null": ("{type: [string, 'null'], enum: [a, b, null]}", "HolderIt?"),
    "enum of null": ("{enum: [null]}", "none"),
    "enum of booleans": ("{type: boolean, enum: [true]}", "bool"),
    "enum of lists": ("{type: array, items: {type: integer}, enum: [[1, 2], []]}", "[int]"),
    "enum of objects": ("{type: object, enum: [{a: 1}]}", "{any}"),
    "enum of all kinds": ("{enum: [[1], {a: 1}, a, null]}", "[any]|{any}|HolderIt?"),
    "enum of lists and text": ("{type: [array, string], items: {type: integer}, enum: [[1], auto]}", "[int]|HolderIt"),
    "allOf of one": (f"{{allOf: [{PET}]}}", "Pet"),
    "allOf of one with notes": (f"{{description: Mine., allOf: [{PET}, {{description: More.}}]}}", "Pet"),
    "allOf of an enum": (f"{{allOf: [{COLOR}], description: Which.}}", "Color"),
    "allOf of an alias": ("{allOf: [{$ref: '#/components/schemas/Names'}]}", "[str]"),
    "allOf with type object": (f"{{type: object, allOf: [{PET}]}}", "Pet"),
    "allOf of scalars": ("{allOf: [{type: string}, {maxLength: 5}]}", "str"),
    "oneOf": (f"{{oneOf: [{PET}, {{$ref: '#/components/schemas/Cat'}}]}}", "Pet|Cat"),
    "anyOf of the same": ("{anyOf: [{type: string}, {type: string, maxLength: 3}]}", "str"),
    "anyOf with anything": ("{anyOf: [{type: string}, {}]}", "any"),
    "nested unions": ("{anyOf: [{type: string}, {oneOf: [{type: integer}, {type: boolean}]}]}", "str|int|bool"),
    "enum or any text": (f"{{anyOf: [{COLOR}, {{type: string}}]}}", "Color"),
    "only a demand": (f"{{allOf: [{PET}], anyOf: [{{required: [a]}}, {{required: [b]}}]}}", "Pet"),
}


@pytest.mark.parametrize(("text", "expected"), TYPES.values(), ids=TYPES.keys())
def test_schemas_have_a_type(text: str, expected: str) -> None:
    field, _, problems = read_schema(text, others=OTHERS)
    assert not problems, messages(problems)
    assert shown(field.type) + "?" * field.nullable == expected


NULLABLE = {
    "scalar": ("{type: string, nullable: true}", "str"),
    "allOf": (f"{{nullable: true, allOf: [{PET}]}}", "Pet"),
    "oneOf": (f"{{nullable: true, oneOf: [{PET}, {{$ref: '#/components/schemas/Cat'}}]}}", "Pet|Cat"),
    "reference": ("{$ref: '#/components/schemas/Pet', nullable: true}", "Pet"),
    "enum": ("{type: string, nullable: true, enum: [a, null]}", "HolderIt"),
    "list": ("{type: array, nullable: true, items: {type: string}}", "[str]"),
    "object": ("{type: object, nullable: true, properties: {a: {type: string}}}", "HolderIt"),
}


@pytest.mark.parametrize(("text", "expected"), NULLABLE.values(), ids=NULLABLE.keys())
def test_nullable_keyword_of_3_0_is_read(text: str, expected: str) -> None:
    field, _, problems = read_schema(text, version="3.0.3", others=OTHERS)
    assert not problems
    assert (shown(field.type), field.nullable) == (expected, True)


MERGED = {
    "own properties beside a part": (
        f"{{allOf: [{PET}], properties: {{age: {{type: integer}}}}, required: [age]}}",
        {"name": "str!", "age": "int!"},
    ),
    "two parts": (f"{{allOf: [{PET}, {{$ref: '#/components/schemas/Cat'}}]}}", {"name": "str!", "claws": "int"}),
    "required by a sibling": (
        "{allOf: [{$ref: '#/components/schemas/Cat'}], required: [claws]}",
        {"claws": "int!"},
    ),
    "the same property, narrower": (
        "{allOf: [{properties: {k: {type: string}}}, {properties: {k: {type: string, enum: [a]}}}]}",
        {"k": "HolderItK"},
    ),
    "the same property, a class and notes": (
        f"{{allOf: [{{properties: {{k: {PET}}}}}, {{properties: {{k: {{description: Mine.}}}}}}]}}",
        {"k": "Pet"},
    ),
    "enums that overlap": (
        f"{{properties: {{k: {{allOf: [{COLOR}, {{$ref: '#/components/schemas/Size'}}]}}}}}}",
        {"k": "HolderItK"},
    ),
    "siblings of a reference, 3.1": (
        "{$ref: '#/components/schemas/Pet', properties: {age: {type: integer}}}",
        {"name": "str!", "age": "int"},
    ),
    "a property called additionalProperties": (
        "{properties: {additionalProperties: {type: boolean}}}",
        {"additionalProperties": "bool"},
    ),
    "a property called $ref": (
        "{properties: {$ref: {type: string}, type: {type: string}}}",
        {"$ref": "str", "type": "str"},
    ),
    "then and else": (
        "{properties: {a: {type: string}}, if: {}, then: {properties: {b: {type: integer}}}}",
        {"a": "str", "b": "int"},
    ),
    "a property that can't be": ("{properties: {a: {type: string}, b: false}}", {"a": "str"}),
    "nameless variations": (
        "{properties: {a: {type: string}}, oneOf: [{properties: {b: {type: string}}, required: [b]}, "
        "{properties: {b: {type: integer}, c: {type: string}}, required: [b]}]}",
        {"a": "str", "b": "str|int!", "c": "str"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), MERGED.values(), ids=MERGED.keys())
def test_all_of_is_merged_into_one_class(text: str, expected: dict[str, str]) -> None:
    field, document, problems = read_schema(text, others=OTHERS)
    assert not problems, messages(problems)
    assert shown(field.type) == "HolderIt"
    assert fields(document, "HolderIt") == expected


def test_an_enum_beside_an_array_is_read_as_that_of_its_items() -> None:
    _, document, _ = read_schema("{type: array, items: {type: integer}, enum: [1, 2]}")
    assert next(enum.values for enum in document.enums if enum.name == "HolderItItem") == (1, 2)


def test_combined_enums_are_intersected() -> None:
    _, document, _ = read_schema(f"{{allOf: [{COLOR}, {{$ref: '#/components/schemas/Size'}}]}}", others=OTHERS)
    assert next(enum.values for enum in document.enums if enum.name == "HolderIt") == ("green",)


def test_common_properties_are_added_to_each_member_of_a_union() -> None:
    text = f"{{properties: {{id: {{type: integer}}}}, oneOf: [{PET}, {{$ref: '#/components/schemas/Cat'}}]}}"
    field, document, problems = read_schema(text, others=OTHERS)
    assert not problems
    assert shown(field.type) == "HolderItPet|HolderItCat"
    assert fields(document, "HolderItPet") == {"id": "int", "name": "str!"}
    assert fields(document, "HolderItCat") == {"id": "int", "claws": "int"}


def test_all_of_over_a_union_is_a_union() -> None:
    text = f"{{allOf: [{{properties: {{id: {{type: integer}}}}}}, {{oneOf: [{PET}, {{$ref: '#/components/schemas/Cat'}}]}}]}}"
    field, document, problems = read_schema(text, others=OTHERS)
    assert not problems
    assert shown(field.type) == "HolderItPet|HolderItCat"
    assert fields(document, "HolderItCat") == {"id": "int", "claws": "int"}


def test_additional_properties_have_a_type() -> None:
    _, document, _ = read_schema("{properties: {a: {type: string}}, additionalProperties: {type: integer}}")
    holder = model(document, "HolderIt")
    assert holder.extra is not None
    assert shown(holder.extra) == "int"
    assert not holder.closed


def test_properties_matching_no_pattern_may_be_anything_unless_forbidden() -> None:
    text = "properties: {a: {type: string}}, patternProperties: {'^x': {type: integer}}"
    for more, expected in (
        ("", "int|any"),
        (", additionalProperties: false", "int"),
        (", unevaluatedProperties: false", "int"),
    ):
        _, document, _ = read_schema(f"{{{text}{more}}}")
        holder = model(document, "HolderIt")
        assert holder.extra is not None
        assert shown(holder.extra) == expected


def test_additional_properties_may_be_forbidden_or_free() -> None:
    _, document, _ = read_schema("{properties: {a: {type: string}}, additionalProperties: false}")
    assert model(document, "HolderIt").closed
    _, document, _ = read_schema("{properties: {a: {type: string}}, additionalProperties: true}")
    assert (model(document, "HolderIt").closed, model(document, "HolderIt").extra) == (False, None)


def test_fields_have_annotations_of_referenced_schemas() -> None:
    field, _, _ = read_schema("{$ref: '#/components/schemas/Count', readOnly: true}", others=OTHERS)
    assert (field.doc, field.default, field.has_default) == ("How many.", 3, True)
    assert field.limits == (("minimum", 1),)
    assert field.read_only
    assert not field.write_only


def test_descriptions_of_classes_are_not_those_of_fields() -> None:
    others = "Doc: {type: object, description: Of the class., properties: {a: {type: string}}}"
    field, document, _ = read_schema(
        "{allOf: [{$ref: '#/components/schemas/Doc'}], description: Of the field.}", others=others
    )
    assert field.doc == "Of the field."
    assert model(document, "Doc").doc == "Of the class."
    field, _, _ = read_schema("{$ref: '#/components/schemas/Doc'}", others=others)
    assert field.doc == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{type: integer, default: 5}", 5),
        ("{type: string, enum: [a, b], default: b}", "b"),
        ("{type: array, items: {type: string}, default: [x]}", ["x"]),
        ("{type: number, default: 1}", 1),
        ("{type: string, format: date, default: '2024-02-29'}", "2024-02-29"),
        ("{type: boolean, default: false}", False),
        ("{type: object, additionalProperties: {type: string}, default: {a: b}}", {"a": "b"}),
        ("{type: object, properties: {a: {type: string}}, default: {a: b}}", {"a": "b"}),
        ("{type: [string, integer], default: 3}", 3),
        ("{const: x, default: x}", "x"),
        (
            "{type: string, format: uuid, default: 00000000-0000-0000-0000-000000000000}",
            "00000000-0000-0000-0000-000000000000",
        ),
        ("{type: string, format: date-time, default: '2024-01-01T00:00:00Z'}", "2024-01-01T00:00:00Z"),
        ("{type: integer, default: 3.0}", 3.0),
        ("{default: [1]}", [1]),
    ],
)
def test_valid_defaults_are_kept(text: str, expected: object) -> None:
    field, _, problems = read_schema(text)
    assert not problems
    assert (field.default, field.has_default) == (expected, True)


@pytest.mark.parametrize(
    ("text", "expected", "has_default"),
    [
        ("{type: number, default: '1.5'}", 1.5, True),
        ("{type: number, default: .inf}", None, False),
        ("{type: number, default: 'inf'}", None, False),
        ("{type: boolean, default: 'False'}", False, True),
        ("{type: boolean, default: 1}", None, False),
        ("{type: string, default: 1.10}", "1.10", True),
        ("{type: string, default: true}", "true", True),
        ("{type: string, format: uuid, default: x}", None, False),
        ("{type: string, format: date-time, default: soon}", None, False),
        ("{type: array, items: {type: integer}, default: [a]}", None, False),
        ("{type: object, properties: {a: {}}, default: []}", None, False),
        ("{default: .nan}", None, False),
    ],
)
def test_invalid_defaults_are_converted_or_left_out(text: str, expected: object, has_default: bool) -> None:
    field, _, problems = read_schema(text)
    assert (field.default, field.has_default) == (expected, has_default)
    assert problems


def test_description_beside_a_reference_is_the_fields() -> None:
    others = "Pet: {type: object, description: An animal., properties: {name: {type: string}}}"
    described, _, _ = read_schema("{$ref: '#/components/schemas/Pet', description: The favourite.}", others=others)
    undescribed, _, _ = read_schema("{$ref: '#/components/schemas/Pet'}", others=others)
    assert (described.doc, undescribed.doc) == ("The favourite.", "")
