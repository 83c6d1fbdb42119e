"""Random documents, and real ones with random defects.

Any input gives a valid document or an `InputError`, never another exception.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.snippets import check
from xcaas_generator.ir import JSON
from xcaas_generator.problems import InputError
from xcaas_generator.read import ReadResult, read_document

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.yaml"))
SLOW = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

Strategy: TypeAlias = "st.SearchStrategy[JSON]"


def either(*strategies: Strategy) -> Strategy:
    return st.one_of(*strategies)


def sampled(*values: JSON) -> Strategy:
    return st.sampled_from(values)


def lists(items: Strategy, max_size: int = 3) -> Strategy:
    return st.lists(items, max_size=max_size).map(lambda value: value)


def mapping(keys: Iterable[str], values: Strategy, max_size: int = 3) -> Strategy:
    strategy: st.SearchStrategy[dict[str, JSON]] = st.dictionaries(
        st.sampled_from(list(keys)), values, max_size=max_size
    )
    return strategy.map(lambda value: value)


def record(optional: Mapping[str, Strategy], **required: Strategy) -> Strategy:
    strategy: st.SearchStrategy[dict[str, JSON]] = st.fixed_dictionaries(required, optional=dict(optional))
    return strategy.map(lambda value: value)


NAMES = ["a", "A", "b-c", "b_c", "Pet", "pet ", "class", "", "$ref", "\u0130x", "'''", "{x}", "日本"]
REFS = [
    *(f"#/components/schemas/{name}" for name in "ABC"),
    *("#/components/parameters/P", "#", "#/paths/~1a", "A", "x.yaml", "http://x/y", "http://[x", "#/%zz"),
]
nothing: JSON = None
junk = either(
    sampled(nothing, True, False, [], {}, 1e400),
    st.integers(-3, 300).map(lambda number: number),
    st.floats(allow_nan=True, width=16).map(lambda number: number),
    sampled(*NAMES),
)
names, refs = sampled(*NAMES), sampled(*REFS)
types = sampled("string", "integer", "number", "boolean", "array", "object", "null", "String", "thing")


def reference(ref: JSON) -> JSON:
    return {"$ref": ref}


def _schema(inner: Strategy) -> Strategy:
    return record(
        {
            "type": either(types, lists(types), junk),
            "format": either(sampled("date", "int64", "binary", "uuid", "epoch-seconds"), junk),
            "enum": either(lists(junk, 4), junk),
            "const": junk,
            "properties": either(mapping(NAMES, inner), junk),
            "required": either(lists(names, 2), junk),
            "additionalProperties": either(inner, junk),
            "patternProperties": mapping(NAMES, inner, 2),
            "items": either(inner, junk),
            "prefixItems": lists(inner, 2),
            "allOf": either(lists(inner), junk),
            "oneOf": either(lists(inner), junk),
            "anyOf": lists(inner),
            "discriminator": either(record({"mapping": mapping(NAMES, refs, 2)}, propertyName=names), junk),
            "nullable": junk,
            "default": junk,
            "example": junk,
            "title": either(names, junk),
            "$ref": either(refs, junk),
        }
    )


schemas: Strategy = st.recursive(either(junk, refs.map(reference)), _schema, max_leaves=12)
media = mapping(
    ["application/json", "*/*", "text/plain", "multipart/form-data", "application/xml", "json", ""],
    either(record({}, schema=schemas), junk),
    2,
)
parameter = either(
    record(
        {
            "name": either(names, junk),
            "in": either(sampled("path", "query", "header", "cookie", "body", "formData"), junk),
            "required": junk,
            "schema": schemas,
            "content": media,
            "style": names,
            "explode": junk,
            "type": types,
        }
    ),
    refs.map(reference),
    junk,
)
responses = mapping(
    ["200", "2XX", "default", "404", "ok", "x-a"],
    either(record({"headers": mapping(NAMES, parameter, 1)}, content=media), junk),
)
operation = either(
    record(
        {
            "operationId": either(names, junk),
            "parameters": either(lists(parameter), junk),
            "requestBody": either(record({}, content=media), junk),
            "responses": either(responses, junk),
            "tags": either(lists(names, 2), junk),
            "security": either(lists(junk, 2), junk),
            "servers": either(lists(junk, 2), junk),
            "x-xcaas-pagination": junk,
            "x-xcaas-resource": junk,
        }
    ),
    junk,
)
path_item = either(mapping(["get", "post", "POST", "query", "x", "parameters"], operation), junk)
documents = record(
    {"info": junk, "servers": junk, "security": junk, "tags": junk},
    openapi=sampled("3.0.3", "3.1.0", 3.1, nothing),
    paths=mapping(["/a", "/a/{x}", "/{a}/{b-c}", "/{", "a", "/b?c=d", ""], path_item),
    components=either(
        record({}, schemas=record({}, A=schemas, B=schemas, C=schemas), parameters=record({}, P=parameter)), junk
    ),
)


def assert_readable(document: JSON) -> None:
    result = read_or_none(json.dumps(document).encode())
    if result is None:
        return
    unexpected = [str(problem) for problem in result.warnings if "can't be read (" in problem.message]
    assert not unexpected, unexpected


def read_or_none(data: bytes) -> ReadResult | None:
    """Return the result, after checks; None after an `InputError` with problems."""
    try:
        result = read_document(data, name="fuzzed", strict=False)
    except InputError as error:
        reasons = error.problems
    else:
        check(result.document)
        return result
    assert reasons
    return None


@SLOW
@given(documents)
def test_random_documents_are_readable(document: JSON) -> None:
    assert_readable(document)


@SLOW
@given(either(mapping(NAMES, path_item), junk), either(mapping(NAMES, either(mapping(NAMES, path_item), junk)), junk))
def test_random_webhooks_and_callbacks_are_readable(webhooks: JSON, callbacks: JSON) -> None:
    assert_readable({"openapi": "3.1.0", "paths": {"/a": {"get": {"callbacks": callbacks}}}, "webhooks": webhooks})


@SLOW
@given(schemas, schemas, schemas)
def test_random_schemas_are_readable(first: JSON, second: JSON, third: JSON) -> None:
    assert_readable({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": first, "B": second, "C": third}}})


@SLOW
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_random_text_is_read_or_rejected(text: str) -> None:
    for data in (text.encode(), b"openapi: 3.1.0\npaths:\n  /a: " + text.encode(), text.encode("utf-16")):
        read_or_none(data)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_real_documents_with_defects_are_readable(path: Path, data: st.DataObject) -> None:
    """Random nodes are replaced by junk, or by other nodes of the document."""
    document = copy.deepcopy(_LOADED[path])
    nodes = _containers(document)
    for _ in range(data.draw(st.integers(1, 3))):
        container = data.draw(st.sampled_from(nodes))
        value = data.draw(either(junk, st.sampled_from(nodes).map(copy.deepcopy)))
        if isinstance(container, dict):
            container[data.draw(st.sampled_from(sorted(container)))] = value
        else:
            container[data.draw(st.integers(0, len(container) - 1))] = value
    assert_readable(document)


def _containers(tree: JSON) -> list[dict[str, JSON] | list[JSON]]:
    containers: list[dict[str, JSON] | list[JSON]] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict | list) and node:
            containers.append(node)
            pending.extend(node.values() if isinstance(node, dict) else node)
    return containers


_LOADED: dict[Path, JSON] = {
    path: json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str)) for path in FIXTURES
}
