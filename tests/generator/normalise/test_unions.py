"""Unions: tags of their members, and parents with a discriminator."""

from __future__ import annotations

import pytest

from tests.support.snippets import fields, messages, read_schema, shown
from xcaas_generator import ir

PETS = """
Cat: {type: object, required: [kind], properties: {kind: {type: string}, claws: {type: integer}}}
Dog: {type: object, required: [kind], properties: {kind: {type: string}, barks: {type: boolean}}}
"""
UNION = "oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"


def test_tags_without_a_mapping_are_names_of_components() -> None:
    field, _, _ = read_schema(f"{UNION}\ndiscriminator: {{propertyName: kind}}", others=PETS)
    assert shown(field.type) == "Cat|Dog@kind(Cat=Cat,Dog=Dog)"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: array, items: {type: string, format: date}, oneOf: [{maxItems: 4}, {minItems: 6}]}", "[str:date]"),
        ("{type: array, items: {type: number}, oneOf: [{type: array, maxItems: 4}, {minItems: 6}]}", "[float]"),
        ("{type: array, items: {type: string, format: date}, anyOf: [{contains: {const: x}}, {uniqueItems: true}]}", "[str:date]"),
        ("{type: string, format: uuid, oneOf: [{pattern: '^a'}, {not: {pattern: b}}]}", "str:uuid"),
        ("{type: integer, anyOf: [{minimum: 5}, {maximum: 2}]}", "int"),
        ("{type: array, items: {type: string}, anyOf: [{items: {format: date}}, {items: {format: uuid}}]}", "[str:date]|[str:uuid]"),
        ("{anyOf: [{minLength: 3}, {type: integer}]}", "str|int"),
    ],
)  # fmt: skip
def test_members_that_only_limit_values_are_no_types(schema: str, expected: str) -> None:
    field, _, problems = read_schema(schema)
    assert not problems, messages(problems)
    assert shown(field.type) == expected


def test_mappings_may_have_references_and_names() -> None:
    mapping = "{propertyName: kind, mapping: {tom: Cat, rex: '#/components/schemas/Dog', fido: Dog}}"
    field, _, problems = read_schema(f"{UNION}\ndiscriminator: {mapping}", others=PETS)
    assert not problems, messages(problems)
    assert shown(field.type) == "Cat|Dog@kind(fido=Dog,rex=Dog,tom=Cat)"


def test_a_mapped_class_outside_the_union_is_added_with_a_warning() -> None:
    mapping = "{propertyName: kind, mapping: {a: Cat, b: Dog, c: Bird}}"
    others = PETS + "Bird: {type: object, required: [kind], properties: {kind: {type: string}}}\n"
    field, _, problems = read_schema(f"{UNION}\ndiscriminator: {mapping}", others=others)
    assert shown(field.type) == "Cat|Dog|Bird@kind(a=Cat,b=Dog,c=Bird)"
    assert "the tag 'c' leads to a schema that is not a member of the union; it was read as one" in messages(problems)


def test_constants_that_python_calls_equal_are_all_members() -> None:
    field, _, problems = read_schema("oneOf: [{const: 1}, {const: true}, {const: 0}, {const: false}]")
    assert not problems, messages(problems)
    assert isinstance(field.type, ir.UnionOf)
    assert [repr(member) for member in field.type.members] == [f"Const(value={value})" for value in (1, True, 0, False)]


@pytest.mark.parametrize("name", ["Bird", "'#/components/schemas/Bird'"])
def test_default_mapping_is_the_class_for_unknown_tags(name: str) -> None:
    mapping = f"{{propertyName: kind, mapping: {{a: Cat, b: Dog}}, defaultMapping: {name}}}"
    others = PETS + "Bird: {type: object, properties: {kind: {type: string}}}\n"
    field, _, problems = read_schema(f"{UNION}\ndiscriminator: {mapping}", others=others, version="3.2.0")
    assert not problems, messages(problems)
    assert isinstance(field.type, ir.UnionOf)
    assert shown(field.type) == "Cat|Dog|Bird@kind(a=Cat,b=Dog)"
    assert field.type.base == "Bird"


def test_a_tag_mapped_to_a_scalar_is_a_warning() -> None:
    mapping = "{propertyName: kind, mapping: {a: Cat, b: Dog, c: Word}}"
    field, _, problems = read_schema(f"{UNION}\ndiscriminator: {mapping}", others=PETS + "Word: {type: string}\n")
    assert shown(field.type) == "Cat|Dog@kind(a=Cat,b=Dog)"
    assert "the tag 'c'" in messages(problems)


def test_a_discriminator_of_swagger_2_is_read() -> None:
    field, _, problems = read_schema(f"{UNION}\ndiscriminator: kind", others=PETS)
    assert shown(field.type) == "Cat|Dog@kind(Cat=Cat,Dog=Dog)"
    assert "propertyName" in messages(problems)


def test_constants_of_members_are_their_tags() -> None:
    pets = PETS.replace("kind: {type: string}, claws", "kind: {const: cat}, claws").replace(
        "kind: {type: string}, barks", "kind: {type: string, enum: [dog, wolf]}, barks"
    )
    field, _, _ = read_schema(f"{UNION}\ndiscriminator: {{propertyName: kind}}", others=pets)
    assert shown(field.type) == "Cat|Dog@kind(cat=Cat,dog=Dog,wolf=Dog)"
    field, _, _ = read_schema(UNION, others=pets)
    assert shown(field.type) == "Cat|Dog@kind(cat=Cat,dog=Dog,wolf=Dog)"


def test_overlapping_constants_are_no_tags() -> None:
    pets = PETS.replace("kind: {type: string}", "kind: {const: pet}")
    field, _, _ = read_schema(UNION, others=pets)
    assert shown(field.type) == "Cat|Dog"


def test_a_union_with_a_discriminator_may_be_nullable() -> None:
    union = UNION.replace("]", ", {type: 'null'}]")
    field, _, _ = read_schema(f"{union}\ndiscriminator: {{propertyName: kind}}", others=PETS)
    assert (shown(field.type), field.nullable) == ("Cat|Dog@kind(Cat=Cat,Dog=Dog)", True)


PARENT = """
Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {claws: {type: integer}}}]}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {barks: {type: boolean}}}]}
Puppy: {allOf: [{$ref: '#/components/schemas/Dog'}, {type: object, properties: {cute: {const: true}}}]}
"""


def test_a_parent_with_a_discriminator_is_the_union_of_its_children() -> None:
    field, document, problems = read_schema("{$ref: '#/components/schemas/Pet'}", others=PARENT)
    assert not problems
    assert shown(field.type) == "Cat|Dog|Puppy|Pet@kind(Cat=Cat,Dog=Dog,Pet=Pet,Puppy=Puppy)"
    assert fields(document, "Puppy") == {"kind": "str!", "barks": "bool", "cute": "=True"}


def test_a_union_of_children_has_the_discriminator_of_their_parent() -> None:
    field, _, problems = read_schema(UNION, others=PARENT)
    assert not problems
    assert shown(field.type) == "Cat|Puppy|Dog@kind(Cat=Cat,Dog=Dog,Puppy=Puppy)"


def test_a_child_with_children_is_their_union() -> None:
    field, _, problems = read_schema("{$ref: '#/components/schemas/Dog'}", others=PARENT)
    assert not problems
    assert shown(field.type) == "Puppy|Dog@kind(Dog=Dog,Puppy=Puppy)"
    mapping = "propertyName: kind, mapping: {cat: Cat, small: Puppy}"
    field, _, _ = read_schema(
        "{$ref: '#/components/schemas/Dog'}", others=PARENT.replace("propertyName: kind", mapping)
    )
    assert shown(field.type) == "Puppy|Dog@kind(Dog=Dog,small=Puppy)"


def test_a_parent_that_lists_its_children_is_read_once() -> None:
    others = PARENT.replace("discriminator:", f"{UNION}, discriminator:", 1)
    field, document, problems = read_schema("{$ref: '#/components/schemas/Pet'}", others=others)
    assert not problems, messages(problems)
    assert shown(field.type) == "Cat|Puppy|Dog@kind(Cat=Cat,Dog=Dog,Puppy=Puppy)"
    assert fields(document, "Cat") == {"kind": "str!", "claws": "int"}


def test_a_parent_of_too_many_children_is_no_union() -> None:
    children = "".join(
        f"Heir{n}: {{allOf: [{{$ref: '#/components/schemas/Pet'}}, {{properties: {{p{n}: {{type: string}}}}}}]}}\n"
        for n in range(40)
    )
    field, _, _ = read_schema("{$ref: '#/components/schemas/Pet'}", others=PARENT + children)
    assert shown(field.type) == "Pet"


def test_combined_unions_give_all_combinations() -> None:
    others = (
        PETS
        + "A: {type: object, properties: {a: {type: string}}}\nB: {type: object, properties: {b: {type: string}}}\n"
    )
    field, document, _ = read_schema(
        "{allOf: [{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}, "
        "{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}]}",
        others=others,
    )
    assert len(shown(field.type).split("|")) == 4
    assert sorted(fields(document, shown(field.type).split("|")[0])) == ["a", "claws", "kind"]


def named_unions(others: str) -> list[tuple[str, str]]:
    _, document, _ = read_schema("type: string", others=others)
    return [(union.name, shown(union.type)) for union in document.unions]


def test_a_union_component_keeps_its_name() -> None:
    assert named_unions(f"{PETS}\nPet: {{{UNION}, description: Any., discriminator: {{propertyName: kind}}}}") == [
        ("Pet", "Cat|Dog@kind(Cat=Cat,Dog=Dog)")
    ]


def test_named_unions_exclude_null() -> None:
    assert named_unions(f"{PETS}\nPet: {{{UNION.replace(']', ', {type: null}]')}}}") == [("Pet", "Cat|Dog")]


def test_an_alias_of_a_union_is_not_declared_again() -> None:
    others = f"{PETS}\nPet: {{{UNION}}}\nAnimal: {{$ref: '#/components/schemas/Pet'}}"
    assert named_unions(others) == [("Pet", "Cat|Dog")]


def test_a_union_of_scalars_has_no_name() -> None:
    assert named_unions("Id: {oneOf: [{type: string}, {type: integer}]}") == []


def test_the_union_of_children_is_named_after_their_parent() -> None:
    others = """
Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {claws: {type: integer}}}]}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {barks: {type: boolean}}}]}
"""
    assert named_unions(others) == [("AnyPet", "Cat|Dog|Pet@kind(Cat=Cat,Dog=Dog,Pet=Pet)")]


def test_the_only_object_of_a_union_has_its_name() -> None:
    others = "Source: {oneOf: [{type: string}, {type: object, properties: {url: {type: string}}}]}"
    assert named_unions(others) == [("AnySource", "str|Source")]


def test_a_child_without_keywords_of_its_own_is_a_class() -> None:
    others = """
Vehicle: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
Bike: {description: Two wheels., allOf: [{$ref: '#/components/schemas/Vehicle'}]}
Zeppelin: {allOf: [{$ref: '#/components/schemas/Vehicle'}]}
"""
    field, document, _ = read_schema(
        "{allOf: [{$ref: '#/components/schemas/Vehicle'}], description: Any.}", others=others
    )
    assert shown(field.type) == "Bike|Zeppelin|Vehicle@kind(Bike=Bike,Vehicle=Vehicle,Zeppelin=Zeppelin)"
    assert [model.name for model in document.models] == ["Bike", "Holder", "Vehicle", "Zeppelin"]


def test_a_component_with_only_annotations_is_an_alias() -> None:
    others = (
        PETS
        + """
Tom: {description: A certain cat., allOf: [{$ref: '#/components/schemas/Cat'}]}
Only: {oneOf: [{$ref: '#/components/schemas/Cat'}]}
Maybe: {oneOf: [{$ref: '#/components/schemas/Cat'}, {type: 'null'}]}
Same: {$ref: '#/components/schemas/Cat'}
"""
    )
    assert named_unions(others) == [("Maybe", "Cat"), ("Only", "Cat"), ("Tom", "Cat")]
