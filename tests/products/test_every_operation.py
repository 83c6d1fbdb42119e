"""Every operation of the manifest, called on both clients against the sandbox, gives a typed answer."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from typing import Any, TypeAlias, cast

import pytest

from xcaas import (
    ApiKey,
    AsyncDownload,
    AsyncPager,
    AsyncXCaaS,
    BasicToken,
    ClientCredentials,
    Download,
    Pager,
    WorkAnalyticsLogin,
    XCaaS,
)
from xcaas_core.models import Model
from xcaas_sandbox import Sandbox
from xcaas_sandbox._examples import example_of_media, example_of_schema
from xcaas_sandbox._specs import Node, Operation, load_products

Row: TypeAlias = dict[str, Any]

MANIFEST: list[Row] = json.loads(files("xcaas").joinpath("_manifest.json").read_text("utf-8"))["operations"]
SPECS: dict[tuple[str, str], Operation] = {
    (product.name, operation.id): operation for product in load_products() for operation in product.operations
}
CREDENTIALS = [
    ClientCredentials("eght_demo", "demo-secret"),
    ApiKey("eght_demo_key", token="demo-tenant-token"),
    BasicToken("demotenant", "demo-action-token"),
    WorkAnalyticsLogin("eght_demo_key", "analyst@example.com", "demo-password"),
]

SETTINGS: Row = {
    "tenant": "demotenant",
    "cluster": "na12",
    "region": {"recent_calls": "us", "post_call_survey": "us"},
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running:
        yield running


def call_of(client: object, row: Row) -> Callable[..., Any]:
    target = client
    for name in row["call"].split("."):
        target = getattr(target, name)
    assert callable(target)
    return target


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def arguments(method: Callable[..., Any], operation: Operation, known: dict[str, object]) -> dict[str, object]:
    """An example for each parameter that has to be given, and the example body."""
    examples = {plain(str(p.get("x-xcaas-name", p["name"]))): p for p in operation.parameters}
    given: dict[str, object] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        spec = examples.get(plain(name))
        if parameter.default is not inspect.Parameter.empty and name not in known and not _needed(operation, spec):
            continue
        if name in known:
            given[name] = known[name]
        elif spec is not None:
            given[name] = _example(spec)
        elif operation.body is not None:
            given[name] = example_of_media(next(iter(operation.body["content"].values())))
    return given


def _needed(operation: Operation, spec: Node | None) -> bool:
    # `metrics` or `summary` is wanted by one operation, which OpenAPI cannot say.
    return spec is not None and operation.id == "listAgents" and spec["name"] == "metrics"


def _example(spec: Node) -> object:
    if "example" in spec:
        return spec["example"]
    for example in spec.get("examples", {}).values():
        return example["value"]
    return example_of_schema(spec["schema"])


def body_of(operation_id: str) -> Any:
    body = SPECS["cc_historical", operation_id].body
    assert body is not None
    return example_of_media(next(iter(body["content"].values())))


def known_ids(sandbox: Sandbox, row: Row) -> dict[str, object]:
    """Ids that exist in the sandbox, for the products that keep state."""
    with XCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url) as client:
        if row["product"] == "storage":
            item = client.storage.objects.search(limit=1).first()
            assert item is not None
            job = client.storage.bulk_downloads.start(object_ids=[item.id])
            return {"object_id": item.id, "zip_name": job.zip_name, "object_ids": ["none"]}
        if row["product"] == "cc_historical" and row["call"].startswith("cc_historical.reports."):
            poller = client.cc_historical.reports.run(report=body_of("createReport"))
            poller.wait(timeout=10)
            return {"id": int(poller.id or 0)}
        if row["call"] == "cc_historical.detailed_reports.data":
            return {"id": client.cc_historical.detailed_reports.create(report=body_of("createDetailedReport")).id}
        if row["product"] == "cc_realtime":
            return {
                "id": "101" if "queues" in row["call"] else "201",
                "queue_id": "101",
                "group_id": "201",
                "agent_id": "ag0000",
            }
    if row["call"] == "work_analytics.tokens.create":
        return {"body": {"username": "analyst@example.com", "password": "demo-password"}}
    return {}


def warned(row: Row) -> AbstractContextManager[object]:
    """Deprecated operations say so when they are called, others keep quiet (warnings are errors here)."""
    return pytest.deprecated_call() if row["deprecated"] else nullcontext()


def check_value(value: object) -> None:
    """A typed answer: a model, text, a number, bytes, or a list of those; never a bare dictionary."""
    if isinstance(value, list):
        for member in cast("list[object]", value):
            check_value(member)
    elif value is not None:
        assert isinstance(value, (Model, str, int, float, bytes)), type(value)


def take(result: Any) -> object:
    if isinstance(result, Pager):
        items = cast("Pager[object]", result).to_list()
        assert items, "a list without items proves nothing"
        return items
    if isinstance(result, Download):
        return result.read()
    return cast("object", result)


async def take_async(result: Any) -> object:
    if isinstance(result, AsyncPager):
        items = await cast("AsyncPager[object]", result).to_list()
        assert items, "a list without items proves nothing"
        return items
    if isinstance(result, AsyncDownload):
        return await result.read()
    return await cast("Awaitable[object]", result) if isinstance(result, Awaitable) else cast("object", result)


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["call"])
def test_called_blocking(sandbox: Sandbox, row: Row) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    with (
        XCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url, **SETTINGS) as client,
        warned(row),
    ):
        method = call_of(client, row)
        check_value(take(method(**arguments(method, operation, known_ids(sandbox, row)))))


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["call"])
def test_called_async(sandbox: Sandbox, row: Row) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    known = known_ids(sandbox, row)

    async def run() -> None:
        async with AsyncXCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url, **SETTINGS) as client:
            method = call_of(client, row)
            check_value(await take_async(method(**arguments(method, operation, known))))

    with warned(row):
        asyncio.run(run())


def test_nothing_was_refused_and_nothing_is_missing() -> None:
    manifest = json.loads(files("xcaas").joinpath("_manifest.json").read_text("utf-8"))
    assert manifest["refused"] == []
    assert {(row["product"], row["operation_id"]) for row in manifest["operations"]} == set(SPECS)
