"""Strings of a spec never become code or paths."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.documents import AT, SERVER, TEXT, document, enum, field, model, operation, response, texts
from tests.support.module_shape import assert_shape
from xcaas_generator import ir
from xcaas_generator.cli import main

PAYLOADS = [
    '"); import os; os.system("x") #',
    "'); import os #",
    '"""; import os; """',
    "'''; import os; '''",
    '\\"""; import os #',
    "\\",
    '\\" + f() + "',
    "{f()}",
    "{{ f() }}",
    "{% for x in y %}",
    "a\nimport os\n",
    "a\r\nimport os\r\n",
    "a\x0cimport os",
    "a\x85import os\u2028import os",
    "\u202eimport os\u202c",
    "# mypy: ignore-errors\n# type: ignore\n# ruff: noqa\n# fmt: off",
    "-*- coding: utf-7 -*-",
    "../../../../tmp/evil",
    "..\\..\\evil",
    "/etc/passwd",
    "C:\\evil",
    "con",
    "__init__",
    "_client",
    "a\x00b",
    "\u0390",
    "\ud800",
    "__import__('os').system('x')",
    "X=1);Y=(1",
    "]; import os; [",
    "Literal['a']",
    "x)@y(z=w",
]


def hostile_document(payload: str) -> ir.Document:
    """Return a document with the payload in place of every string."""
    node = AT._replace(file=f"{payload}.yaml", pointer=payload)
    kind = replace(enum("Kind", payload, payload + "2"), name=payload + "Kind", doc=payload)
    either = ir.UnionOf((ir.ModelRef(payload + "Pet"),), payload, ((payload, payload + "Pet"),))
    pet = replace(
        model(payload + "Pet"),
        title=payload,
        doc=payload,
        place=node,
        example=payload,
        extra=TEXT,
        error=(("message", payload), ("code", payload)),
        fields=(
            replace(
                field(payload),
                doc=payload,
                default=payload,
                has_default=True,
                example=payload,
                limits=(("pattern", payload), ("minimum", payload)),
            ),
            field("const", ir.Const(payload)),
            field("kind", ir.EnumRef(kind.name), required=True),
            field("either", either),
        ),
    )
    server = ir.Server(
        payload, (ir.Variable(payload, payload, (payload,), payload, ((payload, payload),), payload),), payload
    )
    parameters = tuple(
        replace(
            ir.Parameter(payload, payload, location, ir.EnumRef(kind.name), required=location == "path", place=node),
            doc=payload,
            default=payload,
            has_default=True,
            example=payload,
            media_type=payload,
            style=payload,
            source=payload if location == "header" else None,
        )
        for location in ("path", "query", "header", "cookie")
    )
    body = ir.Body(
        (
            ir.BodyVariant(payload, "json", ir.ModelRef(pet.name)),
            ir.BodyVariant(payload, "multipart", ir.ModelRef(pet.name), (ir.PartEncoding(payload, payload, payload),)),
        ),
        required=True,
        place=node,
        name=payload,
        doc=payload,
    )
    paging = ir.Pagination(
        node,
        "cursor",
        payload,
        "/list",
        size=payload,
        next=ir.ValueLocation("body", payload),
        last=(ir.StopCondition(ir.ValueLocation("header", payload), "equals", {payload: payload}),),
        send={payload: payload},
        declared={payload: payload},
    )
    page = model("Page", field("list", ir.ListOf(ir.ModelRef(pet.name))))
    pet_responses = (
        replace(response(ir.ModelRef("Page"), media_type=payload), doc=payload),
        replace(response(ir.ModelRef(pet.name), "404", payload), doc=payload),
    )
    call = operation(
        payload,
        payload,
        payload,
        *pet_responses,
        place=node,
        servers=(server,),
        parameters=parameters,
        body=body,
        security=((payload,),),
        tags=(payload,),
        summary=payload,
        doc=payload,
        deprecated=True,
        pagination=paging,
        fixed_headers=((payload, payload),),
    )
    named = replace(call, id=payload + "2", path=payload + "2", resource=(payload, payload), verb=payload)
    webhook = ir.Webhook(payload, payload, node, body, payload, payload, True, payload, payload)
    scheme = ir.SecurityScheme(
        payload, payload, node, payload, "header", payload, payload, payload, ((payload, payload),)
    )
    return replace(
        document(call, named, models=(pet, page), enums=(kind,), servers=(server, SERVER), tags=((payload, payload),)),
        title=payload,
        version=payload,
        doc=payload,
        security_schemes=(scheme,),
        unions=(ir.Union(payload + "Either", either, node, payload),),
        webhooks=(webhook, replace(webhook, operation="", body=None)),
        refused=(ir.Refused(payload, payload, node, payload),),
        console_name=payload,
    )


def assert_harmless(payload: str) -> None:
    files = texts(hostile_document(payload))
    for path, source in files.items():
        assert_shape(path, source)
        if path.endswith(".py"):
            compile(source, path, "exec", dont_inherit=True)
    manifest = json.loads(files["_manifest.json"])
    assert manifest["operations"][0]["operation_id"] == payload
    assert manifest["webhooks"][0]["name"] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_do_not_become_code(payload: str) -> None:
    assert_harmless(payload)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("\"'\\\n\r\t{}()[]#%@=,;:./ _aA1"), st.characters()), min_size=1, max_size=40
    )
)
def test_random_strings_do_not_become_code(payload: str) -> None:
    assert_harmless(payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_built_packages_contain_only_expected_files(payload: str, tmp_path: Path) -> None:
    """The whole generator writes nothing outside the folder, and only valid modules in it."""
    spec = tmp_path / "in" / "spec.json"
    spec.parent.mkdir()
    spec.write_text(json.dumps(openapi(payload)), "ascii")
    out = tmp_path / "out"
    main(["-q", "build", str(spec), "--package", "pets", "--out", str(out)])
    for path in out.rglob("*"):
        if path.is_file():
            relative = path.relative_to(out / "pets").as_posix()
            assert_shape(relative, path.read_text("utf-8"))
    assert {path.name for path in tmp_path.iterdir()} <= {"in", "out"}
    assert {path.name for path in spec.parent.iterdir()} == {"spec.json"}


def openapi(payload: str) -> ir.JSON:
    schema: ir.JSON = {
        "type": "object",
        "title": payload,
        "description": payload,
        "properties": {payload: {"type": "string", "description": payload, "default": payload, "enum": [payload, "b"]}},
        "additionalProperties": {"type": "string", "const": payload},
    }
    content: ir.JSON = {"application/json": {"schema": schema, "example": payload}, payload: {"schema": schema}}
    parameters: list[ir.JSON] = [
        {"name": payload, "in": location, "description": payload, "schema": {"type": "string", "default": payload}}
        for location in ("query", "header", "cookie")
    ]
    call: dict[str, ir.JSON] = {
        "operationId": payload,
        "summary": payload,
        "description": payload,
        "tags": [payload],
        "parameters": parameters,
        "requestBody": {"description": payload, "content": content},
        "responses": {"200": {"description": payload, "content": content}, payload: {"description": payload}},
        "security": [{payload: []}],
        "callbacks": {payload: {payload: {"post": {"summary": payload, "requestBody": {"content": content}}}}},
        "x-xcaas-name": payload,
        payload: payload,
    }
    webhook: ir.JSON = {"post": {**call, "callbacks": {}}}
    inline: ir.JSON = {"type": "object", "properties": {payload: {"const": payload + "b"}}, "required": [payload]}
    discriminator: ir.JSON = {"propertyName": payload, "mapping": {payload: payload}}
    return {
        "openapi": "3.1.0",
        "info": {"title": payload, "version": payload, "description": payload},
        "servers": [{"url": payload, "variables": {payload: {"default": payload, "enum": [payload]}}}],
        "tags": [{"name": payload, "description": payload}],
        "paths": {f"/{payload}": {"post": call}, "/plain": {"get": {"responses": {"200": {"description": "Fine."}}}}},
        "webhooks": {payload: webhook, payload + "2": webhook},
        "components": {
            "schemas": {
                payload: schema,
                payload + "U": {"description": payload, "oneOf": [schema, inline], "discriminator": discriminator},
                payload + "A": {"description": payload, "allOf": [{"$ref": "#/components/schemas/Plain"}]},
                "Plain": inline,
            },
            "securitySchemes": {payload: {"type": "apiKey", "in": "header", "name": payload, "description": payload}},
        },
    }
