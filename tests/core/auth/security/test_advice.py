"""Advice about a 401 or 403."""

from __future__ import annotations

from xcaas_core.auth.security._advice import about_key
from xcaas_core.operations._product import Product


def test_a_product_without_a_console_name_has_no_advice_about_a_403() -> None:
    assert about_key(Product("p", title="P", servers=(), schemes={}, package="x"), 403) is None
