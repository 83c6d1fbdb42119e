"""Every spec is a valid OpenAPI 3.1 document, together with what it refers to in other files."""

from __future__ import annotations

import copy
from typing import Any, Protocol

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

Node = Any


class Folder(Protocol):
    files: dict[str, Node]
    documents: dict[str, Node]

    def uri(self, name: str) -> str: ...

    def follow(self, name: str, node: Node) -> tuple[str, Node]: ...


def inlined(folder: Folder, name: str, node: Node) -> Node:
    """The node with references into other files replaced by their targets, schemas excepted."""
    if isinstance(node, list):
        return [inlined(folder, name, item) for item in node]
    if not isinstance(node, dict):
        return node
    location = str(node.get("$ref", "")).partition("#")[0]
    if location and "/schemas/" not in node["$ref"]:
        target_name, target = folder.follow(name, node)
        return inlined(folder, target_name, target)
    return {key: inlined(folder, name, value) for key, value in node.items()}


def problems(folder: Folder, document: Node, uri: str) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in OpenAPIV31SpecValidator(document, uri).iter_errors()]


def test_document_is_valid(folder: Folder, document: str) -> None:
    assert problems(folder, folder.documents[document], folder.uri(document)) == []


def test_document_is_valid_with_shared_parts_put_in(folder: Folder, document: str) -> None:
    # Schemas of shared answers refer to their own file, so only the other parts are checked here.
    whole = inlined(folder, document, folder.documents[document])
    for response in _responses(whole):
        for media in response.get("content", {}).values():
            media.pop("schema", None)
    assert problems(folder, whole, folder.uri(document)) == []


def test_every_reference_leads_somewhere(folder: Folder, file: str) -> None:
    for reference in _references(folder.files[file]):
        assert folder.follow(file, {"$ref": reference})[1] is not None


def test_every_shared_part_is_used(folder: Folder) -> None:
    used = {
        f"{name}#{pointer}" if not location else f"common/{location.rpartition('/')[2]}#{pointer}"
        for name, content in folder.files.items()
        for location, _, pointer in (reference.partition("#") for reference in _references(content))
    }
    shared = {
        f"{name}#/{section}/{part}" if isinstance(parts, dict) and section in ("schemas", "responses") else f"{name}#/{section}"
        for name, content in folder.files.items()
        if name.startswith("common/")
        for section, parts in content.items()
        for part in (parts if section in ("schemas", "responses") else ("",))
    }
    assert shared - used == set()


def test_a_broken_document_is_found(folder: Folder) -> None:
    broken = copy.deepcopy(folder.documents["oauth.yaml"])
    del broken["paths"]["/oauth/v2/token"]["post"]["responses"]["200"]["description"]
    assert problems(folder, broken, folder.uri("oauth.yaml"))


@pytest.mark.parametrize("key", ["info", "x-xcaas-product", "servers", "paths", "components"])
def test_document_has_its_parts(folder: Folder, document: str, key: str) -> None:
    assert key in folder.documents[document]


def test_product_is_named_like_its_file(folder: Folder, document: str) -> None:
    assert folder.documents[document]["x-xcaas-product"]["name"] == document.removesuffix(".yaml")


def _references(node: Node) -> set[str]:
    if isinstance(node, list):
        return {reference for item in node for reference in _references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own | {reference for value in node.values() for reference in _references(value)}


def _responses(document: Node) -> list[Node]:
    found = list(document.get("components", {}).get("responses", {}).values())
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                found.extend(operation.get("responses", {}).values())
    return found
