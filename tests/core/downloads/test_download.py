"""Downloads with a fake server that breaks off, changes its file and fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.example_api import _ops
from tests.support.file_origin import DATA, Origin, async_download, chunks, described, download, names, serving
from tests.support.sessions import sync_session
from xcaas_core._errors import CallTimeoutError, ConnectionLostError, DownloadError, NotFoundError, ServerError
from xcaas_core._partial_file import PartialFile
from xcaas_core.downloads._download import Download
from xcaas_core.http._headers import disposition_name
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.sdk import binary_response, header, path
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer

RANGED = Operation[object](
    _ops.PRODUCT,
    "ranged",
    "GET",
    "/plain/{id}",
    call="shop.things.plain",
    parameters=(path("id"), header("Range")),
    responses={"200": binary_response(), "206": binary_response()},
)


class TestDownloads:
    def test_read_returns_the_file(self) -> None:
        file = download(serving(Origin()))
        assert file.read() == DATA
        assert (file.length, file.verified) == (len(DATA), "length")

    def test_iter_bytes_yields_the_file(self) -> None:
        assert b"".join(download(serving(Origin())).iter_bytes()) == DATA

    def test_save_writes_the_file(self, tmp_path: Path) -> None:
        assert download(serving(Origin())).save(tmp_path / "a.bin") == tmp_path / "a.bin"
        assert (tmp_path / "a.bin").read_bytes() == DATA
        assert names(tmp_path) == ["a.bin"]

    def test_empty_file_is_downloaded(self, tmp_path: Path) -> None:
        assert download(serving(Origin(b""))).read() == b""
        assert list(download(serving(Origin(b""))).iter_bytes()) == []
        assert download(serving(Origin(b""))).save(tmp_path / "a").read_bytes() == b""

    @pytest.mark.parametrize("status", [202, 204])
    def test_success_without_a_file_raises_and_keeps_the_existing_file(self, status: int, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"before")
        server = FakeServer().respond("shop.things.plain", FakeResponse(status))
        with pytest.raises(DownloadError, match=f"responded with {status}, and with no file") as caught:
            download(server).save(tmp_path / "a")
        assert caught.value.status == status
        assert (tmp_path / "a").read_bytes() == b"before"

    def test_downloads_may_be_repeated(self) -> None:
        file = download(serving(Origin()))
        assert file.read() == file.read() == DATA

    def test_compression_is_not_requested(self) -> None:
        server = serving(Origin())
        download(server).read()
        assert server.requests[0].headers["accept-encoding"] == "identity"

    def test_unrequested_compression_is_accepted(self) -> None:
        headers = {"content-encoding": "gzip", "content-length": "17"}
        server = FakeServer().respond("shop.things.plain", FakeResponse(content=DATA, headers=headers))
        file = download(server)
        assert file.read() == DATA
        assert file.verified is None

    @pytest.mark.parametrize("status", [206, 200])
    def test_range_of_the_caller_is_downloaded(self, status: int, tmp_path: Path) -> None:
        headers = {"content-range": f"bytes 5-9/{len(DATA)}", "etag": '"v1"'} if status == 206 else {"etag": '"v1"'}
        server = serving(lambda request: FakeResponse(status, content=DATA[5:10], headers=headers))
        file = Download(sync_session(server), Call(RANGED, ("t1", "bytes=5-9"), stream=True))
        assert file.read() == b"".join(file.iter_bytes()) == file.save(tmp_path / "a").read_bytes() == DATA[5:10]
        assert (file.length, file.verified) == (5, "length")
        assert {request.headers["range"] for request in server.requests} == {"bytes=5-9"}

    def test_range_of_the_caller_is_requested_again_after_a_cut(self, tmp_path: Path) -> None:
        origin = Origin(DATA, cuts=[1000])
        file = Download(sync_session(serving(origin)), Call(RANGED, ("t1", "bytes=0-"), stream=True))
        assert file.save(tmp_path / "a").read_bytes() == DATA
        assert origin.asked == ["bytes=0-", "bytes=0-"]

    def test_unknown_length_is_accepted(self) -> None:
        server = FakeServer().respond("shop.things.plain", FakeResponse(content=DATA, length=None))
        file = download(server)
        assert file.read() == DATA
        assert (file.length, file.verified) == (None, None)

    def test_errors_of_the_call_are_raised_unchanged(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.plain", status=404, json={"message": "gone"})
        with pytest.raises(NotFoundError, match="gone"):
            download(server).read()
        with pytest.raises(NotFoundError, match="gone"):
            list(download(server).iter_bytes())
        with pytest.raises(NotFoundError, match="gone"):
            download(server).save(tmp_path / "a")
        assert names(tmp_path) == []

    def test_timeouts_of_the_call_are_raised_unchanged(self, tmp_path: Path) -> None:
        """They are OSErrors, too, but not of the file."""
        server = FakeServer().respond("shop.things.plain", error=CallTimeoutError("too slow"))
        with pytest.raises(CallTimeoutError, match="too slow"):
            download(server).save(tmp_path / "a")
        assert names(tmp_path) == []

    def test_progress_is_reported(self, tmp_path: Path) -> None:
        calls: list[tuple[int, int | None]] = []
        download(serving(Origin())).save(tmp_path / "a", progress=lambda done, total: calls.append((done, total)))
        assert calls[0] == (1000, len(DATA))
        assert calls[-1] == (len(DATA), len(DATA))
        download(serving(Origin())).read(progress=lambda done, total: calls.append((done, total)))
        assert calls[-1] == (len(DATA), len(DATA))


class TestContextManager:
    def test_name_and_length_are_known_on_entry(self, tmp_path: Path) -> None:
        headers = {"content-disposition": 'attachment; filename="../a b.wav"', "content-type": "audio/wav"}
        server = FakeServer().respond("shop.things.plain", content=DATA, headers=headers)
        with download(server) as file:
            assert (file.filename, file.length, file.content_type) == ("a b.wav", len(DATA), "audio/wav")
            assert file.save(tmp_path) == tmp_path / "a b.wav"
        assert len(server.requests) == 1

    def test_open_file_is_read_in_every_way(self, tmp_path: Path) -> None:
        readers: list[Callable[[Download], bytes]] = [
            lambda file: file.read(),
            lambda file: b"".join(file.iter_bytes()),
            lambda file: file.save(tmp_path / "a").read_bytes(),
        ]
        server = described(Origin())
        for unverified in (False, True):
            for reader in readers:
                file = download(server, _ops.FILE)
                with file.unverified() if unverified else file as opened:
                    assert reader(opened) == DATA
        assert len(server.calls("shop.things.download")) == 6
        assert len(server.calls("shop.things.get")) == 3

    def test_file_need_not_be_read(self) -> None:
        server = serving(Origin())
        with download(server) as file:
            assert file.length == len(DATA)
        with pytest.raises(NotFoundError), download(FakeServer().respond("shop.things.plain", status=404)):
            pytest.fail("never open")

    def test_attributes_are_empty_before_the_request(self) -> None:
        file = download(FakeServer())
        assert (file.filename, file.length, file.content_type, file.headers) == (None, None, None, {})
        assert repr(file) == "<Download of shop.things.plain>"

    def test_attributes_are_kept_after_the_download(self, tmp_path: Path) -> None:
        server = FakeServer().respond(
            "shop.things.plain", content=DATA, headers={"content-disposition": 'attachment; filename="a.wav"'}
        )
        file = download(server)
        file.save(tmp_path / "b.wav")
        assert (file.filename, file.length, file.verified) == ("a.wav", len(DATA), "length")

    def test_file_without_a_name_is_saved_under_its_id(self, tmp_path: Path) -> None:
        assert download(serving(Origin())).save(tmp_path) == tmp_path / "t1"


class TestLostConnections:
    @pytest.mark.parametrize("cut", [0, 1, 999, 1000, 5000, len(DATA) - 1])
    def test_rest_is_requested(self, tmp_path: Path, cut: int) -> None:
        origin = Origin(cuts=[cut])
        assert download(serving(origin)).save(tmp_path / "a").read_bytes() == DATA
        assert origin.asked == [None, f"bytes={cut}-" if cut else None]
        second = Origin(cuts=[cut])
        assert b"".join(download(serving(second)).iter_bytes()) == DATA

    @given(cuts=st.lists(st.integers(1, len(DATA)), max_size=3), ranges=st.booleans(), etag=st.booleans())
    @settings(max_examples=50)
    def test_any_cuts_give_an_intact_file_or_an_error(self, cuts: list[int], ranges: bool, etag: bool) -> None:
        def origin() -> FakeServer:
            return serving(Origin(cuts=[*cuts], ranges=ranges, etag='"v"' if etag else None))

        assert download(origin()).read() == DATA
        try:
            assert b"".join(download(origin()).iter_bytes()) == DATA
        except DownloadError:
            assert not (ranges and etag), "where ranges work, no cut needs to be seen"

    def test_response_shorter_than_announced_is_continued(self, tmp_path: Path) -> None:
        """Some servers just stop, which only the length shows."""
        server = FakeServer()
        server.respond(
            "shop.things.plain", FakeResponse(content=DATA[:100], length=len(DATA), headers={"etag": '"v1"'})
        )
        server.respond("shop.things.plain", Origin())
        assert download(server).save(tmp_path / "a").read_bytes() == DATA

    def test_response_longer_than_announced_is_an_error(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.plain", FakeResponse(content=DATA, length=100))
        with pytest.raises(DownloadError, match="100 were announced"):
            download(server).save(tmp_path / "a")
        assert names(tmp_path) == []

    def test_repeated_cuts_fail(self, tmp_path: Path) -> None:
        server = serving(Origin(cuts=[100] * 100, ranges=False))
        with pytest.raises(DownloadError, match="broke off 4 times in a row, last after 100 of 10240 bytes") as caught:
            download(server).save(tmp_path / "a")
        assert isinstance(caught.value.__cause__, ConnectionLostError)
        assert caught.value.operation == "shop.things.plain"
        assert names(tmp_path) == []
        assert len(server.requests) == 4
        assert server.clock.slept == [0.5, 1.0, 2.0]

    @pytest.mark.parametrize("error", [BrokenPipeError("closed"), TimeoutError("too long"), KeyError("x")])
    def test_errors_of_progress_are_raised_unchanged(self, tmp_path: Path, error: Exception) -> None:
        def stop(done: int, total: int | None) -> None:
            raise error

        with pytest.raises(type(error)) as caught:
            download(serving(Origin())).save(tmp_path / "a", progress=stop)
        assert caught.value is error
        assert list(tmp_path.iterdir()) == []

    def test_new_bytes_reset_the_count_of_failures(self) -> None:
        origin = Origin(cuts=[100] * 50)
        assert download(serving(origin)).read() == DATA
        assert len(origin.asked) == 51

    @pytest.mark.parametrize("refused", [False, True])
    def test_starting_over_is_repeated_after_a_failure(self, tmp_path: Path, refused: bool) -> None:
        def server() -> FakeServer:
            server = FakeServer().respond("shop.things.plain", Origin(cuts=[5000], etag='"v1"' if refused else None))
            if refused:  # the part is refused, so the whole file is requested
                server.respond("shop.things.plain", status=416)
            for _ in range(3):  # a call and its retries
                server.respond("shop.things.plain", error=ConnectionLostError("again"))
            return server.respond("shop.things.plain", Origin(etag=None))

        assert download(server()).save(tmp_path / "a").read_bytes() == DATA
        assert download(server()).read() == DATA

    def test_server_error_while_resuming_is_raised(self, tmp_path: Path) -> None:
        server = FakeServer()
        server.respond("shop.things.plain", Origin(cuts=[100]))
        server.respond("shop.things.plain", status=503)
        with pytest.raises(ServerError):
            download(server).save(tmp_path / "a")
        assert names(tmp_path) == []

    def test_changed_file_starts_over(self, tmp_path: Path) -> None:
        server = FakeServer()
        server.respond("shop.things.plain", Origin(cuts=[5000]))
        new = Origin(b"new" * 100, etag='"v2"')
        server.respond("shop.things.plain", new)
        assert download(server).save(tmp_path / "a").read_bytes() == b"new" * 100
        assert new.asked == ["bytes=5000-"]

    def test_changed_file_fails_a_stream(self) -> None:
        server = FakeServer()
        server.respond("shop.things.plain", Origin(cuts=[5000]))
        server.respond("shop.things.plain", Origin(b"new" * 100, etag='"v2"'))
        with pytest.raises(DownloadError, match="started the file again, which has changed"):
            list(download(server).iter_bytes())

    def test_file_without_a_validator_starts_over(self, tmp_path: Path) -> None:
        origin = Origin(cuts=[5000], etag=None)
        assert download(serving(origin)).save(tmp_path / "a").read_bytes() == DATA
        assert origin.asked == [None, None]
        with pytest.raises(DownloadError, match="cannot continue there"):
            list(download(serving(Origin(cuts=[5000], etag=None))).iter_bytes())

    def test_file_with_a_weak_etag_starts_over(self, tmp_path: Path) -> None:
        origin = Origin(cuts=[5000], etag='W/"v1"')
        assert download(serving(origin)).save(tmp_path / "a").read_bytes() == DATA
        assert origin.asked == [None, None]

    def test_date_of_the_last_change_is_a_validator(self, tmp_path: Path) -> None:
        def dated(request: FakeRequest) -> FakeResponse:
            response = origin(request)
            response.headers["last-modified"] = "Sat, 14 Mar 2026 09:26:53 GMT"
            return response

        origin = Origin(cuts=[5000], etag=None)
        server = serving(dated)
        origin.etag = None
        download(server).save(tmp_path / "a")
        assert server.requests[1].headers["if-range"] == "Sat, 14 Mar 2026 09:26:53 GMT"

    def test_response_with_another_range_fails(self) -> None:
        server = FakeServer().respond("shop.things.plain", Origin(cuts=[5000]))
        wrong = FakeResponse(206, content=DATA[7:], headers={"content-range": f"bytes 7-{len(DATA) - 1}/{len(DATA)}"})
        server.respond("shop.things.plain", wrong)
        with pytest.raises(DownloadError, match="begins at 7"):
            download(server).read()

    def test_part_without_a_start_raises(self) -> None:
        server = FakeServer().respond("shop.things.plain", Origin(cuts=[5000]))
        server.respond("shop.things.plain", FakeResponse(206, content=DATA[5000:]))
        with pytest.raises(DownloadError, match="does not say where it begins"):
            download(server).read()

    def test_operation_without_ranges_starts_over(self, tmp_path: Path) -> None:
        origin = Origin(cuts=[5000])
        server = serving(origin, "shop.things.fixed")
        assert download(server, _ops.FIXED).read() == DATA
        assert origin.asked == [None, None]
        broken = serving(Origin(cuts=[6000, *[0] * 10]), "shop.things.fixed")
        with pytest.raises(DownloadError):
            download(broken, _ops.FIXED).save(tmp_path / "a", resume=True)
        assert download(server, _ops.FIXED).save(tmp_path / "a", resume=True).read_bytes() == DATA
        assert origin.asked == [None, None, None]


class TestFailures:
    @pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), MemoryError(), ZeroDivisionError()])
    def test_interrupted_download_leaves_no_part(self, tmp_path: Path, error: BaseException) -> None:
        (tmp_path / "a").write_text("old")
        server = FakeServer()
        server.respond("shop.things.plain", FakeResponse(content=chunks(DATA)[:3], length=len(DATA), error=error))
        with pytest.raises(type(error)):
            download(server).save(tmp_path / "a")
        assert names(tmp_path) == ["a"]
        assert (tmp_path / "a").read_text() == "old"

    def test_missing_folder_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(DownloadError, match="cannot be written: No such file"):
            download(serving(Origin())).save(tmp_path / "none" / "a")

    def test_missing_permission_is_reported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_file: PartialFile) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(PartialFile, "open", refuse)
        with pytest.raises(DownloadError, match=r"Permission denied\. Write to a folder that is yours"):
            download(serving(Origin())).save(tmp_path / "a")

    def test_folder_in_place_of_the_file_is_reported(self, tmp_path: Path) -> None:
        (tmp_path / "t1").mkdir()
        (tmp_path / "t1" / "x").touch()
        with pytest.raises(DownloadError, match="cannot be written"):
            download(serving(Origin())).save(tmp_path)
        assert names(tmp_path) == ["t1"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
class TestAsync:
    def test_async_download_reads_streams_and_saves(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            assert await async_download(serving(Origin())).read() == DATA
            stream = async_download(described(Origin(cuts=[100])), _ops.FILE).iter_bytes()
            assert b"".join([piece async for piece in stream]) == DATA
            async with async_download(serving(Origin(cuts=[100]))) as file:
                assert file.length == len(DATA)
                assert (await file.save(tmp_path / "a")).read_bytes() == DATA
            assert (await async_download(serving(Origin())).save(tmp_path)).name == "t1"

        anyio.run(main, backend=backend)

    def test_cancelled_download_leaves_no_part(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            with anyio.CancelScope() as scope:
                await async_download(serving(Origin())).save(
                    tmp_path / "a", progress=lambda done, total: scope.cancel()
                )
            assert scope.cancelled_caught

        anyio.run(main, backend=backend)
        assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, None),
        ("", None),
        ("inline", None),
        ("attachment; filename=report.csv", "report.csv"),
        ('attachment; filename="my report.csv"', "my report.csv"),
        ('attachment; filename="a \\"b\\".csv"; size=3', 'a "b".csv'),
        ("attachment; filename*=UTF-8''Zo%C3%AB.wav; filename=x", "Zoë.wav"),
        ("attachment; filename=\"x.wav\"; filename*=UTF-8'de'%C3%BC.wav", "ü.wav"),
        ("attachment; filename*=nonsense''%FF; filename=plain", "plain"),
        ("attachment; filename*=UTF-8''%FF; filename=plain", "plain"),
        ('attachment; FileName = "a;b.txt" ', "a;b.txt"),
        ('attachment; filename=""', None),
    ],
)
def test_file_name_is_read_from_content_disposition(header: str | None, name: str | None) -> None:
    assert disposition_name(header) == name
