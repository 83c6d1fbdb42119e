"""The order of keys in a document is no information: names, types and operations don't hang on it."""

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


def shuffled(node: JSON, chance: random.Random) -> JSON:
    if isinstance(node, dict):
        keys = list(node)
        chance.shuffle(keys)
        return {key: shuffled(node[key], chance) for key in keys}
    return [shuffled(one, chance) for one in node] if isinstance(node, list) else node


def meaning(document: ir.Document) -> object:
    """All that a caller sees, without the order of fields."""
    return (
        sorted((one.name, one.place.pointer, sorted(fields(document, one.name).items())) for one in document.models),
        sorted((one.name, one.place.pointer, one.values) for one in document.enums),
        [
            (
                one.id, one.method, one.path,
                sorted((parameter.location, parameter.wire, shown(parameter.type)) for parameter in one.parameters),
                [(variant.media_type, shown(variant.type)) for variant in (one.body.variants if one.body else ())],
                [(response.status, [shown(variant.type) for variant in response.variants]) for response in one.responses],
            )
            for one in document.operations
        ],
    )  # fmt: skip


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_any_order(path: Path) -> None:
    tree = load(path.read_bytes(), path.name).tree
    expected = meaning(read_document(json.dumps(tree).encode(), name="x", strict=False).document)
    for seed in range(3):
        data = json.dumps(shuffled(tree, random.Random(seed))).encode()
        assert meaning(read_document(data, name="x", strict=False).document) == expected
