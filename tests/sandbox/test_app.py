"""The sandbox over HTTP, without the SDK."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from xcaas_sandbox import Fault, Sandbox

REALTIME = "/analytics/cc/v5/realtime-metrics"
STORAGE = "/storage/us-west/v3"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=10, until=datetime(2026, 1, 29, 8, tzinfo=UTC)) as running:
        yield running


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.base_url) as client:
        client.headers["Authorization"] = f"Bearer {token(client)}"
        yield client


def token(client: httpx.Client, key: str = "eght_demo") -> str:
    response = client.post("/oauth/v2/token", data={"grant_type": "client_credentials"}, auth=(key, "demo-secret"))
    return str(response.json()["access_token"])


def test_token_response_contains_only_strings(http: httpx.Client) -> None:
    body = http.post(
        "/oauth/v2/token", data={"grant_type": "client_credentials"}, auth=("eght_demo", "demo-secret")
    ).json()
    assert body["expires_in"] == "1799"
    assert body["token_type"] == "BearerToken"
    assert body["developer.email"] == "deprecated"
    # A full key has every product whose spec takes tokens of a key.
    assert set(body["api_product_list_json"]) == {"analytics realtime-api", "storage", "QM - API", "vcc"}
    assert body["api_product_list"] == f"[{', '.join(body['api_product_list_json'])}]"
    assert all(isinstance(value, str) for key, value in body.items() if key != "api_product_list_json")


def test_wrong_secret_gets_the_error_of_the_token_service(http: httpx.Client) -> None:
    response = http.post("/oauth/v2/token", data={"grant_type": "client_credentials"}, auth=("eght_demo", "wrong"))
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["ErrorCode"] == "invalid_client"


@pytest.mark.parametrize("header", [None, "Bearer unknown", "Basic ZWdodF9kZW1vOmRlbW8="])
def test_calls_without_a_valid_token_get_the_error_of_the_gateway(http: httpx.Client, header: str | None) -> None:
    http.headers["Authorization"] = header or ""
    response = http.get(f"{STORAGE}/regions")
    assert response.status_code == 401
    assert response.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken"


def test_token_expires_after_its_lifetime() -> None:
    with Sandbox(token_lifetime=0.2) as short, httpx.Client(base_url=short.base_url) as client:
        client.headers["Authorization"] = f"Bearer {token(client)}"
        assert client.get(f"{STORAGE}/regions").status_code == 200
        time.sleep(0.25)
        response = client.get(f"{STORAGE}/regions")
        assert response.json()["fault"]["faultstring"] == "Access Token expired"


def test_product_that_the_key_lacks_is_forbidden(http: httpx.Client) -> None:
    http.headers["Authorization"] = f"Bearer {token(http, 'eght_realtime')}"
    assert http.get(f"{REALTIME}/queues").status_code == 200
    assert http.get(f"{STORAGE}/regions").status_code == 403


def test_revoke_invalidates_all_tokens(http: httpx.Client) -> None:
    assert http.post("/_sandbox/revoke").json()["revoked"] >= 1
    assert http.get(f"{STORAGE}/regions").status_code == 401


@pytest.mark.parametrize("prefix", ["", "/eu", "/au", "/ca"])
def test_realtime_responds_in_every_region(http: httpx.Client, prefix: str) -> None:
    assert http.get(f"{prefix}{REALTIME}/queues", params={"size": 1}).status_code == 200


def test_unknown_regions_are_404_and_unknown_methods_405(http: httpx.Client) -> None:
    assert http.get("/storage/mars/v3/regions").status_code == 404
    wrong_method = http.post(f"{STORAGE}/regions")
    assert (wrong_method.status_code, wrong_method.headers["allow"]) == (405, "GET")


def test_realtime_pages_end_at_the_number_in_the_header(http: httpx.Client) -> None:
    first = http.get(f"{REALTIME}/queues", params={"size": 5, "page": 0})
    pages = int(first.headers["x-total-pages"])
    names = [row["name"] for page in range(pages) for row in http.get(f"{REALTIME}/queues?size=5&page={page}").json()]
    assert len(names) == len(set(names)) == int(first.headers["x-total-elements"])
    assert http.get(f"{REALTIME}/queues?size=5&page={pages}").status_code == 400


def test_search_pages_by_offset_and_filters(http: httpx.Client) -> None:
    ids: list[str] = []
    key, last = 0, False
    while not last:
        condition = "type==voicemail;duration=gt=300000"
        page = http.get(f"{STORAGE}/objects", params={"filter": condition, "pageKey": key, "limit": 70}).json()
        assert all(item["type"] == "voicemail" for item in page["content"])
        ids += [item["id"] for item in page["content"]]
        key, last = page["pageKey"], page["lastPage"]
    assert len(ids) == len(set(ids)) > 70
    assert key == len(ids)


def test_filters_support_states_alternatives_and_wildcards(http: httpx.Client) -> None:
    def total(condition: str) -> int:
        return int(http.get(f"{STORAGE}/objects", params={"filter": condition, "limit": 100}).json()["pageSize"])

    assert total("objectState==FAILED") > 0
    assert total("objectState=in=(FAILED,ARCHIVED)") == total("objectState==FAILED") + total("objectState==ARCHIVED")
    assert total("objectState=out=(AVAILABLE,ARCHIVED)") == total("objectState==FAILED")
    assert total("(type==meeting,type==voicemail);queueName==Queue 10*") > 0
    assert total("agentName==nobody") == 0


@pytest.mark.parametrize("condition", ["type=", "type==a;", "(type==a", "type==a)"])
def test_invalid_filter_is_refused(http: httpx.Client, condition: str) -> None:
    response = http.get(f"{STORAGE}/objects", params={"filter": condition})
    assert response.status_code == 400
    assert "filter" in response.json()["fault"]["faultstring"]


def test_archived_object_is_restored_once_and_becomes_available(http: httpx.Client) -> None:
    objects = http.get(f"{STORAGE}/objects", params={"filter": "objectState==ARCHIVED", "limit": 1}).json()["content"]
    url = f"{STORAGE}/objects/{objects[0]['id']}"
    assert http.get(f"{url}/content").status_code == 404
    assert http.post(f"{url}/restore").json() == {"expirationDays": 7}
    assert http.post(f"{url}/restore", json={"expirationDays": 3}).status_code == 400
    deadline = time.monotonic() + 30
    while http.get(url).json()["objectState"] != "AVAILABLE" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert http.get(f"{url}/content").status_code == 200


def test_read_only_key_may_search_but_not_restore(http: httpx.Client) -> None:
    http.headers["Authorization"] = f"Bearer {token(http, 'eght_readonly')}"
    item = http.get(f"{STORAGE}/objects", params={"filter": "objectState==ARCHIVED", "limit": 1}).json()["content"][0]
    assert http.post(f"{STORAGE}/objects/{item['id']}/restore").status_code == 403


def test_buckets_are_paged_and_filtered(http: httpx.Client) -> None:
    first = http.get(f"{STORAGE}/buckets", params={"limit": 4}).json()
    rest = http.get(f"{STORAGE}/buckets", params={"limit": 4, "pageKey": first["pageKey"]}).json()
    assert (len(first["content"]), first["lastPage"]) == (4, False)
    assert (len(rest["content"]), rest["lastPage"]) == (3, True)
    name = rest["content"][0]["bucketId"]
    assert http.get(f"{STORAGE}/buckets", params={"filter": f"id=={name}"}).json()["content"] == rest["content"][:1]
    late = http.get(f"{STORAGE}/buckets", params={"filter": "createdTime=ge=1767571200000", "sortDirection": "DESC"})
    assert [row["bucketId"] for row in late.json()["content"]] == [row["bucketId"] for row in reversed(rest["content"])]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json"])
def test_administration_requires_a_version(http: httpx.Client, accept: str | None) -> None:
    headers = {"x-api-key": "eght_demo_key", "Accept": accept or ""}
    assert http.get("/admin-provisioning/sites", headers=headers).status_code == 406
    versioned = {**headers, "Accept": "application/vnd.sites.v1+json"}
    assert http.get("/admin-provisioning/sites", headers=versioned).status_code == 200
    # The response to a deletion has no body, so it needs no version; the address does not exist.
    assert http.delete("/admin-provisioning/addresses/none", headers=headers).status_code == 404
    body = {"Content-Type": "application/json", **versioned}
    assert http.post("/admin-provisioning/sites", headers=body, content=b"{}").status_code == 400


def test_content_has_its_described_size_and_digest(http: httpx.Client) -> None:
    item = http.get(f"{STORAGE}/objects", params={"limit": 1}).json()["content"][0]
    content = http.get(f"{STORAGE}/objects/{item['id']}/content").content
    assert len(content) == item["storedBytes"]
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == item["checksum"]


def test_bulk_download_passes_through_its_states(http: httpx.Client) -> None:
    items = http.get(f"{STORAGE}/objects", params={"limit": 4}).json()["content"]
    job = http.post(f"{STORAGE}/bulk/download/start", json=[item["id"] for item in items]).json()
    states: list[str] = [job["status"]]
    assert http.get(f"{STORAGE}/bulk/download/{job['zipName']}").status_code == 404
    for _ in range(100):
        states.append(http.get(f"{STORAGE}/bulk/download/status/{job['zipName']}").json()["status"])
        if states[-1] == "DONE":
            break
        time.sleep(0.01)
    assert list(dict.fromkeys(states)) == ["NOT_STARTED", "IN_PROGRESS", "DONE"]
    with zipfile.ZipFile(io.BytesIO(http.get(f"{STORAGE}/bulk/download/{job['zipName']}").content)) as archive:
        assert archive.namelist() == [item["objectName"] for item in items]
        assert archive.testzip() is None


def test_unknown_parameter_is_a_violation(http: httpx.Client, sandbox: Sandbox) -> None:
    response = http.get(f"{STORAGE}/objects", params={"colour": "blue"})
    assert response.status_code == 400
    assert any("colour" in line for line in sandbox.state.credentials.stats.violations)


def test_violations_have_the_property_and_the_nearest_value(http: httpx.Client) -> None:
    metrics = http.get("/analytics/cc/v5/realtime-metrics/queues", params={"metrics": "interactionsWaitInQueu.rt"})
    assert "is not a known value; did you mean 'interactionsWaitInQueue.rt'" in metrics.text
    period = {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-02T00:00:00.000Z"}
    report = {"type": "queue-interactions-sumary", "title": "x", "dateRange": period}
    response = http.post("/analytics/cc/v8/historical-metrics/", json=report)  # one of two schemas
    assert "body/type: 'queue-interactions-sumary' is not a known value" in response.text


def test_fault_applies_as_often_as_configured(http: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.state.faults.add(Fault(path="/regions", status=503, body="<html>down</html>", times=2))
    responses = [http.get(f"{STORAGE}/regions").status_code for _ in range(3)]
    assert responses == [503, 503, 200]


def test_cut_response_ends_early(http: httpx.Client, sandbox: Sandbox) -> None:
    item = http.get(f"{STORAGE}/objects", params={"limit": 1}).json()["content"][0]
    sandbox.state.faults.add(Fault(path="/content", cut=1000, times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{STORAGE}/objects/{item['id']}/content")


def test_port_in_use_is_reported(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    from xcaas_sandbox.cli import main

    assert main(["--port", sandbox.base_url.rsplit(":", 1)[1]]) == 1
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("range_header", "begin", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=10-99999999", 10, None)],
)
def test_range_returns_a_part_of_a_file(http: httpx.Client, range_header: str, begin: int, end: int | None) -> None:
    item = http.get(f"{STORAGE}/objects", params={"limit": 1}).json()["content"][0]
    url = f"{STORAGE}/objects/{item['id']}/content"
    complete = http.get(url)
    part = http.get(url, headers={"Range": range_header, "If-Range": complete.headers["etag"]})
    assert part.status_code == 206
    assert part.content == complete.content[begin:end]
    first = begin % item["storedBytes"]
    last = first + len(part.content) - 1
    assert part.headers["content-range"] == f"bytes {first}-{last}/{item['storedBytes']}"


@pytest.mark.parametrize("range_header", ["bytes=9-0", "bytes=-", "lines=0-9", "bytes=0-1,5-6", "bytes=x-1"])
def test_invalid_range_returns_the_whole_file(http: httpx.Client, range_header: str) -> None:
    item = http.get(f"{STORAGE}/objects", params={"limit": 1}).json()["content"][0]
    response = http.get(f"{STORAGE}/objects/{item['id']}/content", headers={"Range": range_header})
    assert (response.status_code, len(response.content)) == (200, item["storedBytes"])
    assert response.headers["accept-ranges"] == "bytes"


def test_range_of_another_file_and_past_its_end(http: httpx.Client) -> None:
    item = http.get(f"{STORAGE}/objects", params={"limit": 1}).json()["content"][0]
    url = f"{STORAGE}/objects/{item['id']}/content"
    assert http.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    beyond = http.get(url, headers={"Range": f"bytes={item['storedBytes']}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{item['storedBytes']}")


def test_transcripts_are_json(http: httpx.Client) -> None:
    item = http.get(f"{STORAGE}/objects", params={"filter": "type==transcription", "limit": 1}).json()["content"][0]
    content = http.get(f"{STORAGE}/objects/{item['id']}/content").content
    assert len(content) == item["storedBytes"]
    assert len(json.loads(content)) == 5


def test_calls_without_a_valid_credential_are_counted_as_rejected() -> None:
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.base_url) as client:
        stats = sandbox.state.credentials.stats
        assert client.get(f"{STORAGE}/regions").status_code == 401
        client.headers["Authorization"] = f"Bearer {token(client, 'eght_realtime')}"
        assert client.get(f"{STORAGE}/regions").status_code == 403
        assert client.get("/nowhere").status_code == 404
        assert client.get(f"{REALTIME}/queues/9999").status_code == 404
        assert (stats.calls, stats.rejected) == (5, 2)
