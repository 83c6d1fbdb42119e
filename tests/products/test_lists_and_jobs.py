"""Lists in small pages, and jobs, on both clients."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

from xcaas import AsyncPager, AsyncXCaaS, Pager, PollerError, PollerTimeoutError, XCaaS
from xcaas.administration.models import Operation
from xcaas.testing import FakeServer
from xcaas_core.models import Model
from xcaas_sandbox import Sandbox
from xcaas_sandbox._examples import plain

from .support import (
    CREDENTIALS,
    MANIFEST,
    SETTINGS,
    SPECS,
    Row,
    arguments,
    body_of,
    call_of,
    client_of,
    known_ids,
    warned,
)

PAGED = [row for row in MANIFEST if row["pagination"]]
SIZE = 2
# Long lists, cut to what a test needs.
NARROWED: dict[str, dict[str, object]] = {
    "storage.objects.search": {"filter": "type==meeting;createdTime=lt=1767350000000"},
    "cc_realtime.agents.list": {"metrics": ["alerting.rt"], "group_ids": ["201"]},
    "cc_realtime.queues.list": {"metrics": ["abandoned.today"]},
    "cc_realtime.queues.agents.list": {"metrics": ["alerting.rt"]},
    "cc_realtime.groups.agents.list": {"metrics": ["alerting.rt"]},
}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    # Dates stand still, so that the same question gets the same response.
    with Sandbox(speed=100, wall=lambda: 1_768_383_000.0) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.state.reset()
    return server


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[XCaaS]:
    with client_of(sandbox.base_url) as client:
        yield client


def async_client(sandbox: Sandbox) -> AsyncXCaaS:
    return AsyncXCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url, rate_limits=False, **SETTINGS)


# --- pages ---


def with_small_pages(row: Row, method: Callable[..., Any], args: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with a page size of two."""
    size: str = row["pagination"]["size"]
    if row["pagination"]["in"] == "body":
        body = next(name for name, value in args.items() if isinstance(value, dict))
        return {**args, body: {**args[body], size.lstrip("/"): SIZE}}
    name = next(name for name in inspect.signature(method).parameters if plain(name) == plain(size))
    return {**args, name: SIZE}


def keys(items: list[Any]) -> list[str]:
    assert all(isinstance(item, Model) for item in items)
    return [json.dumps(item.to_dict(), sort_keys=True) for item in items]


def no_filters(row: Row, args: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments without the filters of example bodies."""
    return {
        name: {key: part for key, part in cast("dict[str, Any]", value).items() if key != "filters"}
        if isinstance(value, dict)
        else value
        for name, value in args.items()
    }


@pytest.mark.parametrize("row", PAGED, ids=lambda row: row["call"])
def test_items_come_once_for_any_page_size(sandbox: Sandbox, client: XCaaS, row: Row) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    ids = {**known_ids(client, row), **NARROWED.get(row["call"], {})}

    async def walk() -> list[Any]:
        async with async_client(sandbox) as other:
            method = call_of(other, row)
            pager: AsyncPager[Any] = method(
                **with_small_pages(row, method, no_filters(row, arguments(method, operation, ids)))
            )
            return [item async for item in pager]

    with warned(row):
        method = call_of(client, row)
        args = no_filters(row, arguments(method, operation, ids))
        expected = keys(cast("Pager[Any]", method(**args)).to_list())
        pages = [keys(list(page.items)) for page in method(**with_small_pages(row, method, args)).pages()]
        walked = keys(asyncio.run(walk()))
    assert len(set(expected)) == len(expected) > SIZE
    assert all(len(page) <= SIZE for page in pages)
    assert [item for page in pages for item in page] == expected
    assert walked == expected


@pytest.mark.parametrize("row", PAGED, ids=lambda row: row["call"])
def test_lists_are_the_same_in_every_mode(sandbox: Sandbox, client: XCaaS, row: Row) -> None:
    """With prefetching, also with trio, and from the first page of `raw` and `streaming`."""
    ids = {**known_ids(client, row), **NARROWED.get(row["call"], {})}

    async def ahead() -> list[Any]:
        async with async_client(sandbox) as other:
            method = call_of(other, row)
            async with aclosing(aiter(method(**with_small_pages(row, method, args)).prefetch())) as items:
                return [item async for item in items]

    with warned(row):
        method = call_of(client, row)
        args = no_filters(row, arguments(method, SPECS[row["product"], row["operation_id"]], ids))
        small_pages = with_small_pages(row, method, args)
        expected = keys(method(**small_pages).to_list())
        assert keys(method(**small_pages).prefetch().to_list()) == expected
        assert keys(anyio.run(ahead, backend="trio")) == expected
        assert keys(client.raw(method, **small_pages).value.to_list()) == expected
        with client.streaming(method, **small_pages) as response:
            assert keys(response.value().to_list()) == expected


def test_list_is_resumed_in_another_client(sandbox: Sandbox, client: XCaaS) -> None:
    pager = client.administration.phone_numbers.list(page_size=5)
    first = [number.phone_number for _, number in zip(range(7), pager, strict=False)]
    with client_of(sandbox.base_url) as other:
        rest = other.administration.phone_numbers.list(page_size=5).resume(str(pager.resume_token)).to_list()
    assert len(first) == 7
    assert len({*first, *(number.phone_number for number in rest)}) == len(first) + len(rest) == 12


# --- jobs ---


def user(name: str) -> dict[str, Any]:
    about = {"userName": name, "firstName": "Joan", "lastName": "Clarke", "primaryEmail": name}
    return {"basicInfo": {**about, "site": {"id": "sT8mQ2rZ0kWb"}}}


def ring_group(name: str, extension: str) -> dict[str, Any]:
    return {**body_of("administration", "createRingGroup"), "name": name, "extensionNumber": extension}


def site(name: str, code: str) -> dict[str, Any]:
    return {**body_of("administration", "createSite"), "name": name, "siteCode": code}


CHANGES = {"add": [{"extensionNumber": "1004", "sequenceNumber": 1}], "remove": [{"extensionNumber": "1002"}]}
# Each job of the administration product, by a name of its own so that all can run at once.
JOBS: dict[str, Callable[[Any], Any]] = {
    "users.create": lambda admin: admin.users.create_and_wait(user=user("joan@acme.example")),
    "users.replace": lambda admin: admin.users.replace_and_wait("uS1001", user=user("grace@acme.example")),
    "users.delete": lambda admin: admin.users.delete_and_wait("uS1002"),
    "ring_groups.create": lambda admin: admin.ring_groups.create_and_wait(ring_group=ring_group("Night", "3900")),
    "ring_groups.replace": lambda admin: admin.ring_groups.replace_and_wait(
        "rG1001", ring_group=ring_group("Sales West", "3102")
    ),
    "ring_groups.delete": lambda admin: admin.ring_groups.delete_and_wait("rG1002"),
    "ring_groups.update_members": lambda admin: admin.ring_groups.update_members_and_wait(
        "rG7kQ2mXSYi1", changes=CHANGES
    ),
    "sites.create": lambda admin: admin.sites.create_and_wait(site=site("Annex", "77")),
    "sites.replace": lambda admin: admin.sites.replace_and_wait("sT1001", site=site("Depot", "22")),
    "sites.delete": lambda admin: admin.sites.delete_and_wait("sT1002"),
}
FAILURES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a user name that is taken": (
        lambda admin: admin.users.create_and_wait(user=user("ada.byron@acme.example")),
        "user name is taken",
    ),
    "a site that people work at": (lambda admin: admin.sites.delete_and_wait("sT8mQ2rZ0kWb"), "Users are attached"),
    "a site without an address": (
        lambda admin: admin.sites.create_and_wait(site={**site("Nowhere", "78"), "address": {"id": "none"}}),
        "no address",
    ),
    "a member that is none": (
        lambda admin: admin.ring_groups.update_members_and_wait(
            "rG1003", changes={"remove": [{"extensionNumber": "1006"}]}
        ),
        "no member",
    ),
}


def check_effects(client: XCaaS) -> None:
    admin = client.administration
    names = [user.basic_info.user_name for user in admin.users.list()]
    assert "joan@acme.example" in names
    assert "grace@acme.example" in names
    assert len(names) == 6
    groups = {group.id: group for group in admin.ring_groups.list()}
    assert groups["rG1001"].name == "Sales West"
    assert "rG1002" not in groups
    members = groups["rG7kQ2mXSYi1"].members or []
    assert [(member.extension_number, member.sequence_number) for member in members] == [("1004", 1), ("1001", 2)]
    sites = {site.name for site in admin.sites.list()}
    assert {"Annex", "Depot"} < sites
    assert "Branch North" not in sites


def test_writes_are_waited_for(client: XCaaS) -> None:
    def run(start: Callable[[Any], Any]) -> Operation:
        return cast("Operation", start(client.administration).wait(timeout=30))

    with ThreadPoolExecutor(len(JOBS)) as threads:
        results = dict(zip(JOBS, threads.map(run, JOBS.values()), strict=True))
    assert {name: result.status for name, result in results.items()} == dict.fromkeys(JOBS, "COMPLETED")
    assert results["users.create"].resource_id == "uS1006"
    check_effects(client)


def test_writes_are_awaited(sandbox: Sandbox, client: XCaaS) -> None:
    async def run() -> dict[str, Operation]:
        async with async_client(sandbox) as other:
            done = await asyncio.gather(*(start(other.administration).wait(timeout=30) for start in JOBS.values()))
            return dict(zip(JOBS, done, strict=True))

    results = asyncio.run(run())
    assert {name: result.status for name, result in results.items()} == dict.fromkeys(JOBS, "COMPLETED")
    check_effects(client)


def test_failed_write_raises_with_the_reason(client: XCaaS) -> None:
    def run(name: str) -> PollerError:
        with pytest.raises(PollerError) as caught:
            FAILURES[name][0](client.administration).wait(timeout=30)
        return caught.value

    with ThreadPoolExecutor(len(FAILURES)) as threads:
        for name, error in zip(FAILURES, threads.map(run, FAILURES), strict=True):
            assert FAILURES[name][1] in str(error.reason)
            assert error.state == "FAILED"


def test_failed_async_write_raises_with_the_reason(sandbox: Sandbox) -> None:
    async def run() -> list[Any]:
        async with async_client(sandbox) as other:
            jobs = (start(other.administration).wait(timeout=30) for start, _ in FAILURES.values())
            return await asyncio.gather(*jobs, return_exceptions=True)

    for (_, reason), error in zip(FAILURES.values(), asyncio.run(run()), strict=True):
        assert isinstance(error, PollerError)
        assert reason in str(error.reason)


REPORT = body_of("cc_historical", "createReport")
FAILING: Any = {**REPORT, "title": "fail"}


def test_report_is_waited_for_and_read(client: XCaaS) -> None:
    seen: list[str | None] = []
    poller = client.cc_historical.reports.run(report=REPORT)
    started = poller.state
    assert poller.wait(timeout=30, progress=lambda job: seen.append(job.state)).status == "DONE"
    assert started == "IN_PROGRESS"
    assert seen[-1] == "DONE"
    assert client.cc_historical.reports.data(int(poller.id), size=50).first() is not None
    assert client.cc_historical.reports.resume(poller.id).wait(timeout=30).status == "DONE"


def test_report_of_another_tenant_is_resumed() -> None:
    server = FakeServer().respond("cc_historical.reports.status", json={"id": 7, "status": "DONE"})
    with XCaaS(http_client=server, credentials=CREDENTIALS, **SETTINGS) as client:
        assert client.cc_historical.reports.resume("7", tenant="theirs").wait().status == "DONE"
    (request,) = server.calls("cc_historical.reports.status")
    assert request.headers["X-Tenant-Info"] == "theirs"


def test_failed_and_slow_reports_raise(client: XCaaS) -> None:
    with pytest.raises(PollerError) as failed:
        client.cc_historical.reports.run(report=FAILING).wait(timeout=30)
    assert failed.value.reason == "The report was asked to fail"
    with pytest.raises(PollerTimeoutError), Sandbox(speed=0.01) as slow, client_of(slow.base_url) as patient:
        patient.cc_historical.reports.run(report=REPORT).wait(timeout=0.2)


def test_report_is_awaited(sandbox: Sandbox) -> None:
    async def run() -> None:
        async with async_client(sandbox) as other:
            assert (await other.cc_historical.reports.run(report=REPORT)).status == "DONE"
            with pytest.raises(PollerError, match="asked to fail"):
                await other.cc_historical.reports.run(report=FAILING)

    asyncio.run(run())


def stored(client: XCaaS, count: int) -> dict[str, str]:
    objects = client.storage.objects.search(filter="type==voicemail", limit=count).limit(count)
    return {str(item.object_name): item.id for item in objects}


def names_in(archive: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return set(opened.namelist())


def test_bulk_download_is_waited_for_and_resumed(client: XCaaS) -> None:
    objects = stored(client, 5)
    poller = client.storage.bulk_downloads.download(object_ids=list(objects.values()))
    assert names_in(poller.wait(timeout=30).read()) == set(objects)
    assert names_in(client.storage.bulk_downloads.resume_download(poller.id).wait(timeout=30).read()) == set(objects)
    with pytest.raises(PollerError) as caught:
        client.storage.bulk_downloads.download(object_ids=["no", "such", "objects"]).wait(timeout=30)
    assert caught.value.state == "FAILED"


def test_bulk_download_with_missing_objects_is_partial(sandbox: Sandbox, client: XCaaS) -> None:
    objects = stored(client, 2)
    object_ids = [*objects.values(), "no-such-object"]
    poller = client.storage.bulk_downloads.download(object_ids=object_ids)
    assert names_in(poller.wait(timeout=30).read()) == set(objects)
    assert (poller.state, poller.done, poller.partial) == ("PARTIAL_DONE", True, True)

    async def run() -> bool:
        async with async_client(sandbox) as other:
            job = other.storage.bulk_downloads.download(object_ids=object_ids)
            assert names_in(await (await job).read()) == set(objects)
            return job.partial

    assert asyncio.run(run())


def test_bulk_download_is_cancelled(client: XCaaS) -> None:
    with Sandbox(speed=0.01) as slow, client_of(slow.base_url) as patient:
        poller = patient.storage.bulk_downloads.download(object_ids=list(stored(patient, 5).values()))
        poller.cancel()
        with pytest.raises(PollerError) as caught:
            poller.wait(timeout=30)
    assert caught.value.state == "CANCELLED"


def test_bulk_download_is_awaited(sandbox: Sandbox, client: XCaaS) -> None:
    objects = stored(client, 5)

    async def run() -> bytes:
        async with async_client(sandbox) as other:
            download = await other.storage.bulk_downloads.download(object_ids=list(objects.values()))
            return await download.read()

    assert names_in(asyncio.run(run())) == set(objects)
