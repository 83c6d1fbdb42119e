"""All specs are valid OpenAPI 3.1 documents, including referenced files."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.specs.folder import Folder, Map, Node, is_list, is_map, walk

SECTIONS = ("schemas", "responses", "parameters", "headers")


def inlined(folder: Folder, name: str, node: Node) -> Node:
    """Return the node with references to other files replaced by their targets, except schemas."""
    if is_list(node):
        return [inlined(folder, name, item) for item in node]
    if not is_map(node):
        return node
    reference = str(node.get("$ref", ""))
    if reference.partition("#")[0] and "/schemas/" not in reference:
        return inlined(folder, *folder.follow(name, node))
    return {key: inlined(folder, name, value) for key, value in node.items()}


def problems(document: Map, uri: str) -> list[str]:
    validator = OpenAPIV31SpecValidator(document, uri)
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors()]


def references(node: Node) -> Iterator[str]:
    return (part["$ref"] for _, part in walk(node) if isinstance(part.get("$ref"), str))


def test_documents_are_valid(folder: Folder, document: str) -> None:
    assert problems(folder.documents[document], folder.uri(document)) == []


def test_documents_are_valid_with_shared_parts_inlined(folder: Folder, document: str) -> None:
    complete = inlined(folder, document, folder.documents[document])
    # References in schemas of shared responses are relative to their own file, and would be wrong here.
    for _, part in walk(complete):
        for media in part["content"].values() if is_map(part.get("content")) else ():
            if is_map(media):
                media.pop("schema", None)
    assert problems(complete, folder.uri(document)) == []


def test_all_references_have_a_target(folder: Folder, file: str) -> None:
    for reference in references(folder.files[file]):
        assert folder.follow(file, {"$ref": reference})[1], reference


def test_all_shared_parts_are_used(folder: Folder) -> None:
    used = {
        f"{folder.file_at(name, reference.partition('#')[0])}#{reference.partition('#')[2]}"
        for name, content in folder.files.items()
        for reference in references(content)
    }
    shared: set[str] = set()
    for name, content in folder.files.items():
        if name.startswith("common/"):
            for key, part in content.items():
                shared |= {f"{name}#/{key}/{inner}" for inner in part} if key in SECTIONS else {f"{name}#/{key}"}
    assert shared - used == set()


def test_invalid_documents_are_found(folder: Folder) -> None:
    broken = copy.deepcopy(folder.documents["oauth.yaml"])
    del broken["paths"]["/oauth/v2/token"]["post"]["responses"]["200"]["description"]
    assert problems(broken, folder.uri("oauth.yaml"))


@pytest.mark.parametrize("key", ["info", "x-xcaas-product", "servers", "paths", "components"])
def test_documents_have_all_sections(folder: Folder, document: str, key: str) -> None:
    assert key in folder.documents[document]


def test_products_are_named_like_their_file(folder: Folder, document: str) -> None:
    assert folder.documents[document]["x-xcaas-product"]["name"] == document.removesuffix(".yaml")
