"""Filters in the format of each parameter, and unsupported ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import xcaas
from xcaas import F, Filter, XCaaS
from xcaas.testing import FakeServer
from xcaas_core.filters import filter_text
from xcaas_core.operations._parameter import FilterSpec

SYMBOLS = FilterSpec(("==", "!=", ">", ">=", "<", "<="), times="date-time")
NAMES = FilterSpec(("==",), fields=("name",), alone=True)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (F.a >= 1, "a>=1"),
        ((F.a > 1) & (F.a < 5) | (F.b <= 1), "a>1;a<5,b<=1"),
        (F.a >= NEW_YEAR, "a>=2026-01-01T00:00:00Z"),
        (F.a < NEW_YEAR.replace(microsecond=5), "a<2026-01-01T00:00:00.000005Z"),
        (F.a.in_(["x", "y z"]), "a==x,a=='y z'"),
        (F.a.in_(["x", "y"]) & (F.b == 1), "(a==x,a==y);b==1"),
        (F.a.in_(["x"]) & (F.b == 1), "a==x;b==1"),
        (F.a.out(["x", "y"]) | (F.b == 1), "a!=x;a!=y,b==1"),
        (F.a.out(["x", "y"]) & (F.b == 1), "a!=x;a!=y;b==1"),
    ],
)
def test_filters_use_the_symbols_of_the_service(condition: Filter, text: str) -> None:
    assert filter_text(condition, SYMBOLS) == text


def test_the_first_of_two_spellings_is_used() -> None:
    assert filter_text(F.a >= 1, FilterSpec(("=ge=", ">="))) == "a=ge=1"
    assert filter_text(F.a >= 1, FilterSpec((">=", "=ge="))) == "a>=1"


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (F.name != "x", "no operator !=. It has ==."),
        (F.name >= "x", "no operator =ge=. It has ==."),
        (F.nam == "x", "no field nam. Did you mean name\\? It has name; a filter with any other is given as text."),
        (F.country == "x", "no field country. It has name;"),
        ((F.name == "x") & (F.name == "y"), "one comparison alone"),
        (F.name.in_(["x", "y"]), "one comparison alone"),
        (F.name.out(["x"]), "no operator !="),
        (F.name, "fields of F that are compared with values, not Field"),
        (5, "a filter is text, or fields of F"),
    ],
)
def test_unsupported_filters_are_rejected(condition: object, reason: str) -> None:
    with pytest.raises(xcaas.ArgumentError, match=reason):
        filter_text(condition, NAMES)


def test_in_with_one_value_is_a_comparison() -> None:
    assert filter_text(F.name.in_(["x*"]), NAMES) == "name==x*"


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def client(server: FakeServer) -> XCaaS:
    credentials: Any = [xcaas.ClientCredentials("id", "secret"), xcaas.ApiKey("key")]
    return XCaaS(http_client=server, credentials=credentials, region="us-east", tenant="acme")


CALLS: dict[str, tuple[Callable[[XCaaS, Any], Any], Filter, str]] = {
    "storage.objects.search": (
        lambda client, condition: client.storage.objects.search(filter=condition),
        (F.type == "callrecording") & (F.created_time >= NEW_YEAR),
        "type==callrecording;createdTime=ge=1767225600000",
    ),
    "storage.buckets.list": (
        lambda client, condition: client.storage.buckets.list(filter=condition),
        F.created_time >= NEW_YEAR,
        "createdTime=ge=1767225600000",
    ),
    "contacts.contacts.search": (
        lambda client, condition: client.contacts.contacts.search(filter=condition),
        (F.first_name == "Ada B") & (F["updatedTimestamp"] < NEW_YEAR),
        "firstName=='Ada B';updatedTimestamp=lt=1767225600000",
    ),
    "administration.users.list": (
        lambda client, condition: client.administration.users.list(filter=condition),
        F.basic_info.status.in_(["ACTIVE", "INACTIVE"]) & (F.basic_info.created_time >= NEW_YEAR),
        "(basicInfo.status==ACTIVE,basicInfo.status==INACTIVE);basicInfo.createdTime>=2026-01-01T00:00:00Z",
    ),
    "administration.sites.list": (
        lambda client, condition: client.administration.sites.list(filter=condition),
        F.name == "Office*",
        "name==Office*",
    ),
    "administration.phone_numbers.list": (
        lambda client, condition: client.administration.phone_numbers.list(filter=condition),
        F.phone_number == "+14085550100",
        "phoneNumber==+14085550100",
    ),
    "chat_gateway.channels.list": (
        lambda client, condition: client.chat_gateway.channels.list(filter=condition),
        (F.name == "Website") | (F.routing_option.id == 101),
        "name==Website,routingOption.id==101",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_send_filters_in_the_format_of_the_service(client: XCaaS, server: FakeServer, name: str) -> None:
    call, condition, text = CALLS[name]
    for argument in (condition, text):
        call(client, argument).first()
    assert [request.query["filter"] for request in server.calls(name)] == [[text], [text]]


def test_errors_name_the_operation_and_the_argument(client: XCaaS) -> None:
    with pytest.raises(xcaas.ArgumentError, match="no operator !=") as caught:
        client.administration.sites.list(filter=F.name != "x").first()
    assert (caught.value.argument, caught.value.operation) == ("filter", "administration.sites.list")
