"""Errors about an argument have its name in Python."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from xcaas import ArgumentError, Download, Pager, Poller
from xcaas.testing import FakeServer

from .support import MANIFEST, SPECS, Row, arguments, call_of, client_of, warned

NOWHERE = "https://nowhere.example"


def run(result: Any) -> None:
    match result:
        case Pager():
            result.first()
        case Download():
            result.read()
        case Poller():
            result.wait()
        case _:
            pass


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["call"])
def test_errors_have_the_name_of_the_argument(row: Row) -> None:
    with client_of(NOWHERE, http_client=FakeServer()) as client:
        method = call_of(client, row)
        values = arguments(method, SPECS[row["product"], row["operation_id"]], {})
        for name in inspect.signature(method).parameters:
            with warned(row), pytest.raises(ArgumentError) as caught:
                run(method(**{**values, name: object()}))
            assert caught.value.argument == name, str(caught.value)


def test_errors_also_have_the_services_name() -> None:
    with client_of(NOWHERE, http_client=FakeServer()) as client:
        with pytest.raises(ArgumentError, match=r"^object_id \(objectId\): '' cannot stand in a path$") as caught:
            client.storage.objects.get("")
        assert (caught.value.argument, caught.value.wire) == ("object_id", "objectId")
        with pytest.raises(ArgumentError, match=r"^metrics: a list was expected, not str; pass a list"):
            client.cc_realtime.queues.list(metrics="waiting,offered").first()
        with pytest.raises(ArgumentError, match=r"^object_ids: a list was expected, not str; pass a list"):
            client.storage.objects.delete(object_ids="o1")
        ids: Any = ["o1", {"id": "o2"}]
        with pytest.raises(ArgumentError, match=r"^object_ids\[1\]: text was expected, not dict$"):
            client.storage.objects.delete(object_ids=ids)
        without_tenant = client.with_options(tenant=None)
        with pytest.raises(ArgumentError, match=r"^tenant \(tenantId\): .* none was given\. .* tenant=… to"):
            without_tenant.customer_360.insights.get(contact_id="c1", crm_id="native")


@pytest.mark.parametrize("page", ["two", [1], 1j])
def test_invalid_page_number_raises(page: Any) -> None:
    with client_of(NOWHERE, http_client=FakeServer()) as client:
        with pytest.raises(ArgumentError, match=r"^page: a page is a whole number, not ('two'|list|complex)$"):
            client.chat_gateway.webhooks.list(page=page).first()
        cursor: Any = {} if page == "two" else page
        with pytest.raises(ArgumentError, match=r"^page_key \(pageKey\): a cursor is text or a number"):
            client.storage.objects.search(page_key=cursor).first()
