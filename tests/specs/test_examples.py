"""Examples are true: each fits its schema, and texts with a format are in that format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry

Node = Any
Place = tuple[str, str]  # file and JSON pointer

_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
FORMATS = {
    "date-time": rf"\d{{4}}-\d\d-\d\dT{_TIME}(?:Z|[+-]\d\d:\d\d)",
    "date-time-utc-milliseconds": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "date-time-utc-naive": rf"\d{{4}}-\d\d-\d\dT{_TIME}",
    "date-time-local": rf"\d{{4}}-\d\d-\d\dT{_TIME}",
    "date-time-basic": r"\d{8}T\d{6}",
    "date-time-space": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "date-time-nocolon": rf"\d{{4}}-\d\d-\d\dT{_TIME}(?:Z|[+-]\d{{4}})",
    "date-time-us": r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d",
    "epoch-seconds": r"\d{9,11}",
    "epoch-milliseconds": r"\d{12,14}",
    "epoch-microseconds": r"\d{15,17}",
    "int32": r"-?\d{1,10}",
    "int64": r"-?\d{1,19}",
    "float": r"-?\d+(?:\.\d+)?",
    "double": r"-?\d+(?:\.\d+)?",
    "decimal": r"-?\d+(?:\.\d+)?",
    "date": r"\d{4}-\d\d-\d\d",
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "uri": r"[a-z]+:[^ ]+",
    "email": r"[^@ ]+@[^@ ]+",
}

checker = FormatChecker(formats=())


def _fits(pattern: str) -> Any:
    return lambda value: not isinstance(value, str) or re.fullmatch(pattern, value) is not None


for _name, _pattern in FORMATS.items():
    checker.checks(_name)(_fits(_pattern))


class Folder(Protocol):
    files: dict[str, Node]
    registry: Registry[Node]

    def uri(self, name: str) -> str: ...


def examples(node: Node, pointer: str = "") -> Iterator[tuple[str, Node]]:
    """Pointer of a schema, and an example of it: of schemas, parameters, headers and media types."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from examples(item, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    carrier = "schema" in node  # a parameter, header or media type
    where = f"{pointer}/schema" if carrier else pointer
    looks_like_schema = carrier or {"type", "$ref", "oneOf", "anyOf", "allOf", "properties"} & node.keys()
    if "example" in node and looks_like_schema:
        yield where, node["example"]
    many = node.get("examples")
    if isinstance(many, list) and looks_like_schema:
        yield from ((where, example) for example in many)
    elif isinstance(many, dict) and carrier:
        yield from ((where, example["value"]) for example in many.values())
    for key, value in node.items():
        if key not in ("example", "examples", "default", "enum", "const"):
            yield from examples(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def problems(folder: Folder, file: str, pointer: str, example: Node) -> list[str]:
    validator = Draft202012Validator(
        {"$ref": f"{folder.uri(file)}#{pointer.replace('%', '%25')}"}, registry=folder.registry, format_checker=checker
    )
    return [f"{pointer}: {error.message}" for error in validator.iter_errors(example)]


def test_examples_fit_their_schemas(folder: Folder, file: str) -> None:
    found = [problem for pointer, example in examples(folder.files[file]) for problem in problems(folder, file, pointer, example)]
    assert found == []


def test_defaults_fit_their_schemas(folder: Folder, file: str) -> None:
    def walk(node: Node, pointer: str) -> Iterator[tuple[str, Node]]:
        if isinstance(node, dict):
            if "default" in node and "type" in node:
                yield pointer, node["default"]
            for key, value in node.items():
                yield from walk(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(node, list):
            for index, item in enumerate(node):
                yield from walk(item, f"{pointer}/{index}")

    found = [problem for pointer, value in walk(folder.files[file], "") for problem in problems(folder, file, pointer, value)]
    assert found == []


def test_there_are_examples(folder: Folder) -> None:
    assert sum(1 for content in folder.files.values() for _ in examples(content)) > 1000


def test_a_wrong_example_is_found(folder: Folder) -> None:
    pointer = "/components/schemas/StorageObject"
    assert problems(folder, "storage.yaml", pointer, {"id": 7})
    assert problems(folder, "storage.yaml", pointer, {"id": "7", "createdTime": "2026-01-01 00:55:24"})
    assert not problems(folder, "storage.yaml", pointer, {"id": "7", "createdTime": "2026-01-01T00:55:24"})


def test_every_format_is_known(folder: Folder, file: str) -> None:
    def formats(node: Node) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("format"), str) and "type" in node:
                yield node["format"]
            for key, value in node.items():
                if key not in ("example", "examples"):
                    yield from formats(value)
        elif isinstance(node, list):
            for item in node:
                yield from formats(item)

    assert set(formats(folder.files[file])) - FORMATS.keys() - {"binary", "password", "hostname"} == set()
