"""What a document says of its product as a whole, in `_product.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.documents import document, operation, texts
from xcaas_generator import ir


def facts(*limits: ir.RateLimit) -> str:
    return texts(document(operation("listPets"), rate_limits=limits))["_product.py"]


def test_documented_limits_are_kept() -> None:
    made = facts(ir.RateLimit(100, 60), ir.RateLimit(5, 0.5))
    assert "RateLimit(100, 60)" in made
    assert "RateLimit(5, 0.5)" in made


def test_a_product_without_limits_names_none() -> None:
    assert "RateLimit" not in facts()


@pytest.mark.parametrize(("required", "default"), [(True, ""), (False, ' "na30",')])
def test_an_example_of_a_cluster_is_no_default(required: bool, default: str) -> None:
    cluster = ir.Variable("cluster", "na30", source="cluster", required=required)
    server = ir.Server("https://vcc-{cluster}.test", (cluster,))
    made = texts(replace(document(operation("listPets")), servers=(server,)))["_product.py"]
    assert f'Variable("cluster",{default} source="cluster")' in made
