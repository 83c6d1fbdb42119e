"""Cloud Storage: restoring archived objects, and searching buckets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from xcaas import (
    AsyncXCaaS,
    BadRequestError,
    ClientCredentials,
    PermissionDeniedError,
    PollerError,
    PollerTimeoutError,
    XCaaS,
)
from xcaas.testing import FakeServer
from xcaas_sandbox import Sandbox

from .support import CREDENTIALS, JANUARY, client_of


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(speed=200, until=JANUARY) as running:
        yield running


@pytest.fixture
def client(server: Sandbox) -> Iterator[XCaaS]:
    server.state.reset()
    with client_of(server.base_url) as client:
        yield client


def archived(client: XCaaS) -> str:
    archived = client.storage.objects.search(filter="objectState=in=(ARCHIVED)", limit=1).first()
    assert archived is not None
    assert archived.object_state == "ARCHIVED"
    return archived.id


def test_restore_is_waited_for(client: XCaaS) -> None:
    object_id = archived(client)
    poller = client.storage.objects.restore_and_wait(object_id, restore={"expirationDays": 3})
    assert poller.id == object_id
    restored = poller.wait(timeout=1)
    assert (restored.id, restored.object_state) == (object_id, "AVAILABLE")
    assert len(client.storage.objects.download(object_id).read()) == restored.stored_bytes


def test_restore_can_be_resumed_elsewhere(client: XCaaS, server: Sandbox) -> None:
    job = client.storage.objects.restore_and_wait(archived(client)).id
    with client_of(server.base_url) as other:
        again = other.storage.objects.resume_restore(job)
        until = time.monotonic() + 30
        while again.status() != "AVAILABLE" and time.monotonic() < until:
            time.sleep(0.02)
        assert again.wait(timeout=1).id == job


def test_restore_is_awaited(client: XCaaS, server: Sandbox) -> None:
    object_id = archived(client)

    async def run() -> str | None:
        async with AsyncXCaaS(credentials=CREDENTIALS, base_url=server.base_url) as other:
            poller = other.storage.objects.restore_and_wait(object_id)
            await poller.start()
            assert poller.id == object_id
            return (await poller.wait(timeout=1)).object_state

    assert asyncio.run(run()) == "AVAILABLE"


def test_restore_that_times_out_says_how_to_resume(client: XCaaS) -> None:
    with Sandbox(speed=0.01) as slow, client_of(slow.base_url) as patient:
        object_id = archived(patient)
        with pytest.raises(PollerTimeoutError, match=rf"resume_restore\('{object_id}'\)") as caught:
            patient.storage.objects.restore_and_wait(object_id).wait(timeout=0)
    assert caught.value.state == "ARCHIVED"


@pytest.mark.parametrize("state", ["FAILED", "REVOKED", "DELETED"])
def test_missing_object_ends_the_wait(state: str) -> None:
    fake = FakeServer()
    fake.respond("storage.objects.restore", json={"expirationDays": 7})
    fake.respond("storage.objects.get", json={"id": "one", "objectState": state})
    with XCaaS(http_client=fake, credentials=CREDENTIALS) as client, pytest.raises(PollerError) as caught:
        client.storage.objects.restore_and_wait("one").wait(timeout=0)
    assert caught.value.state == state
    (request,) = fake.calls("storage.objects.restore")
    assert request.content == b""


def test_read_only_key_is_refused_with_advice(client: XCaaS, server: Sandbox) -> None:
    key = ClientCredentials("eght_readonly", "demo-secret")
    object_id = archived(client)
    with (
        XCaaS(credentials=key, base_url=server.base_url) as reader,
        pytest.raises(PermissionDeniedError, match="read-only key"),
    ):
        reader.storage.objects.restore(object_id)


def test_object_that_is_not_archived_is_not_restored(client: XCaaS) -> None:
    available = client.storage.objects.search(limit=1).first()
    assert available is not None
    with pytest.raises(BadRequestError):
        client.storage.objects.restore_and_wait(available.id)


def test_buckets_are_searched_by_filter(client: XCaaS) -> None:
    every = client.storage.buckets.list(limit=3).to_list()
    assert len({bucket.bucket_id for bucket in every}) == len(every) == 7
    late = client.storage.buckets.list(filter="createdTime=ge=1767571200000", sort_direction="DESC").to_list()
    assert late == every[:3:-1]
