"""Products of the sandbox's keys, which follow from the specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from xcaas_sandbox._credentials import Credentials
from xcaas_sandbox._specs import load_products

SPEC = """
openapi: 3.1.1
info: {{title: {title}, version: '1'}}
x-xcaas-product: {{name: {name}, console_name: {title}}}
paths: {{}}
components:
  securitySchemes:
    one: {{type: http, scheme: bearer, x-xcaas-credential: {credential}}}
"""


@pytest.mark.parametrize(
    ("credential", "products"), [("client-credentials", ("Billing",)), ("work-analytics-login", ()), ("api-key", ())]
)
def test_keys_have_every_product_that_takes_tokens(tmp_path: Path, credential: str, products: tuple[str, ...]) -> None:
    text = SPEC.format(title="Billing", name="billing", credential=credential)
    (tmp_path / "billing.yaml").write_text(text, encoding="utf-8")
    keys = Credentials(load_products(tmp_path), lifetime=60).keys
    assert keys["eght_demo"].products == keys["eght_readonly"].products == products
