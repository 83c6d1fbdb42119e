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
    found = search(filter=(F.type == "callrecording") & window).to_list()
    assert found
    assert {one.type for one in found} == {"callrecording"}
    assert all(one.created_time is not None and begin <= one.created_time < end for one in found)
    middle = found[len(found) // 2].created_time
    assert middle is not None
    halves = [window & (F.created_time < middle), window & (F.created_time >= middle)]
    ids = [one.id for half in halves for one in search(filter=half & (F.type == "callrecording"))]
    assert ids == [one.id for one in found]


def test_storage_compares_the_tags_of_objects(client: XCaaS) -> None:
    states = F.object_state.in_(["ARCHIVED", "FAILED"])
    assert {one.object_state for one in client.storage.objects.search(filter=states)} == {"ARCHIVED", "FAILED"}
    long = client.storage.objects.search(filter=(F.duration >= 800_000) & (F.queue_name == "Queue 10*")).to_list()
    assert long
    tags = [{tag.key: tag.value for tag in one.tags or []} for one in long]
    assert all(int(str(one["duration"])) >= 800_000 and str(one["queueName"]).startswith("Queue 10") for one in tags)


def test_administration_filters_by_symbols_without_lists(client: XCaaS) -> None:
    admin = client.administration
    everyone = [one.basic_info.last_name for one in admin.users.list()]
    pair = everyone[:2]
    known = F.basic_info.last_name.in_(pair) & (F.basic_info.status == "*")
    assert [one.basic_info.last_name for one in admin.users.list(filter=known)] == pair
    others = admin.users.list(filter=F.basic_info.last_name.out(pair))
    assert [one.basic_info.last_name for one in others] == everyone[2:]
    with pytest.raises(xcaas.BadRequestError, match="there is no operator =in="):
        admin.users.list(filter="basicInfo.lastName=in=(Hopper,Lovelace)").first()
    slow = admin.ring_groups.list(filter=F.ring_timeout > 9).to_list()
    assert slow == [one for one in admin.ring_groups.list() if (one.ring_timeout or 0) > 9]


def test_sites_are_filtered_only_by_name(client: XCaaS) -> None:
    sites = client.administration.sites
    assert [one.name for one in sites.list(filter=F.name == "*South")] == ["Branch South"]
    with pytest.raises(xcaas.ArgumentError, match="one comparison alone"):
        sites.list(filter=(F.name == "a") | (F.name == "b")).first()
    with pytest.raises(xcaas.BadRequestError, match="one comparison alone"):
        sites.list(filter="name==a,name==b").first()
    with pytest.raises(xcaas.BadRequestError, match="there is no field siteCode"):
        sites.list(filter="siteCode==a").first()


def test_contacts_and_channels_are_filtered_by_name(client: XCaaS) -> None:
    contacts = client.contacts.contacts
    made = contacts.create(
        contact={
            "contactType": "company",
            "customerId": "c",
            "firstName": "Ada, Countess",
            "lastName": "O'Lace (1815)",
        }
    )
    by_name = (F.first_name == "Ada, Countess") & (F.last_name == "O'Lace (1815)")
    assert [one.id for one in contacts.search(filter=by_name)] == [made.id]
    recent = by_name & (F.created_timestamp > datetime.now(UTC) - timedelta(days=1))
    assert [one.id for one in contacts.search(filter=recent)] == [made.id]
    channels = client.chat_gateway.channels.list().to_list()
    assert channels
    assert client.chat_gateway.channels.list(filter=F.id.out([one.id for one in channels])).to_list() == []
