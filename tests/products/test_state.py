"""Writes that are read back, and refused calls, in each product."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import xcaas
from xcaas import ApiKey, BasicToken, XCaaS
from xcaas.journey.models import Journey
from xcaas_core.models import Model
from xcaas_sandbox import Sandbox
from xcaas_sandbox.products.campaigns import EXAMPLE

from .support import SETTINGS, body_of, client_of

AGENT = "agQ4kXm2nT8aLrY0"


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running:
        yield running


@pytest.fixture
def client(server: Sandbox) -> Iterator[XCaaS]:
    server.state.reset()
    with client_of(server.base_url) as client:
        yield client


def with_only(server: Sandbox, credential: Any) -> XCaaS:
    return XCaaS(credentials=credential, base_url=server.base_url, **SETTINGS)


def body(product: str, operation_id: str, **changes: object) -> Any:
    """Return the example body of an operation, with changes."""
    return {**body_of(product, operation_id), **changes}


def wire(model: Model, *path: str) -> Any:
    """Return a value of a response by its wire names."""
    value: Any = model.to_dict()
    for name in path:
        value = value[name]
    return value


def soon() -> None:
    """Wait for jobs that take a second, at a hundred times the speed."""
    time.sleep(0.05)


@pytest.fixture
def slow() -> Iterator[XCaaS]:
    """Yield a client of a sandbox at normal speed, to see intermediate states."""
    with Sandbox(speed=2) as sandbox, client_of(sandbox.base_url) as client:
        yield client


# --- keys and tokens that fit ---


@pytest.mark.parametrize(("key", "reads"), [("eght_search_key", True), ("eght_management_key", False)])
def test_contacts_key_either_reads_or_writes(server: Sandbox, client: XCaaS, key: str, reads: bool) -> None:
    with with_only(server, ApiKey(key)) as narrow:
        contacts = narrow.contacts.contacts

        def read() -> None:
            contacts.search().first()

        def write() -> None:
            contacts.delete("c3697cef-5e57-41cc-8720-6db6e8e2a977")

        allowed, denied = (read, write) if reads else (write, read)
        allowed()
        with pytest.raises(xcaas.PermissionDeniedError, match="does not cover"):
            denied()


def test_tokens_of_a_tenant_are_not_interchangeable(server: Sandbox, client: XCaaS) -> None:
    with with_only(server, BasicToken("demotenant", "demo-data-token")) as reader:
        reader.dynamic_campaigns.campaigns.get(125)
        with pytest.raises(xcaas.AuthenticationError):
            reader.dynamic_campaigns.campaigns.set_status(125, body={"status": "PAUSED"})
        with pytest.raises(xcaas.AuthenticationError):
            reader.agent_status.agents.list()
    with with_only(server, BasicToken("demotenant", "demo-action-token")) as writer:
        writer.dynamic_campaigns.campaigns.set_status(125, body={"status": "PAUSED"})
        with pytest.raises(xcaas.AuthenticationError):
            writer.dynamic_campaigns.campaigns.get(125)


def test_tenant_without_the_api_gets_an_xml_error(server: Sandbox) -> None:
    token = BasicToken("lockedtenant", "demo-action-token")
    with with_only(server, token) as locked, pytest.raises(xcaas.PermissionDeniedError) as caught:
        locked.agent_status.agents.list(tenant="lockedtenant")
    assert caught.value.headers["content-type"] == "application/xml"


def test_customer_360_refuses_a_wrong_key_without_a_body(server: Sandbox) -> None:
    with with_only(server, ApiKey("wrong")) as stranger, pytest.raises(xcaas.AuthenticationError) as caught:
        stranger.customer_360.insights.get(email="ada@example.com")
    assert caught.value.body is None


# --- administration ---


def test_address_is_created_once_and_kept_while_in_use(client: XCaaS) -> None:
    addresses = client.administration.addresses
    first = addresses.create(address={"country": "CH", "city": "Bern"})
    assert addresses.create(address={"country": "CH", "city": "Bern"}).id == first.id
    assert addresses.get(str(first.id)).display_form == "Bern, CH"
    addresses.delete(str(first.id))
    with pytest.raises(xcaas.NotFoundError):
        addresses.get(str(first.id))
    with pytest.raises(xcaas.BadRequestError, match="in use"):
        addresses.delete("b1c4944a-17a0-4b00-8d48-36001df07e22")
    with pytest.raises(xcaas.BadRequestError, match="two capital letters"):
        addresses.create(address={"country": "USA"})


def test_lists_are_filtered_and_sorted(client: XCaaS) -> None:
    admin = client.administration
    users = admin.users.list(filter="basicInfo.userName==*hopper*").to_list()
    assert [user.basic_info.last_name for user in users] == ["Hopper"]
    names = [user.basic_info.last_name for user in admin.users.list(sort="-lastName", page_size=2)]
    assert names == sorted(names, reverse=True)
    assert {number.status for number in admin.phone_numbers.list(filter="status==PORTING")} == {"PORTING"}
    assert [site.name for site in admin.sites.list(filter="name==*South")] == ["Branch South"]
    with pytest.raises(xcaas.BadRequestError, match="1 field"):
        admin.phone_numbers.list(sort="country,category").first()


def test_synchronous_conflicts_are_refused_at_once(slow: XCaaS) -> None:
    admin = slow.administration
    group = body("administration", "createRingGroup", extensionNumber="3101")
    with pytest.raises(xcaas.ConflictError, match="3101"):
        admin.ring_groups.create(ring_group=group)
    with pytest.raises(xcaas.BadRequestError, match="nothing to change"):
        admin.ring_groups.update_members("rG7kQ2mXSYi1", changes={})
    admin.ring_groups.update_members("rG7kQ2mXSYi1", changes={"remove": [{"extensionNumber": "1002"}]})
    with pytest.raises(xcaas.ConflictError, match="being changed"):
        admin.ring_groups.update_members("rG7kQ2mXSYi1", changes={"remove": [{"extensionNumber": "1001"}]})


def test_pin_is_not_returned(client: XCaaS) -> None:
    voicemail = {"accessPin": "779643634", "notificationAction": "DISABLE"}
    group = body("administration", "createRingGroup", voicemailSettings=voicemail)
    done = client.administration.ring_groups.create_and_wait(ring_group=group).wait()
    stored = client.administration.ring_groups.get(str(done.resource_id))
    assert stored.voicemail_settings is not None
    assert stored.voicemail_settings.to_dict() == {"notificationAction": "DISABLE"}


# --- contacts ---


def test_contact_is_created_searched_replaced_and_deleted(client: XCaaS) -> None:
    contacts = client.contacts.contacts
    email: Any = {"email": "grace@example.com", "primary": True, "purposeType": "WORK"}
    created = contacts.create(
        contact={"contactType": "company", "customerId": "0012345QAB", "firstName": "Grace", "emails": [email]}
    )
    matches = contacts.search(filter="email.email==grace@example.com", details=["EMAIL"]).to_list()
    assert [contact.id for contact in matches] == [created.id]
    assert matches[0].emails is not None
    assert contacts.search(filter=f"id=={created.id}").to_list()[0].emails is None
    replaced = contacts.replace(
        str(created.id), contact={"contactType": "company", "customerId": "0012345QAB", "emails": [email]}
    )
    assert replaced.first_name is None
    assert replaced.emails is not None
    assert replaced.emails[0].id != matches[0].emails[0].id
    contacts.delete(str(created.id))
    assert contacts.search(filter=f"id=={created.id}").to_list() == []
    with pytest.raises(xcaas.BadRequestError, match="twice"):
        contacts.create(contact={"contactType": "company", "customerId": "1", "emails": [email, email]})


# --- the contact center's floor ---


def test_status_is_set_for_one_and_many_agents(client: XCaaS) -> None:
    agents = client.agent_status.agents
    agents.set(AGENT, body=body("agent_status", "setAgentStatus"))
    assert (agents.get(AGENT).agent_status, agents.get(AGENT).status_code_item_short_code) == (3, "Lunch")
    outcome = agents.set_many(
        body={"agents": [{"agent-id": AGENT, "agent-status": 4}, {"agent-id": "ag0005", "agent-status": 4}]}
    )
    assert [item.change_status for item in outcome.data or []] == [200, 400]
    assert agents.get(AGENT).agent_status == 4
    assert len(agents.list(group_id="201").data or []) == 3


def test_call_is_placed_given_variables_and_hung_up(client: XCaaS) -> None:
    call = body("calls", "placePhoneCall")
    placed = client.calls.calls.place(body=call)
    name = str(placed.interaction_guid)
    assert client.agent_status.agents.get(AGENT).agent_status == 9
    with pytest.raises(xcaas.BadRequestError, match="busy"):
        client.calls.calls.place(body=call)
    client.data_augmentation.interactions.update(name, body=body("data_augmentation", "setInteractionVariables"))
    read = client.data_augmentation.interactions.get(name)
    assert {item.name: item.value for item in read.variables or []} == {"_orderId": "20417", "_tier": "gold"}
    assert read.ani == call["number"]
    client.calls.calls.set_transaction_codes(name, AGENT, body=body("calls", "addTransactionCodes"))
    client.calls.calls.end(name, end_post_processing=True)
    assert client.agent_status.agents.get(AGENT).agent_status == 4
    with pytest.raises(xcaas.ResponseError) as gone:
        client.calls.calls.end(name)
    assert gone.value.status == 410


# --- campaigns ---


def test_campaign_passes_through_its_states(slow: XCaaS) -> None:
    records = slow.campaigns.records

    def act(action: Any) -> str | None:
        return slow.campaigns.campaigns.update(EXAMPLE, body={"action": action}).state

    with pytest.raises(xcaas.ConflictError, match="PAUSE is not allowed in state READY"):
        act("PAUSE")
    assert act("BUILD") == "BUILDING"
    with pytest.raises(xcaas.ConflictError):
        records.add(EXAMPLE, body=body("campaigns", "addRecords"))
    time.sleep(0.55)
    assert act("START") == "STARTING"
    time.sleep(0.55)
    added = records.add(EXAMPLE, body=body("campaigns", "addRecords"))
    assert [record.state for record in added.records or []] == ["PENDING"]
    with pytest.raises(xcaas.ConflictError, match="CRM-20417"):
        records.add(EXAMPLE, body=body("campaigns", "addRecords"))
    assert [act("PAUSE"), act("PURGE"), act("RESUME"), act("CANCEL")] == ["PAUSED", "PAUSED", "RUNNING", "COMPLETE"]
    with pytest.raises(xcaas.NotFoundError):
        slow.campaigns.campaigns.update(EXAMPLE, body={"action": "BUILD"}, tenant="another")


def test_customers_of_a_dynamic_campaign_are_added_and_deleted(client: XCaaS) -> None:
    campaigns = client.dynamic_campaigns
    results = campaigns.customers.add(
        125, customers=[{"customer-id": 10003630}, {"customer-id": 10003629}, {"customer-id": 1}]
    )
    assert [item.http_status for item in results] == [200, 400, 404]
    campaigns.customers.delete(125, "10003629")
    with pytest.raises(xcaas.NotFoundError):
        campaigns.customers.delete(125, "10003629")
    assert [row["record-id"] for row in wire(campaigns.records.list(125), "records", "record")] == [10003630]
    campaigns.campaigns.set_status(125, body={"status": "STOPPED"})
    assert wire(campaigns.campaigns.get(125), "campaign", "status") == 5
    with pytest.raises(xcaas.BadRequestError, match="for good"):
        campaigns.campaigns.set_status(125, body={"status": "RUNNING"})


# --- quality management ---


def test_custom_field_is_written_searched_and_cleared(client: XCaaS) -> None:
    interactions = client.quality_management.interactions
    first = interactions.list().first()
    assert first is not None
    guid = first.interaction_guid
    interactions.custom_fields.replace(guid, "customField3", value="VIP")
    rows = interactions.list(custom_field=["customField3"], custom_field_value="VIP").to_list()
    assert [item.interaction_guid for item in rows] == [guid]
    interactions.custom_fields.delete(guid, "customField3")
    assert interactions.count(custom_field=["customField3"], custom_field_value="VIP") == 0
    before = interactions.count()
    interactions.delete(guid)
    assert interactions.count() == int(before) - 1
    with pytest.raises(xcaas.NotFoundError):
        interactions.notes.list(guid)


# --- chats ---


def test_messages_of_a_room_are_listed(client: XCaaS) -> None:
    messages = client.work_chat.messages
    for text in ("one", "two"):
        messages.send(body={"messageRaw": text, "room": "New room"})
    listed = messages.list(room="New room")
    assert [message.parsed for message in listed] == ["two", "one"]
    assert len({message.timestamp for message in listed}) == 2
    with pytest.raises(xcaas.PermissionDeniedError):
        messages.send(body={"messageRaw": "three", "room": "private"})
    with pytest.raises(xcaas.NotFoundError):
        messages.list(room="Nowhere")


def test_chat_gateway_conversation_runs_to_its_end(client: XCaaS) -> None:
    conversations = client.chat_gateway.conversations
    name = conversations.create(conversation=body("chat_gateway", "createConversation")).conversation_id
    soon()
    assert conversations.get(name).state == "active"
    people = wire(conversations.participants.list(name), "_embedded", "participants")
    assert [person["type"] for person in people] == ["user", "agent"]
    file = conversations.attachments.upload(name, body={"attachment": b"%PDF-1.7", "authorType": "user"})
    conversations.messages.send(
        name, message={"authorType": "user", "text": "See the file", "attachments": [{"id": file.id}]}
    )
    texts = [message.text for message in conversations.messages.list(name, sort="id:asc")]
    assert texts == ["How can I help?", "See the file"]
    assert conversations.attachments.download(name, file.id).read() == b"%PDF-1.7"
    conversations.participants.update_user(name, participant={"removed": True})
    assert conversations.get(name).state == "idle"
    with pytest.raises(xcaas.BadRequestError, match="attachment"):
        conversations.messages.send(
            name, message={"authorType": "user", "text": "Lost", "attachments": [{"id": "none"}]}
        )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_cc_chat_conversation_runs_to_its_end(client: XCaaS) -> None:
    conversations: Any = client.cc_chat.conversations
    name = conversations.create(conversation=body("cc_chat", "createConversation")).conversation_id
    soon()
    assert name in [item.id for item in conversations.list(status="handling")]
    conversations.messages.send(name, message={"text": "Where is my parcel?"})
    texts = [message["originalText"] for message in wire(conversations.messages.list(name), "messages")]
    assert texts == ["How can I help?", "Where is my parcel?"]
    assert len(conversations.participants.list(name).participants or []) == 2
    conversations.participants.remove_customer(name)
    assert [item.id for item in conversations.list(status="deleted")] == [name]


def test_channels_need_an_existing_webhook(client: XCaaS) -> None:
    gateway = client.chat_gateway
    webhook = gateway.webhooks.create(webhook={"name": "Bot", "uri": "https://bot.example.com/"})
    channel = body("chat_gateway", "createChannel", name="App", webHookId=webhook.id)
    created = gateway.channels.create(channel=channel)
    assert gateway.channels.get(created.id).name == "App"
    assert [item.id for item in gateway.channels.list(filter="name==App")] == [created.id]
    gateway.channels.delete(created.id)
    with pytest.raises(xcaas.NotFoundError):
        gateway.channels.get(created.id)
    with pytest.raises(xcaas.BadRequestError, match="webhook"):
        gateway.channels.create(channel=body("chat_gateway", "createChannel", webHookId="45"))


# --- searches with rules of their own ---


def test_journeys_are_filtered_and_invalid_searches_refused(client: XCaaS) -> None:
    def search(**changes: object) -> list[Journey]:
        return client.journey.journeys.search(query=body("journey", "searchJourneys", **changes)).to_list()

    assert {item.direction for item in search(limit=3)} == {"Inbound"}
    year = {"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    with pytest.raises(xcaas.BadRequestError) as caught:
        search(dateRange=year)
    assert str(caught.value.code).endswith("maxinterval")
    with pytest.raises(xcaas.BadRequestError, match="not one that was handed out"):
        search(nextPageCursor="nonsense")


def test_customer_needs_exactly_one_identity(client: XCaaS) -> None:
    insights = client.customer_360.insights
    assert insights.get(email="ada@example.com").interactions
    for wrong in ({}, {"email": "ada@example.com", "phone_number": "+1"}, {"contact_id": "c-1"}):
        with pytest.raises(xcaas.BadRequestError):
            insights.get(**wrong)
    summaries = client.customer_360.transcript_summaries.get(interaction_ids=["int-19b1c0", "int-19b1c7", "int-0"])
    assert wire(summaries, "partialFailures") == [
        {"interactionId": "int-19b1c7", "reason": "Summary not available"},
        {"interactionId": "int-0", "reason": "Summary not found"},
    ]
