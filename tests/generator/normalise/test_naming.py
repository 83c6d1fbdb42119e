"""Names of classes, fields and operations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_python_client.strings import ClassName

from tests.support.snippets import fields, model, read, read_schema, shown
from xcaas_generator.normalise.naming import class_name, field_name, singular


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("simple-user", "SimpleUser"),
        ("APIKey", "APIKey"),
        ("api_key", "ApiKey"),
        ("repos/list for user", "ReposListForUser"),
        ("404 page", "Value404Page"),
        ("Warning", "Warning_"),
        ("class", "Class"),
        ("größe", "Größe"),
        ("wartości miesięczne", "WartościMiesięczne"),
        ("ﬁnd", "Find"),
        ("'; import os", "ImportOs"),
        ("", "Value"),
        ("a.b.C", "ABC"),
    ],
)
def test_class_names_are_pascal_case(text: str, expected: str) -> None:
    assert class_name(text) == expected


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("createdAt", "created_at"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("-x", "x"),
        ("@type", "type"),
        ("class", "class_"),
        ("filter[name]", "filter_name"),
        ("user-id", "user_id"),
    ],
)
def test_field_names_are_snake_case(wire: str, expected: str) -> None:
    assert field_name(wire) == expected


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("users", "user"), ("categories", "category"), ("caches", "cache"), ("matches", "match"), ("boxes", "box"),
        ("addresses", "address"), ("status", "status item"), ("data", "data item"), ("", "item"), ("class", "class item"),
    ],
)  # fmt: skip
def test_plurals_become_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


def test_inline_schemas_are_named_after_class_and_property() -> None:
    _, document, _ = read_schema(
        """
        type: object
        properties:
          state: {type: string, enum: [on, off]}
          owners: {type: array, items: {type: object, properties: {id: {type: string}}}}
          limits: {type: object, additionalProperties: {type: object, properties: {max: {type: integer}}}}
        """
    )
    assert fields(document, "HolderIt") == {
        "state": "HolderItState",
        "owners": "[HolderItOwner]",
        "limits": "{HolderItLimit}",
    }


def test_titles_are_names_and_equal_schemas_share_a_class() -> None:
    _, document, _ = read_schema(
        """
        type: object
        properties:
          a: {title: Money, type: object, properties: {amount: {type: string}}}
          b: {title: Money, type: object, properties: {amount: {type: string}}}
          c: {title: Money, type: object, properties: {cents: {type: integer}}}
        """
    )
    types = fields(document, "HolderIt")
    assert types == {"a": "Money", "b": "Money", "c": "HolderItC"}
    assert fields(document, "HolderItC") == {"cents": "int"}


def test_equal_enums_of_equal_properties_share_a_name() -> None:
    _, document, _ = read_schema(
        "{type: string}",
        others="""
        A: {type: object, properties: {order: {type: string, enum: [asc, desc]}}}
        B: {type: object, properties: {order: {type: string, enum: [desc, asc]}}}
        C: {type: object, properties: {order: {type: string, enum: [up, down]}}}
        """,
    )
    assert [fields(document, name)["order"] for name in "ABC"] == ["Order", "Order", "COrder"]


def test_names_that_differ_only_in_case_become_unique() -> None:
    _, document, _ = read_schema(
        "{type: string}",
        others="""
        HTTPError: {type: object, properties: {a: {type: string}}}
        HttpError: {type: object, properties: {b: {type: string}}}
        http-error: {type: object, properties: {b: {type: string}}}
        """,
    )
    names = sorted(model.name for model in document.models)
    assert names == ["HTTPError", "Holder", "SnippetHttpError"]


def test_components_keep_names_that_inline_schemas_would_have() -> None:
    _, document, _ = read_schema(
        "{type: object, properties: {x: {type: string}}}",
        others="HolderIt: {type: object, properties: {y: {type: string}}}",
    )
    assert fields(document, "HolderIt") == {"y": "str"}
    assert fields(document, "Holder")["it"] not in ("HolderIt", "Holder")


def test_the_common_prefix_of_dotted_names_is_removed() -> None:
    _, document, _ = read_schema(
        "{type: string}",
        others="""
        io.k8s.api.core.v1.Pod: {type: object, properties: {a: {type: string}}}
        io.k8s.api.core.v1.Node: {type: object, properties: {b: {type: string}}}
        io.k8s.meta.v1.Status: {type: object, properties: {c: {type: string}}}
        """,
    )
    assert sorted(model.name for model in document.models) == [
        "ApiCoreV1Node",
        "ApiCoreV1Pod",
        "Holder",
        "MetaV1Status",
    ]


BODIES = """
paths:
  /users:
    post:
      operationId: createUser
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses:
        '201': {content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
        '404': {content: {application/json: {schema: {type: object, properties: {why: {type: string}}}}}}
        default: {$ref: '#/components/responses/Failure'}
  /users/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string, enum: [me, all]}}]
      responses:
        '200':
          content:
            application/json: {schema: {type: array, items: {type: object, properties: {n: {type: integer}}}}}
            application/xml: {schema: {type: object, properties: {other: {type: integer}}}}
components:
  responses:
    Failure: {description: '', content: {application/json: {schema: {type: object, properties: {code: {type: string}}}}}}
"""


def test_inline_bodies_are_named_after_operation_and_role() -> None:
    document = read(BODIES).document
    assert sorted(model.name for model in document.models) == [
        "CreateUserNotFoundError",
        "CreateUserRequest",
        "CreateUserResponse",
        "FailureResponse",
        "GetUsersByIdResponseItem",
        "GetUsersByIdXmlResponse",
    ]
    assert [enum.name for enum in document.enums] == ["GetUsersByIdId"]
    assert model(document, "FailureResponse").place.pointer.startswith("/components/responses/Failure")


def test_inline_members_of_a_union_are_named_after_what_is_unique() -> None:
    field, _, _ = read_schema(
        """
        oneOf:
          - {type: object, required: [k], properties: {k: {const: card}, n: {type: string}}}
          - {type: object, required: [k], properties: {k: {const: bank}, n: {type: string}}}
        """
    )
    assert shown(field.type) == "HolderItCard|HolderItBank@k(bank=HolderItBank,card=HolderItCard)"
    field, _, _ = read_schema(
        """
        oneOf:
          - {type: object, properties: {iban: {type: string}, n: {type: string}}}
          - {type: object, properties: {pan: {type: string}, n: {type: string}}}
        """
    )
    assert shown(field.type) == "HolderItIban|HolderItPan"


@pytest.mark.parametrize("reverse", [False, True])
def test_names_do_not_depend_on_the_order_of_keys(reverse: bool) -> None:
    components = [
        "    A: {type: object, properties: {s: {type: string, enum: [x]}, t: {title: T, type: object, properties: {a: {}}}}}",
        "    B: {type: object, properties: {t: {title: T, type: object, properties: {b: {}}}, s: {type: string, enum: [x]}}}",
        "    C: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/A'}]}",
    ]
    text = "paths: {}\ncomponents:\n  schemas:\n" + "\n".join(reversed(components) if reverse else components)
    document = read(text).document
    assert [(model.name, model.place.pointer) for model in document.models] == [
        ("A", "/components/schemas/A"),
        ("B", "/components/schemas/B"),
        ("BT", "/components/schemas/B/properties/t"),
        ("T", "/components/schemas/A/properties/t"),
    ]
    assert [enum.name for enum in document.enums] == ["S"]


@given(st.text(st.characters(codec="ascii")) | st.sampled_from(["valueError", "none", "list"]))
def test_the_parser_does_not_change_names_of_classes(text: str) -> None:
    """The generator finds its classes by these names."""
    name = class_name(text)
    assert str(ClassName(name, "Value")) == name
