"""Calls are recorded once and replayed without a network, and no credential is in the file."""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
from pathlib import Path

import pytest

from tests.support.origin import StubResponse, serving
from xcaas import AsyncXCaaS, ClientCredentials, ConfigurationError, NotFoundError, XCaaS
from xcaas.testing import Cassette, CassetteMismatch
from xcaas_sandbox import Sandbox

CREDENTIALS = ClientCredentials("eght_demo", "demo-secret")


@pytest.fixture(scope="module")
def sandbox_url() -> object:
    with Sandbox() as sandbox:
        yield sandbox.base_url


def list_ids(client: XCaaS) -> list[str]:
    return [item.id or "" for item in client.storage.objects.search(limit=50).limit(120)]


def test_recorded_calls_are_replayed(tmp_path: Path, sandbox_url: str) -> None:
    path = tmp_path / "deep" / "calls.jsonl"
    with (
        Cassette(path, record=True) as cassette,
        XCaaS(http_client=cassette, credentials=CREDENTIALS, base_url=sandbox_url, region="us-west") as client,
    ):
        ids = list_ids(client)
        content = client.storage.objects.download(ids[0]).read()
        with pytest.raises(NotFoundError):
            client.storage.objects.get("nobody")
        assert not path.exists()
    text = path.read_text("utf-8")
    assert "demo-secret" not in text
    assert "access_token" not in text
    assert len(text.splitlines()) >= 5
    assert all(json.loads(line)["request"]["call"].startswith("storage.") for line in text.splitlines())
    # Needs neither the sandbox nor the right secret.
    cassette = Cassette(path)
    with XCaaS(http_client=cassette, credentials=ClientCredentials("id", "other"), region="us-west") as client:
        assert list_ids(client) == ids
        assert client.storage.objects.download(ids[0]).read() == content
        with pytest.raises(NotFoundError):
            client.storage.objects.get("nobody")
        with pytest.raises(CassetteMismatch, match=r"1 times, all replayed"):
            client.storage.objects.get("nobody")
        with pytest.raises(CassetteMismatch, match=r"differs from what .*: url: .*'/storage/us-west/v3/objects/other'"):
            client.storage.objects.get("other")
        with pytest.raises(CassetteMismatch, match="is not in"):
            client.storage.buckets.get("b1")


def test_async_clients_record_and_replay(tmp_path: Path, sandbox_url: str) -> None:
    path = tmp_path / "calls.jsonl"

    async def main(cassette: Cassette, base_url: str | None) -> tuple[str | None, bytes]:
        async with AsyncXCaaS(
            http_client=cassette, credentials=CREDENTIALS, base_url=base_url, region="us-west"
        ) as client:
            async for item in client.storage.objects.search(limit=1):
                assert item.id is not None
                return item.id, await client.storage.objects.download(item.id).read()
        raise AssertionError("nothing there")

    with Cassette(path, record=True) as cassette:
        recorded = asyncio.run(main(cassette, sandbox_url))
    assert asyncio.run(main(Cassette(path), None)) == recorded


def test_echoed_credentials_are_not_recorded(tmp_path: Path) -> None:
    body = json.dumps({"id": "1", "seen": "Bearer tok-123456789", "client_secret": "x", "nextToken": "page-2"}).encode()
    path = tmp_path / "calls.jsonl"
    headers = ["X-Api-Key: tok-123456789", "Set-Cookie: a=b", "X-Request-Id: r-1"]
    query = {"access_token": "q-secret", "plain": 1}
    with (
        serving(StubResponse(body=body, headers=headers)) as origin,
        Cassette(path, record=True) as cassette,
        XCaaS(http_client=cassette, credentials="tok-123456789", base_url=origin.url, region="uk") as client,
    ):
        item = client.storage.objects.with_options(query=query).get("1")
        assert item.id == "1"
    text = path.read_text("utf-8")
    for secret in ("tok-123456789", "q-secret", "a=b"):
        assert secret not in text
    recorded = json.loads(text)
    assert recorded["response"]["json"] == {
        "id": "1",
        "seen": "Bearer ***",
        "client_secret": "***",
        "nextToken": "page-2",
    }
    assert recorded["response"]["headers"]["x-request-id"] == "r-1"
    with XCaaS(http_client=Cassette(path), credentials="another-token", region="uk") as client:
        client.storage.objects.with_options(query=query).get("1")


def test_failed_run_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text("")
    with pytest.raises(LookupError), Cassette(path, record=True):
        raise LookupError
    assert path.read_text() == ""
    assert [file.name for file in tmp_path.iterdir()] == ["calls.jsonl"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"{}\n", ":1 is no recorded call"),
        (b"[" * 100_000, ":1 is no recorded call"),
        (b'{"request": {}, "response": {"status": "200", "headers": {}}}', "no recorded call"),
    ],
    ids=["none", "other charset", "no call", "deep", "no status"],
)
def test_invalid_cassette_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "calls.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        Cassette(path)
    assert "XCAAS_RECORD=1" in str(caught.value)


def test_environment_variable_turns_recording_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCAAS_RECORD", "1")
    assert Cassette(tmp_path / "calls.jsonl").records
    monkeypatch.delenv("XCAAS_RECORD")
    (tmp_path / "calls.jsonl").write_text("")
    assert not Cassette(tmp_path / "calls.jsonl").records


def record(path: Path, *responses: StubResponse, credentials: str = "token-12345") -> bytes:
    """Record a call of `request`, and return the body of its response."""
    with (
        serving(*responses) as origin,
        Cassette(path, record=True) as cassette,
        XCaaS(http_client=cassette, credentials=credentials, base_url=origin.url, region="uk") as client,
    ):
        return client.request("GET", "/test-paths/1", product="storage").content


def replay(path: Path, credentials: str = "token-12345") -> bytes:
    with XCaaS(http_client=Cassette(path), credentials=credentials, region="uk") as client:
        return client.request("GET", "/test-paths/1", product="storage").content


@pytest.mark.parametrize(
    "body",
    ['{"id":"a\u2028b\u2029c\x85d"}'.encode(), b'{"id":"half \\ud800 of a pair"}'],
    ids=["separators", "surrogate"],
)
def test_any_json_string_is_replayed(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "calls.jsonl"
    assert record(path, StubResponse(body=body)) == body
    assert json.loads(replay(path)) == json.loads(body)
    assert path.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("body", [b'{"n":1.10}', b'{"n":1e400}', b'{"n":NaN}', b'{"n":1,"n":2}'])
def test_json_that_python_would_change_is_replayed_exactly(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "calls.jsonl"
    assert record(path, StubResponse(body=body)) == replay(path) == body


def test_downloaded_json_is_replayed_exactly(tmp_path: Path) -> None:
    path, body = tmp_path / "calls.jsonl", b'{ "b" : 1,\n  "a" : [ 2 ] }'
    with (
        serving(StubResponse(body=body)) as origin,
        Cassette(path, record=True) as cassette,
        XCaaS(http_client=cassette, credentials="token-12345", base_url=origin.url, region="uk") as client,
    ):
        assert client.storage.objects.download("o1").read() == body
    with XCaaS(http_client=Cassette(path), credentials="token-12345", region="uk") as client:
        assert client.storage.objects.download("o1").read() == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"url": "https://files.example/x?X-Amz-Signature=SECRET-1&X-Amz-Security-Token=SECRET-2"}',
        b'{"token": "SECRET-1", "authorization": "Bearer SECRET-2", "secret": {"keys": ["SECRET-3"]}}',
        b'{"said": "Authorization: Bearer SECRET-123", "jwt": "eyJSECRET.eyJSECRET.SECRET"}',
        b'{"at": "https://SECRET:SECRET@files.example/"}',
        b"user=u&password=SECRET-1&client_secret=SECRET-2",
        b"\xff\xfe SECRET-token-12345 \x00",
    ],
    ids=["signed address", "names", "words", "user info", "form", "bytes"],
)
def test_possible_credentials_are_masked(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "calls.jsonl"
    headers = ["Location: https://files.example/x?Signature=SECRET-4"]
    record(path, StubResponse(body=body, headers=headers), credentials="SECRET-token-12345")
    assert "SECRET" not in path.read_text("utf-8")
    assert b"SECRET" not in replay(path)


def test_replay_accepts_a_credential_that_is_a_word_of_the_path(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    record(path, StubResponse(body=b'{"id":"1"}'))
    assert json.loads(replay(path, credentials="test")) == {"id": "1"}


def test_retry_after_date_is_recorded_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    date = email.utils.formatdate(time.time() + 1, usegmt=True)
    body = b'{"id":"1"}'
    assert record(path, StubResponse(status=429, headers=[f"Retry-After: {date}"]), StubResponse(body=body)) == body
    assert json.loads(replay(path)) == {"id": "1"}
