"""Error responses of the sandbox in each product's shape: credentials, invalid requests, rate limits."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import httpx
import pytest

from xcaas_sandbox import Sandbox
from xcaas_sandbox._check import check_response
from xcaas_sandbox._specs import Operation, load_products
from xcaas_sandbox.products import SELF_AUTHENTICATING

ADMIN = "/admin-provisioning"
VERSIONS = ", ".join(f"application/vnd.{name}.v1+json" for name in ("users", "sites", "phonenumbers"))
KEY = {"x-api-key": "eght_demo_key", "Accept": f"{VERSIONS}, application/json"}
WITH_CREDENTIALS = [
    operation
    for product in load_products()
    for operation in product.operations
    if operation.security not in ((), ((),)) and (product.name, operation.id) not in SELF_AUTHENTICATING
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=10) as running:
        yield running


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.base_url) as client:
        yield client


def path_of(operation: Operation) -> str:
    """Return a path that matches the operation: the first of each choice, and `1` for each parameter."""
    text = re.sub(r"\(\?P<[^>]+>\[\^/\]\+\)|\[\^/\]\+", "1", operation.pattern.pattern)
    while "(?:" in text:
        text = re.sub(r"\(\?:([^()|]*)(?:\|[^()]*)?\)", r"\1", text)
    path = re.sub(r"\\(.)", r"\1", text)
    assert operation.pattern.fullmatch(path), path
    return path


@pytest.mark.parametrize("operation", WITH_CREDENTIALS, ids=lambda operation: f"{operation.product}.{operation.id}")
def test_call_without_a_credential_is_refused(http: httpx.Client, operation: Operation) -> None:
    response = http.request(operation.method, path_of(operation))
    assert response.status_code == 401
    declared = operation.responses.get("401")
    if declared is not None and "x-xcaas-no-body" in declared:
        assert response.content == b""
    elif declared is not None:
        assert check_response(operation, 401, response.headers["content-type"], response.json()) == []
    else:
        assert response.json()


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (f"{ADMIN}/users", "errors"),
        ("/storage/us-west/v3/regions", "fault"),
        ("/api/v1/tenants/demotenant/agentstatus/agents", "title"),
        ("/api/stats/campaigns/125.json", "message"),
        ("/chat-gateway/v1/webhooks", "message"),
        ("/administration/audit/v1/audits?service=platform", "timestamp"),
        ("/analytics/work/v1/compsum", "error_description"),
    ],
)
def test_errors_have_the_shape_of_their_product(http: httpx.Client, path: str, pointer: str) -> None:
    assert pointer in http.get(path).json()


def test_problem_has_the_field_and_the_path(http: httpx.Client) -> None:
    body = http.get(f"{ADMIN}/users", params={"filter": "basicInfo.userName="}, headers=KEY).json()
    assert (body["status"], body["title"], body["instance"]) == (400, "Bad Request", f"{ADMIN}/users")
    assert body["errors"][0]["field"] == "filter"
    assert body["errors"][0]["code"] == "VALIDATION_ERROR"


def test_deeply_nested_filters_and_bodies_are_refused(http: httpx.Client) -> None:
    deep = "(" * 51 + "basicInfo.userName==a" + ")" * 51
    response = http.get(f"{ADMIN}/users", params={"filter": deep}, headers=KEY)
    assert response.status_code == 400
    assert "nested deeper than 50" in response.text
    headers = {**KEY, "Content-Type": "application/vnd.users.v1+json"}
    response = http.post(f"{ADMIN}/users", content="[" * 100_000, headers=headers)
    assert response.status_code == 400
    assert "nested deeper" in response.text


def test_scroll_id_is_sent_alone_and_expires() -> None:
    now = 1_768_383_000.0
    with Sandbox(wall=lambda: now) as sandbox, httpx.Client(base_url=sandbox.base_url, headers=KEY) as client:
        page = client.get(f"{ADMIN}/phone-numbers?pageSize=5").json()
        scroll_id = page["pagination"]["nextScrollId"]
        second = client.get(f"{ADMIN}/phone-numbers", params={"scrollId": scroll_id})
        assert len(second.json()["data"]) == 5
        with_size = client.get(f"{ADMIN}/phone-numbers", params={"scrollId": scroll_id, "pageSize": 5})
        assert with_size.json()["errors"][0]["code"] == "CONFLICTING_QUERY_PARAMETER"
        now += 601
        late = client.get(f"{ADMIN}/phone-numbers", params={"scrollId": scroll_id})
        assert late.json()["detail"] == "The scroll id has expired"
        assert client.get(f"{ADMIN}/phone-numbers?scrollId=no").status_code == 400


def test_limits_are_sent_but_not_enforced_by_default(http: httpx.Client) -> None:
    responses = [http.get(f"{ADMIN}/sites", headers=KEY) for _ in range(25)]
    remaining = [int(response.headers["x-ratelimit-remaining"]) for response in responses]
    assert remaining == list(range(remaining[0], remaining[0] - 25, -1))
    assert {response.headers["x-ratelimit-limit"] for response in responses} == {"100"}
    assert len({uuid.UUID(response.headers["x-response-id"]) for response in responses}) == 25


def test_strict_limits_are_enforced() -> None:
    now = 1_768_383_000.0
    with (
        Sandbox(strict_limits=True, wall=lambda: now) as sandbox,
        httpx.Client(base_url=sandbox.base_url, headers=KEY) as client,
    ):
        responses = [client.get(f"{ADMIN}/sites") for _ in range(21)]
        assert [response.status_code for response in responses] == [200] * 20 + [429]
        assert responses[-1].json()["errors"][0]["code"] == "TOO_MANY_REQUESTS"
        assert float(responses[-1].headers["x-ratelimit-reset"]) == now + 10
        now += 11
        assert client.get(f"{ADMIN}/sites").status_code == 200
        messages = [client.get("/chat/api/chat/v1/messages") for _ in range(6)]
        assert [response.status_code for response in messages] == [200] * 5 + [429]
        assert messages[-1].headers["retry-after"] == "1"


def test_reset_restores_the_initial_data(http: httpx.Client) -> None:
    def status_of_room() -> int:
        return http.get("/chat/api/chat/v1/messages?room=Lobby", headers=KEY).status_code

    http.post("/chat/api/chat/v1/messages", json={"room": "Lobby", "messageRaw": "Hello"}, headers=KEY)
    assert status_of_room() == 200
    assert http.post("/_sandbox/reset").json() == {"reset": True}
    assert status_of_room() == 404
