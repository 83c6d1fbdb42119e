"""What the product tests share: the manifest, credentials that the sandbox knows, and arguments for any operation."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, TypeAlias

import pytest

from xcaas import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin, XCaaS
from xcaas_sandbox._examples import argument_examples, example_of_media, is_needed
from xcaas_sandbox._specs import Operation, load_products

__all__ = [
    "CREDENTIALS",
    "JANUARY",
    "MANIFEST",
    "SETTINGS",
    "SPECS",
    "Row",
    "arguments",
    "body_of",
    "call_of",
    "client_of",
    "known_ids",
    "warned",
]

Row: TypeAlias = dict[str, Any]

JANUARY = datetime(2026, 1, 29, 8, tzinfo=UTC)
"""For sandboxes whose objects are to begin with 2026."""

SPECS: dict[tuple[str, str], Operation] = {
    (product.name, operation.id): operation for product in load_products() for operation in product.operations
}
# Streams are no calls: tests/core/events opens each kind.
MANIFEST: list[Row] = [
    row
    for row in json.loads(files("xcaas").joinpath("_manifest.json").read_text("utf-8"))["operations"]
    if "101" not in SPECS[row["product"], row["operation_id"]].responses
]
CREDENTIALS = [
    ClientCredentials("eght_demo", "demo-secret"),
    ApiKey("eght_demo_key", token="demo-tenant-token"),
    ApiKey("eght_search_key", role="search", products="contacts"),
    ApiKey("eght_management_key", role="management", products="contacts"),
    BasicToken("demotenant", "demo-action-token", role="action"),
    BasicToken("demotenant", "demo-data-token", role="data"),
    WorkAnalyticsLogin("eght_demo_key", "analyst@example.com", "demo-password"),
]
SETTINGS: Row = {
    "tenant": "demotenant",
    "cluster": "na12",
    "region": {"recent_calls": "us", "post_call_survey": "us"},
}


def client_of(base_url: str, **options: Any) -> XCaaS:
    """A blocking client that may call everything, unhindered by documented rate limits."""
    settings: Row = {"rate_limits": False, **SETTINGS, **options}
    return XCaaS(credentials=CREDENTIALS, base_url=base_url, **settings)


def call_of(client: object, row: Row) -> Callable[..., Any]:
    target = client
    for name in row["call"].split("."):
        target = getattr(target, name)
    assert callable(target)
    return target


def arguments(method: Callable[..., Any], operation: Operation, known: dict[str, object]) -> dict[str, object]:
    """An example for each parameter that has to be given, and the example body."""
    parameters = inspect.signature(method).parameters.values()
    needed = [one.name for one in parameters if one.default is one.empty or is_needed(operation, one.name)]
    return {
        **argument_examples(operation, needed),
        **{one.name: known[one.name] for one in parameters if one.name in known},
    }


def body_of(product: str, operation_id: str) -> Any:
    body = SPECS[product, operation_id].body
    assert body is not None
    return example_of_media(next(iter(body["content"].values())))


def known_ids(client: XCaaS, row: Row) -> dict[str, object]:
    """Arguments that the examples don't give: ids of things that have to be made first, and choices to be made."""
    call = row["call"]
    if call == "work_analytics.tokens.create":
        return {"body": {"username": "analyst@example.com", "password": "demo-password"}}
    if call == "customer_360.insights.get":
        return {"contact_id": "contact-204", "crm_id": "native"}
    if call == "administration.addresses.delete":
        address = client.administration.addresses.create(address={"country": "CH", "city": "Bern"})
        return {"address_id": address.id}
    if call == "administration.operations.get":
        return {"operation_id": client.administration.users.delete("uS1002").operation_id}
    if call == "administration.sites.delete":
        return {"site_id": "sT1002"}  # where nobody works
    maker = _MAKERS.get(row["product"])
    return maker(client, row) if maker else {}


def _stored(client: XCaaS, row: Row) -> dict[str, object]:
    kept = "ARCHIVED" if row["call"] == "storage.objects.restore" else "AVAILABLE"
    item = client.storage.objects.search(filter=f"objectState=={kept}", limit=1).first()
    assert item is not None
    job = client.storage.bulk_downloads.start(object_ids=[item.id])
    assert job is not None
    return {"object_id": item.id, "zip_name": job.zip_name, "object_ids": [item.id]}


def _reported(client: XCaaS, row: Row) -> dict[str, object]:
    if row["call"] == "cc_historical.detailed_reports.data":
        report = body_of("cc_historical", "createDetailedReport")
        return {"id": client.cc_historical.detailed_reports.create(report=report).id}
    if not row["call"].startswith("cc_historical.reports."):
        return {}
    started = client.cc_historical.reports.create(report=body_of("cc_historical", "createReport"))
    assert started.id is not None
    while client.cc_historical.reports.status(started.id).status == "IN_PROGRESS":
        pass
    return {"id": started.id}


def _measured(client: XCaaS, row: Row) -> dict[str, object]:
    return {
        "id": "101" if "queues" in row["call"] else "201",
        "queue_id": "101",
        "group_id": "201",
        "agent_id": "ag0000",
    }


def _placed(client: XCaaS, row: Row) -> dict[str, object]:
    if row["call"] == "calls.calls.place":
        return {}
    return {"interaction_id": client.calls.calls.place(body=body_of("calls", "placePhoneCall")).interaction_guid}


_MAKERS: dict[str, Callable[[XCaaS, Row], dict[str, object]]] = {
    "storage": _stored,
    "cc_historical": _reported,
    "cc_realtime": _measured,
    "calls": _placed,
}


def warned(row: Row) -> AbstractContextManager[object]:
    """Deprecated operations say so when they are called, others keep quiet (warnings are errors here)."""
    return pytest.deprecated_call() if row["deprecated"] else nullcontext()
