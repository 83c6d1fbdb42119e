"""Names, types and operations do not depend on the order of keys in a document."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.support.snippets import fields, shown
from xcaas_generator import ir
from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import load
from xcaas_generator.read import read_document

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures").glob("*.yaml"))


def shuffled(node: JSON, random_: random.Random) -> JSON:
    if isinstance(node, dict):
        keys = list(node)
        random_.shuffle(keys)
        return {key: shuffled(node[key], random_) for key in keys}
    return [shuffled(item, random_) for item in node] if isinstance(node, list) else node


def public_view(document: ir.Document) -> object:
    """Return what callers see of a document, regardless of the order of fields."""
    return (
        sorted((model.name, model.place.pointer, sorted(fields(document, model.name).items())) for model in document.models),
        sorted((enum.name, enum.place.pointer, enum.values) for enum in document.enums),
        [
            (
                operation.id, operation.method, operation.path,
                sorted((parameter.location, parameter.wire, shown(parameter.type)) for parameter in operation.parameters),
                [(variant.media_type, shown(variant.type)) for variant in (operation.body.variants if operation.body else ())],
                [(response.status, [shown(variant.type) for variant in response.variants]) for response in operation.responses],
            )
            for operation in document.operations
        ],
    )  # fmt: skip


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_order_of_keys_does_not_matter(path: Path) -> None:
    tree = load(path.read_bytes(), path.name).tree
    expected = public_view(read_document(json.dumps(tree).encode(), name="x", strict=False).document)
    for seed in range(3):
        data = json.dumps(shuffled(tree, random.Random(seed))).encode()
        assert public_view(read_document(data, name="x", strict=False).document) == expected
