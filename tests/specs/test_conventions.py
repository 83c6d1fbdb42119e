"""The conventions of `specs/README.md`: names, descriptions, and required keys of operations."""

from __future__ import annotations

import re
from collections import Counter

from tests.specs.folder import Folder, is_list, is_map, walk

VERB_OR_RESOURCE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
SCHEMA_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
OPERATION_ID = re.compile(r"[a-z][A-Za-z0-9]*")
MAX_SUMMARY_WORDS = 8


def test_operations_are_named_and_described(folder: Folder, document: str) -> None:
    for path, method, operation, _ in folder.operations(document):
        call = f"{method.upper()} {path}"
        assert OPERATION_ID.fullmatch(operation["operationId"]), call
        assert operation.get("description", "").endswith("."), call
        summary = operation.get("summary", "")
        assert 0 < len(summary.split()) <= MAX_SUMMARY_WORDS, f"{call}: {summary!r}"
        assert not summary.endswith("."), call
        assert operation.get("tags"), call


def test_all_operations_have_a_unique_call(folder: Folder, document: str) -> None:
    calls: Counter[str] = Counter()
    for path, method, operation, _ in folder.operations(document):
        resource = operation["x-xcaas-resource"]
        # Without a path, it is a method of the product itself.
        names = [*(resource["path"].split(".") if resource["path"] else ()), resource["verb"]]
        assert all(VERB_OR_RESOURCE.fullmatch(name) for name in names), f"{method} {path}: {names}"
        calls[".".join(names)] += 1
        for verb in ("verb", "resume"):
            if verb in operation.get("x-xcaas-poller", {}):
                calls[f"{resource['path']}.{operation['x-xcaas-poller'][verb]}"] += 1
    assert [call for call, count in calls.items() if count > 1] == []


def test_failures_have_a_body_or_a_reason(folder: Folder, document: str) -> None:
    for path, method, operation, _ in folder.operations(document):
        for status, response in operation["responses"].items():
            _, response = folder.follow(document, response)
            if status == "default" or status[0] in "45":
                assert "content" in response or response.get("x-xcaas-no-body"), f"{method} {path} {status}"


def test_parameters_are_described(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if "in" in node and "name" in node and ("schema" in node or "content" in node):
            assert node.get("description", "").endswith("."), pointer


def test_schemas_are_named_and_described(folder: Folder, file: str) -> None:
    for name, schema in folder.schemas(file).items():
        assert SCHEMA_NAME.fullmatch(name), name
        assert schema.get("title", name) == name
        assert "description" in schema or "$ref" in schema, name


def test_fields_are_described(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if not is_map(node.get("properties")) or pointer.endswith("/properties"):
            continue
        for name, field in node["properties"].items():
            target = folder.follow(file, field)[1] if "$ref" in field else {}
            assert field.get("description") or target.get("description"), f"{pointer}/properties/{name}"


def test_inline_objects_have_a_title(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if node.get("type") == "object" and "properties" in node:
            assert node.get("title"), pointer


def test_required_fields_exist(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if is_list(node.get("required")) and "properties" in node:
            assert set(node["required"]) <= node["properties"].keys(), pointer


def test_extensions_are_the_documented_ones(folder: Folder, file: str) -> None:
    documented = set(re.findall(r"`(x-xcaas-[a-z-]+)`", (folder.root / "README.md").read_text("utf-8")))
    used = {key for _, node in walk(folder.files[file]) for key in node if key.startswith("x-")}
    assert {key for key in used if not key.startswith(("x-8x8", "x-api", "x-ratelimit"))} <= documented


def test_documented_extensions_are_used(folder: Folder) -> None:
    documented = set(re.findall(r"`(x-xcaas-[a-z-]+)`", (folder.root / "README.md").read_text("utf-8")))
    used = {key for content in folder.files.values() for _, node in walk(content) for key in node}
    assert documented <= used


def test_filters_have_valid_examples(folder: Folder, file: str) -> None:
    for pointer, node in walk(folder.files[file]):
        if node.get("in") == "query" and re.search(r"\b(FIQL|RSQL)\b|`name==`", node.get("description", "")):
            filter_ = node["x-xcaas-filter"]
            fields = filter_.get("fields", [])
            example = re.match(r"([\w.]+)(==|=\w\w=|[<>]=?)", node["example"])
            assert example is not None, pointer
            assert example[2] in filter_["operators"], pointer
            assert not fields or example[1] in fields, pointer
