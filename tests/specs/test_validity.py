"""Every spec is a valid OpenAPI 3.1 document, together with what it refers to in other files."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.specs.folder import Folder, Map, Node, is_list, is_map, walk

SECTIONS = ("schemas", "responses", "parameters", "headers")


def inlined(folder: Folder, name: str, node: Node) -> Node:
    """The node with references into other files replaced by their targets, schemas excepted."""
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


def test_document_is_valid(folder: Folder, document: str) -> None:
    assert problems(folder.documents[document], folder.uri(document)) == []


def test_document_is_valid_with_shared_parts_put_in(folder: Folder, document: str) -> None:
    whole = inlined(folder, document, folder.documents[document])
    # Schemas of shared responses refer to their own file and would lead astray here.
    for _, part in walk(whole):
        for media in part["content"].values() if is_map(part.get("content")) else ():
            if is_map(media):
                media.pop("schema", None)
    assert problems(whole, folder.uri(document)) == []


def test_every_reference_leads_somewhere(folder: Folder, file: str) -> None:
    for reference in references(folder.files[file]):
        assert folder.follow(file, {"$ref": reference})[1], reference


def test_every_shared_part_is_used(folder: Folder) -> None:
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


def test_a_broken_document_is_found(folder: Folder) -> None:
    broken = copy.deepcopy(folder.documents["oauth.yaml"])
    del broken["paths"]["/oauth/v2/token"]["post"]["responses"]["200"]["description"]
    assert problems(broken, folder.uri("oauth.yaml"))


@pytest.mark.parametrize("key", ["info", "x-xcaas-product", "servers", "paths", "components"])
def test_document_has_its_parts(folder: Folder, document: str, key: str) -> None:
    assert key in folder.documents[document]


def test_product_is_named_like_its_file(folder: Folder, document: str) -> None:
    assert folder.documents[document]["x-xcaas-product"]["name"] == document.removesuffix(".yaml")
