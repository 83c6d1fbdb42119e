"""Pages of operations without a handler, from their example and `x-xcaas-pagination`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.products.support import MANIFEST, SPECS, Row, arguments, call_of, client_of, warned
from xcaas import Pager, XCaaS
from xcaas_sandbox import Sandbox
from xcaas_sandbox._examples import plain
from xcaas_sandbox._paged import TOTAL
from xcaas_sandbox.products import Services

# Needed for tokens; the histories of the second have handlers.
NEEDED = ("oauth", "work_analytics")
HISTORIES = ("listCallLegs", "listCallRecords", "listCdr")
PAGED = [row for row in MANIFEST if row["pagination"] and row["operation_id"] not in HISTORIES]


@pytest.fixture(scope="module")
def client() -> Iterator[XCaaS]:
    with Sandbox() as sandbox:
        state = sandbox.state
        needed = tuple(product for product in state.products if product.name in NEEDED)
        state.services = Services(needed, state.credentials, state.clock, state.webhooks)
        with client_of(sandbox.base_url) as client:
            yield client


@pytest.mark.parametrize("row", PAGED, ids=lambda row: row["call"])
def test_pages_of_each_style_have_all_items(client: XCaaS, row: Row) -> None:
    size: str = row["pagination"]["size"]
    method = call_of(client, row)
    args = arguments(method, SPECS[row["product"], row["operation_id"]], {})
    if row["pagination"]["in"] == "body":
        name = next(name for name, value in args.items() if isinstance(value, dict))
        args[name] = {**cast("dict[str, Any]", args[name]), size.lstrip("/"): 3}
    else:
        name = next(name for name in method.__annotations__ if plain(name) == plain(size))
        args[name] = 3
    with warned(row):
        pages = [list(page.items) for page in cast("Pager[object]", method(**args)).pages()]
    # Requests with only a cursor get pages of the default size.
    expected = [3, TOTAL - 3] if row["pagination"].get("alone") else [3, 3, TOTAL % 3]
    assert [len(page) for page in pages if page] == expected
