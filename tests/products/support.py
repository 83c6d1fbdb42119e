"""Shared by the product tests: the manifest, credentials of the sandbox, and arguments for any operation."""

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
"""For sandboxes whose objects begin with 2026."""

SPECS: dict[tuple[str, str], Operation] = {
    (product.name, operation.id): operation for product in load_products() for operation in product.operations
}
# Without event streams, which tests/core/events covers.
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
    """Return a blocking client with all credentials and without rate limits."""
    settings: Row = {"rate_limits": False, **SETTINGS, **options}
    return XCaaS(credentials=CREDENTIALS, base_url=base_url, **settings)


def call_of(client: object, row: Row) -> Callable[..., Any]:
    target = client
    for name in row["call"].split("."):
        target = getattr(target, name)
    assert callable(target)
    return target


def arguments(method: Callable[..., Any], operation: Operation, known: dict[str, object]) -> dict[str, object]:
    """Return an example for each required parameter and the body, or the known value."""
    parameters = inspect.signature(method).parameters.values()
    needed = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty or is_needed(operation, parameter.name)
    ]
    return {
        **argument_examples(operation, needed),
        **{parameter.name: known[parameter.name] for parameter in parameters if parameter.name in known},
    }


def body_of(product: str, operation_id: str) -> Any:
    body = SPECS[product, operation_id].body
    assert body is not None
    return example_of_media(next(iter(body["content"].values())))


def known_ids(client: XCaaS, row: Row) -> dict[str, object]:
    """Return arguments that the examples lack: ids of objects that are created first, and choices."""
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
        return {"site_id": "sT1002"}  # without users
    factory = _FACTORIES.get(row["product"])
    return factory(client, row) if factory else {}


def _storage_ids(client: XCaaS, row: Row) -> dict[str, object]:
    state = "ARCHIVED" if row["call"] == "storage.objects.restore" else "AVAILABLE"
    item = client.storage.objects.search(filter=f"objectState=={state}", limit=1).first()
    assert item is not None
    job = client.storage.bulk_downloads.start(object_ids=[item.id])
    assert job is not None
    return {"object_id": item.id, "zip_name": job.zip_name, "object_ids": [item.id]}


def _report_id(client: XCaaS, row: Row) -> dict[str, object]:
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


def _metrics_ids(client: XCaaS, row: Row) -> dict[str, object]:
    return {
        "id": "101" if "queues" in row["call"] else "201",
        "queue_id": "101",
        "group_id": "201",
        "agent_id": "ag0000",
    }


def _interaction_id(client: XCaaS, row: Row) -> dict[str, object]:
    if row["call"] == "calls.calls.place":
        return {}
    return {"interaction_id": client.calls.calls.place(body=body_of("calls", "placePhoneCall")).interaction_guid}


_FACTORIES: dict[str, Callable[[XCaaS, Row], dict[str, object]]] = {
    "storage": _storage_ids,
    "cc_historical": _report_id,
    "cc_realtime": _metrics_ids,
    "calls": _interaction_id,
}


def warned(row: Row) -> AbstractContextManager[object]:
    """Expect a warning from a deprecated operation (others would be errors)."""
    return pytest.deprecated_call() if row["deprecated"] else nullcontext()
