"""Generated `_product.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.documents import document, operation, texts
from xcaas_generator import ir


def render_product(*limits: ir.RateLimit) -> str:
    return texts(document(operation("listPets"), rate_limits=limits))["_product.py"]


def test_rate_limits_are_rendered() -> None:
    source = render_product(ir.RateLimit(100, 60), ir.RateLimit(5, 0.5))
    assert "RateLimit(100, 60)" in source
    assert "RateLimit(5, 0.5)" in source


def test_a_product_without_rate_limits_has_none() -> None:
    assert "RateLimit" not in render_product()


@pytest.mark.parametrize(("required", "default"), [(True, ""), (False, ' "na30",')])
def test_a_required_variable_has_no_default(required: bool, default: str) -> None:
    cluster = ir.Variable("cluster", "na30", source="cluster", required=required)
    server = ir.Server("https://vcc-{cluster}.test", (cluster,))
    source = texts(replace(document(operation("listPets")), servers=(server,)))["_product.py"]
    assert f'Variable("cluster",{default} source="cluster")' in source
