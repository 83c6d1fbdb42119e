"""Filters made with `F`, and the rows that match them in each product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import xcaas
from xcaas import F, XCaaS
from xcaas_sandbox import Sandbox

from .support import JANUARY, client_of


@pytest.fixture(scope="module")
def client() -> Iterator[XCaaS]:
    with Sandbox(until=JANUARY) as server, client_of(server.base_url) as client:
        yield client


def test_storage_compares_times_in_epoch_milliseconds(client: XCaaS) -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    search = client.storage.objects.search
    window = (F.created_time >= begin) & (F.created_time < end)
    objects = search(filter=(F.type == "callrecording") & window).to_list()
    assert objects
    assert {item.type for item in objects} == {"callrecording"}
    assert all(item.created_time is not None and begin <= item.created_time < end for item in objects)
    middle = objects[len(objects) // 2].created_time
    assert middle is not None
    halves = [window & (F.created_time < middle), window & (F.created_time >= middle)]
    ids = [item.id for half in halves for item in search(filter=half & (F.type == "callrecording"))]
    assert ids == [item.id for item in objects]


def test_storage_compares_the_tags_of_objects(client: XCaaS) -> None:
    states = F.object_state.in_(["ARCHIVED", "FAILED"])
    assert {item.object_state for item in client.storage.objects.search(filter=states)} == {"ARCHIVED", "FAILED"}
    long = client.storage.objects.search(filter=(F.duration >= 800_000) & (F.queue_name == "Queue 10*")).to_list()
    assert long
    tags = [{tag.key: tag.value for tag in item.tags or []} for item in long]
    assert all(int(str(item["duration"])) >= 800_000 and str(item["queueName"]).startswith("Queue 10") for item in tags)


def test_administration_filters_by_symbols_without_lists(client: XCaaS) -> None:
    admin = client.administration
    everyone = [item.basic_info.last_name for item in admin.users.list()]
    pair = everyone[:2]
    known = F.basic_info.last_name.in_(pair) & (F.basic_info.status == "*")
    assert [item.basic_info.last_name for item in admin.users.list(filter=known)] == pair
    others = admin.users.list(filter=F.basic_info.last_name.out(pair))
    assert [item.basic_info.last_name for item in others] == everyone[2:]
    with pytest.raises(xcaas.BadRequestError, match="there is no operator =in="):
        admin.users.list(filter="basicInfo.lastName=in=(Hopper,Lovelace)").first()
    slow = admin.ring_groups.list(filter=F.ring_timeout > 9).to_list()
    assert slow == [item for item in admin.ring_groups.list() if (item.ring_timeout or 0) > 9]


def test_sites_are_filtered_only_by_name(client: XCaaS) -> None:
    sites = client.administration.sites
    assert [item.name for item in sites.list(filter=F.name == "*South")] == ["Branch South"]
    with pytest.raises(xcaas.ArgumentError, match="one comparison alone"):
        sites.list(filter=(F.name == "a") | (F.name == "b")).first()
    with pytest.raises(xcaas.BadRequestError, match="one comparison alone"):
        sites.list(filter="name==a,name==b").first()
    with pytest.raises(xcaas.BadRequestError, match="there is no field siteCode"):
        sites.list(filter="siteCode==a").first()


def test_contacts_and_channels_are_filtered_by_name(client: XCaaS) -> None:
    contacts = client.contacts.contacts
    created = contacts.create(
        contact={
            "contactType": "company",
            "customerId": "c",
            "firstName": "Ada, Countess",
            "lastName": "O'Lace (1815)",
        }
    )
    by_name = (F.first_name == "Ada, Countess") & (F.last_name == "O'Lace (1815)")
    assert [item.id for item in contacts.search(filter=by_name)] == [created.id]
    recent = by_name & (F.created_timestamp > datetime.now(UTC) - timedelta(days=1))
    assert [item.id for item in contacts.search(filter=recent)] == [created.id]
    channels = client.chat_gateway.channels.list().to_list()
    assert channels
    assert client.chat_gateway.channels.list(filter=F.id.out([item.id for item in channels])).to_list() == []
