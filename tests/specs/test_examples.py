"""Examples are valid for their schemas, and strings for their format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

from jsonschema import Draft202012Validator, FormatChecker

from tests.specs.folder import Folder, Map, Node, is_list, is_map, walk

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
WITHOUT_EXAMPLES = {"binary", "password", "hostname"}
_SCHEMA_KEYS = {"type", "$ref", "oneOf", "anyOf", "allOf", "properties"}

checker = FormatChecker(formats=())


def fits(pattern: str) -> Callable[[object], bool]:
    """Return a check of a string; other values pass. Formats of numbers are checked in strings."""
    return lambda value: not isinstance(value, str) or re.fullmatch(pattern, value) is not None


for _name, _pattern in FORMATS.items():
    checker.checks(_name)(fits(_pattern))


def examples(content: Map) -> Iterator[tuple[str, Node]]:
    """Yield pointers of schemas with their examples, of schemas, parameters, headers and media types."""
    for pointer, node in walk(content):
        has_schema = "schema" in node  # a parameter, header or media type
        if not has_schema and not _SCHEMA_KEYS & node.keys():
            continue
        schema_pointer = f"{pointer}/schema" if has_schema else pointer
        declared = node.get("examples")
        if "example" in node:
            yield schema_pointer, node["example"]
        if is_list(declared):
            yield from ((schema_pointer, example) for example in declared)
        elif is_map(declared) and has_schema:
            yield from ((schema_pointer, example["value"]) for example in declared.values())


def problems(folder: Folder, file: str, pointer: str, example: Node) -> list[str]:
    schema = {"$ref": f"{folder.uri(file)}#{pointer.replace('%', '%25')}"}
    validator = Draft202012Validator(schema, registry=folder.registry, format_checker=checker)
    validate = cast("Callable[[Node], Iterator[Exception]]", validator.iter_errors)  # pyright: ignore[reportUnknownMemberType]
    return [f"{pointer}: {error}" for error in validate(example)]


def test_examples_are_valid_for_their_schemas(folder: Folder, file: str) -> None:
    for pointer, example in examples(folder.files[file]):
        assert problems(folder, file, pointer, example) == []


def test_defaults_are_valid_for_their_schemas(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if "default" in node and "type" in node:
            assert problems(folder, file, pointer, node["default"]) == []


def test_specs_have_many_examples(folder: Folder) -> None:
    assert sum(1 for content in folder.files.values() for _ in examples(content)) > 1000


def test_invalid_examples_are_found(folder: Folder) -> None:
    pointer = "/components/schemas/StorageObject"
    assert problems(folder, "storage.yaml", pointer, {"id": 7})
    assert problems(folder, "storage.yaml", pointer, {"id": "7", "createdTime": "2026-01-01 00:55:24"})
    assert not problems(folder, "storage.yaml", pointer, {"id": "7", "createdTime": "2026-01-01T00:55:24"})


def test_all_formats_are_documented(folder: Folder, file: str) -> None:
    used = {
        node["format"] for _, node in walk(folder.files[file]) if isinstance(node.get("format"), str) and "type" in node
    }
    assert used <= FORMATS.keys() | WITHOUT_EXAMPLES
    readme = (folder.root / "README.md").read_text("utf-8")
    assert [format_ for format_ in used if f"`{format_}`" not in readme] == []
