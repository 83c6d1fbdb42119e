"""The fake server that users' tests stand on, used as they use it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from xcaas import AsyncXCaaS, ClientCredentials, XCaaS
from xcaas.cc_historical.models import ReportRequestDict
from xcaas.storage.models import StorageObject
from xcaas_core._errors import ConnectionLostError, NotFoundError, ServerError
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer, RequestMismatch, UnexpectedRequest

CREDENTIALS = ClientCredentials("id", "secret")


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def client(server: FakeServer) -> Iterator[XCaaS]:
    with XCaaS(http_client=server, credentials=CREDENTIALS, region={"storage": "uk"}) as client:
        yield client


class TestDefaultResponses:
    """Responses to calls without `respond`."""

    def test_call_returns_an_example_model(self, client: XCaaS) -> None:
        assert client.storage.objects.get("o1").id

    def test_list_has_one_page(self, client: XCaaS) -> None:
        assert len(list(client.storage.objects.search())) == 1

    def test_file_matches_its_checksum(self, client: XCaaS, tmp_path: Path) -> None:
        file = client.storage.objects.download("o1")
        assert file.save(tmp_path).name == "example.bin"
        assert file.verified == "md5"

    def test_job_finishes(self, client: XCaaS, server: FakeServer) -> None:
        job = client.storage.bulk_downloads.download(object_ids=["o1"])
        assert job.wait().read()
        assert job.done
        assert server.clock.slept == [2.0]

    def test_token_is_issued(self, client: XCaaS, server: FakeServer) -> None:
        client.storage.objects.get("o1")
        assert [request.path for request in server.token_requests] == ["/oauth/v2/token"]
        assert server.requests[0].headers["authorization"] == "Bearer fake-token"

    def test_only_told_forbids_default_responses(self) -> None:
        server = FakeServer(only_told=True).respond("storage.objects.get", json={"id": "o1"})
        with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
            assert client.storage.objects.get("o1").id == "o1"
            with pytest.raises(UnexpectedRequest, match=r"storage\.objects\.delete"):
                client.storage.objects.delete(object_ids=["o1"])


class TestRespond:
    def test_call_gets_its_response(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", json={"id": "o7"})
        assert client.storage.objects.get("o7").id == "o7"

    def test_misspelt_call_raises(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.gett", json={"id": "o7"})
        with pytest.raises(UnexpectedRequest, match=r"'storage\.objects\.gett'.* Did you mean 'storage\.objects\.get'"):
            client.storage.objects.get("o7")

    def test_unknown_names_of_other_products_are_accepted(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("cc_chat.nothing", json={}).respond("storage.objects.get", json={"id": "o7"})
        assert [client.storage.objects.get("o7").id for _ in range(2)] == ["o7", "o7"]

    def test_method_and_path_get_the_first_matching_response(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("GET /storage/uk/v3/objects/{id}", json={"id": "o7"})
        server.respond("GET /storage/uk/v3/objects/o8", json={"id": "never seen: the first that fits answers"})
        assert client.storage.objects.get("o8").id == "o7"

    def test_responses_come_in_order_and_the_last_one_repeats(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", json={"id": "1"}).respond("storage.objects.get", json={"id": "2"})
        assert [client.storage.objects.get("x").id for _ in range(3)] == ["1", "2", "2"]

    def test_function_makes_the_response(self, client: XCaaS, server: FakeServer) -> None:
        def echo(request: FakeRequest) -> FakeResponse:
            return FakeResponse(json={"id": request.path.rpartition("/")[2]})

        server.respond("storage.objects.get", echo)
        assert client.storage.objects.get("echoed").id == "echoed"

    def test_error_status_raises(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", status=404, json={"message": "gone"})
        with pytest.raises(NotFoundError):
            client.storage.objects.get("o1")

    def test_retries_after_network_errors_do_not_wait(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", error=ConnectionLostError("cut"))
        server.respond("storage.objects.get", status=503).respond("storage.objects.get", json={"id": "o1"})
        assert client.storage.objects.get("o1").id == "o1"
        assert len(server.calls("storage.objects.get")) == 3
        assert len(server.clock.slept) == 2

    def test_repeated_server_error_raises(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", status=500)
        with pytest.raises(ServerError):
            client.storage.objects.get("o1")

    def test_broken_download_is_resumed(self, client: XCaaS, server: FakeServer) -> None:
        broken = FakeResponse(content=[b"abc"], length=6, headers={"etag": '"1"'}, error=ConnectionLostError("cut"))
        rest = FakeResponse(206, content=b"def", headers={"content-range": "bytes 3-5/6", "etag": '"1"'})
        server.respond("storage.objects.download", broken).respond("storage.objects.download", rest)
        assert client.storage.objects.download("o1").unverified().read() == b"abcdef"

    def test_reset_removes_requests_and_responses(self, client: XCaaS, server: FakeServer) -> None:
        server.respond("storage.objects.get", json={"id": "o7"})
        client.storage.objects.get("o7")
        server.reset()
        assert server.requests == []
        assert client.storage.objects.get("o7").id != "o7"


class TestRequests:
    def test_requests_are_recorded(self, client: XCaaS, server: FakeServer) -> None:
        client.storage.objects.delete(object_ids=["a", "b"])
        list(client.storage.objects.search(filter="type==voicemail"))
        deleted, searched = server.requests
        assert (deleted.method, deleted.call, deleted.json()) == ("DELETE", "storage.objects.delete", ["a", "b"])
        assert searched.query == {"filter": ["type==voicemail"]}
        assert searched.url == "https://api.8x8.com/storage/uk/v3/objects?filter=type%3D%3Dvoicemail"
        assert server.calls("storage.objects.search") == [searched]
        assert server.calls("DELETE /storage/uk/v3/bulk") == [deleted]
        assert server.calls() == server.requests
        assert repr(deleted) == "<DELETE https://api.8x8.com/storage/uk/v3/bulk>"

    def test_misspelt_members_of_bodies_raise(self, client: XCaaS) -> None:
        report: ReportRequestDict = {
            "type": "queue-summary",
            "title": "x",
            "granularity": "day",
            "dateRange": {
                "start": dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
                "end": dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
            },
            "groupBy": {"name": "queue"},
        }
        client.cc_historical.reports.create(report=report)
        report["titel"] = "y"  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportGeneralTypeIssues]
        with pytest.raises(RequestMismatch, match="/titel is not in the spec") as caught:
            client.cc_historical.reports.create(report=report)
        assert caught.value.problems == ["body: /titel is not in the spec"]

    def test_checks_can_be_disabled(self) -> None:
        server = FakeServer(check=False)
        with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
            client.cc_historical.reports.create(report=cast("ReportRequestDict", {"nothing": "fits"}))
        assert len(server.requests) == 1


def test_responses_may_contain_models(server: FakeServer, client: XCaaS) -> None:
    server.respond("storage.objects.search", json={"content": [StorageObject(id="o7", stored_bytes=5)]})
    assert client.storage.objects.search().to_list() == [StorageObject(id="o7", stored_bytes=5)]
    with pytest.raises(TypeError, match="not date"):
        server.respond("storage.objects.get", json={"createdTime": dt.date(2026, 1, 1)})


def test_async_client_uses_the_server(server: FakeServer, tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncXCaaS(http_client=server, credentials=CREDENTIALS) as client:
            result, rows = await asyncio.gather(
                client.storage.objects.get("o1"), client.storage.objects.search().to_list()
            )
            assert result.id
            assert len(rows) == 1
            archive = await client.storage.bulk_downloads.download(object_ids=["o1"])
            assert (await archive.save(tmp_path / "a.zip")).exists()

    asyncio.run(main())
