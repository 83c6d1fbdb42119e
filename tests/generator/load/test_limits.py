"""Malicious input is rejected quickly and with little memory."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.support.snippets import fields, messages, read, read_schema, shown
from xcaas_generator.load.decode import MAX_DEPTH
from xcaas_generator.problems import InputError
from xcaas_generator.read import read_document

OK = "responses: {'204': {description: ''}}"


@contextmanager
def within(seconds: float) -> Generator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


DEEP = {
    "YAML flow": b"[" * 200_000,
    "YAML block": b"".join(b" " * n + b"a:\n" for n in range(2_000)),
    "JSON": b'{"a":' * 200_000,
    "JSON that ends": b'{"a":' * 500 + b"1" + b"}" * 500,
}


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting_is_rejected(data: bytes) -> None:
    with within(10), pytest.raises(InputError, match=f"nested more than {MAX_DEPTH}"):
        read_document(data, name="x", strict=False)


def test_alias_bombs_are_rejected() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with within(10), pytest.raises(InputError, match="aliases expand"):
        read_document(f"a0: &a0 [x]\n{levels}".encode(), name="x", strict=False)


def test_a_recursive_alias_becomes_a_reference() -> None:
    _, document, problems = read_schema(
        "{$ref: '#/components/schemas/Node'}", others="Node: &node {properties: {next: *node}}"
    )
    assert fields(document, "Node") == {"next": "Node"}
    assert "inside the node that it names" in messages(problems)


def test_deep_nesting_by_aliases_is_rejected() -> None:
    levels = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 400))
    with pytest.raises(InputError, match="nested more than"):
        read_document(f"a0: &a0 [x]\n{levels}".encode(), name="x", strict=False)


def test_numbers_of_thousands_of_digits_are_accepted() -> None:
    for text in (f"{{type: integer, default: {'9' * 5_000}}}", f"{{type: integer, enum: [{'9' * 5_000}]}}"):
        read_schema(text)
    read_document(b'{"openapi": "3.1.0", "x": ' + b"9" * 5_000 + b', "paths": {}}', name="x", strict=False)


def test_a_huge_enum_is_a_plain_type() -> None:
    field, _, problems = read_schema(f"{{type: string, enum: [{', '.join(f'v{n}' for n in range(50_000))}]}}")
    assert shown(field.type) == "str"
    assert "50,000 values" in messages(problems)


def test_an_object_with_too_many_properties_is_a_map() -> None:
    with within(20):
        field, _, problems = read_schema(
            f"{{properties: {{{', '.join(f'p{n}: {{type: string}}' for n in range(6_000))}}}}}"
        )
    assert shown(field.type) == "{any}"
    assert "5,000 properties" in messages(problems)


def test_a_long_chain_of_references_is_reported_as_a_loop() -> None:
    chain = "".join(f"C{n}: {{$ref: '#/components/schemas/C{n + 1}'}}\n" for n in range(3_000))
    field, _, problems = read_schema("{$ref: '#/components/schemas/C0'}", others=chain + "C3000: {type: string}\n")
    assert shown(field.type) == "any"
    assert "loop" in messages(problems)


@pytest.mark.parametrize(
    "last", ["{type: object, properties: {a: {}}}", "{allOf: [{$ref: '#/components/schemas/C0'}]}"]
)
def test_parts_repeated_at_each_level_are_read_once(last: str) -> None:
    twice = "".join(
        f"C{n}: {{allOf: [{{$ref: '#/components/schemas/C{n + 1}'}}, {{$ref: '#/components/schemas/C{n + 1}'}}]}}\n"
        for n in range(24)
    )
    with within(20):
        _, document, _ = read_schema("{$ref: '#/components/schemas/C0'}", others=f"{twice}C24: {last}\n")
    assert "properties" not in last or fields(document, "C0") == {"a": "any"}


def test_a_long_chain_of_classes_is_read_without_recursion() -> None:
    chain = "".join(f"C{n}: {{properties: {{n: {{$ref: '#/components/schemas/C{n + 1}'}}}}}}\n" for n in range(2_000))
    _, document, problems = read_schema("{$ref: '#/components/schemas/C0'}", others=chain + "C2000: {type: string}\n")
    assert not problems
    assert fields(document, "C1999") == {"n": "str"}


def test_a_long_chain_of_parts_is_cut() -> None:
    chain = "".join(
        f"C{n}: {{allOf: [{{$ref: '#/components/schemas/C{n + 1}'}}], properties: {{p{n}: {{type: string}}}}}}\n"
        for n in range(500)
    )
    with within(60):
        _, document, problems = read_schema(
            "{$ref: '#/components/schemas/C0'}", others=chain + "C500: {type: object}\n"
        )
    assert len(fields(document, "C490")) == 10
    assert "more than 100 parts within parts" in messages(problems)


def test_a_cycle_of_parts_is_cut() -> None:
    _, document, problems = read_schema(
        "{$ref: '#/components/schemas/A'}",
        others="""
        A: {allOf: [{$ref: '#/components/schemas/B'}, {properties: {a: {type: string}}}]}
        B: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {b: {type: string}}}]}
        """,
    )
    assert fields(document, "A") == {"b": "str", "a": "str"}
    assert "part of itself" in messages(problems)


def test_unions_with_too_many_combinations_are_folded() -> None:
    parts = ", ".join(
        f"{{oneOf: [{', '.join(f'{{properties: {{p{n}_{m}: {{type: string}}}}}}' for m in range(6))}]}}"
        for n in range(8)
    )
    with within(10):
        _, document, _ = read_schema(f"{{allOf: [{parts}]}}")
    assert len(fields(document, "HolderIt")) == 48


def test_merging_recursive_properties_terminates() -> None:
    with within(10):
        _, document, _ = read_schema(
            "{allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}",
            others="""
            A: {properties: {next: {$ref: '#/components/schemas/A'}, a: {type: string}}}
            B: {properties: {next: {$ref: '#/components/schemas/B'}, b: {type: string}}}
            """,
        )
    assert fields(document, "HolderIt")["next"] == "HolderItNext"
    assert fields(document, "HolderItNext") == {"next": "HolderItNext", "a": "str", "b": "str"}


def test_cost_grows_linearly() -> None:
    def seconds(count: int) -> float:
        paths = "".join(
            f"  /p{n}:\n    get: {{responses: {{'200': {{description: '', content: {{application/json: {{schema: "
            f"{{$ref: '#/components/schemas/S{n}'}}}}}}}}}}}}\n"
            for n in range(count)
        )
        schemas = "".join(
            f"    S{n}: {{properties: {{a: {{type: string}}, b: {{$ref: '#/components/schemas/S{(n * 7) % count}'}}, "
            f"c: {{type: string, enum: [x{n}]}}}}}}\n"
            for n in range(count)
        )
        text = f"paths:\n{paths}components:\n  schemas:\n{schemas}"
        start = time.process_time()
        assert len(read(text).document.operations) == count
        return time.process_time() - start

    seconds(20)
    small, large = seconds(100), seconds(800)
    assert large < small * 8 * 3


def test_spellings_of_many_values_are_found_in_one_pass() -> None:
    values = ", ".join(f"0{n}" for n in range(1_500))
    with within(20):
        _, document, _ = read_schema(f"{{type: string, enum: [{values}]}}")
    assert document.enums[0].values[:3] == ("00", "01", "02")
