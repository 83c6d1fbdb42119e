"""Documents that nobody wrote: generated at random, and real ones with something broken at random.

Whatever comes in, out comes a sound document or an `InputError`, never another exception.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generator.front.reading import check
from xcaas_generator import front
from xcaas_generator.ir import JSON
from xcaas_generator.problems import InputError

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.yaml"))
SLOW = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

NAMES = ["a", "A", "b-c", "b_c", "Pet", "pet ", "class", "", "$ref", "\u0130x", "'''", "{x}", "日本"]
REFS = [f"#/components/schemas/{name}" for name in ("A", "B", "C")] + ["#/components/parameters/P", "#", "#/paths/~1a", "A", "x.yaml", "http://x/y"]
junk = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 300), st.floats(allow_nan=True, width=16), st.sampled_from(NAMES), st.just([]), st.just({})
)  # fmt: skip
names = st.sampled_from(NAMES)
types = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null", "String", "thing"])
refs = st.sampled_from(REFS)


def _schema(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    keywords: dict[str, st.SearchStrategy[JSON]] = {
        "type": st.one_of(types, st.lists(types, max_size=3), junk),
        "format": st.one_of(st.sampled_from(["date", "int64", "binary", "uuid", "epoch-seconds"]), junk),
        "enum": st.one_of(st.lists(junk, max_size=4), junk),
        "const": junk,
        "properties": st.one_of(st.dictionaries(names, inner, max_size=3), junk),
        "required": st.one_of(st.lists(names, max_size=2), junk),
        "additionalProperties": st.one_of(inner, junk),
        "patternProperties": st.dictionaries(names, inner, max_size=2),
        "items": st.one_of(inner, junk),
        "prefixItems": st.lists(inner, max_size=2),
        "allOf": st.one_of(st.lists(inner, max_size=3), junk),
        "oneOf": st.one_of(st.lists(inner, max_size=3), junk),
        "anyOf": st.lists(inner, max_size=3),
        "discriminator": st.one_of(
            st.fixed_dictionaries({"propertyName": names, "mapping": st.dictionaries(names, refs, max_size=2)}), junk
        ),
        "nullable": junk,
        "default": junk,
        "example": junk,
        "title": st.one_of(names, junk),
        "$ref": st.one_of(refs, junk),
    }
    return st.fixed_dictionaries({}, optional=keywords)


schemas = st.recursive(st.one_of(junk, st.builds(lambda ref: {"$ref": ref}, refs)), _schema, max_leaves=12)
media = st.dictionaries(
    st.sampled_from(["application/json", "*/*", "text/plain", "multipart/form-data", "application/xml", "json", ""]),
    st.one_of(st.fixed_dictionaries({"schema": schemas}), junk), max_size=2,
)  # fmt: skip
parameter = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.one_of(names, junk), "in": st.one_of(st.sampled_from(["path", "query", "header", "cookie", "body", "formData"]), junk),
            "required": junk, "schema": schemas, "content": media, "style": names, "explode": junk, "type": types,
        },
    ),
    st.builds(lambda ref: {"$ref": ref}, refs),
    junk,
)  # fmt: skip
responses = st.dictionaries(
    st.sampled_from(["200", "2XX", "default", "404", "ok", "x-a"]),
    st.one_of(st.fixed_dictionaries({"content": media}, optional={"headers": st.dictionaries(names, parameter, max_size=1)}), junk),
    max_size=3,
)
operation = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "operationId": st.one_of(names, junk), "parameters": st.one_of(st.lists(parameter, max_size=3), junk),
            "requestBody": st.one_of(st.fixed_dictionaries({"content": media}), junk), "responses": st.one_of(responses, junk),
            "tags": st.one_of(st.lists(names, max_size=2), junk), "security": st.one_of(st.lists(junk, max_size=2), junk),
            "servers": st.one_of(st.lists(junk, max_size=2), junk), "x-xcaas-pagination": junk, "x-xcaas-resource": junk,
        },
    ),
    junk,
)  # fmt: skip
documents = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.3", "3.1.0", 3.1, None]),
        "paths": st.dictionaries(
            st.sampled_from(["/a", "/a/{x}", "/{a}/{b-c}", "/{", "a", "/b?c=d", ""]),
            st.one_of(st.dictionaries(st.sampled_from(["get", "post", "POST", "query", "x", "parameters"]), operation, max_size=3), junk),
            max_size=3,
        ),
        "components": st.one_of(
            st.fixed_dictionaries(
                {"schemas": st.fixed_dictionaries({name: schemas for name in ("A", "B", "C")}), "parameters": st.fixed_dictionaries({"P": parameter})}
            ),
            junk,
        ),
    },
    optional={"info": junk, "servers": junk, "security": junk, "tags": junk},
)  # fmt: skip


def attempt(document: JSON) -> None:
    try:
        result = front.read(json.dumps(document).encode(), name="fuzzed", strict=False)
    except InputError as error:
        assert error.problems
        return
    check(result.document)
    unforeseen = [str(problem) for problem in result.warnings if "can't be read (" in problem.message]
    assert not unforeseen, unforeseen


@SLOW
@given(documents)
def test_random_documents(document: dict[str, JSON]) -> None:
    attempt(document)


@SLOW
@given(schemas, schemas, schemas)
def test_random_schemas(first: JSON, second: JSON, third: JSON) -> None:
    attempt({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": first, "B": second, "C": third}}})


@SLOW
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_random_text(text: str) -> None:
    for data in (text.encode(), b"openapi: 3.1.0\npaths:\n  /a: " + text.encode(), text.encode("utf-16")):
        try:
            check(front.read(data, name="fuzzed", strict=False).document)
        except InputError as error:
            assert error.problems


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_real_documents_with_something_broken(path: Path, data: st.DataObject) -> None:
    """Anything at any place replaced by junk, or by another part of the same document."""
    document = copy.deepcopy(_LOADED[path])
    spots = _containers(document)
    for _ in range(data.draw(st.integers(1, 3))):
        container = spots[data.draw(st.integers(0, len(spots) - 1))]
        key = data.draw(st.sampled_from(sorted(container) if isinstance(container, dict) else range(len(container))))
        other = spots[data.draw(st.integers(0, len(spots) - 1))]
        value = data.draw(st.one_of(junk, st.just(copy.deepcopy(other))))
        if isinstance(container, dict):
            container[str(key)] = value
        else:
            container[int(key)] = value
    attempt(document)


def _containers(tree: JSON) -> list[dict[str, JSON] | list[JSON]]:
    found: list[dict[str, JSON] | list[JSON]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list) and node:
            found.append(node)
            waiting.extend(node.values() if isinstance(node, dict) else node)
    return found


_LOADED: dict[Path, JSON] = {path: json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str)) for path in FIXTURES}
