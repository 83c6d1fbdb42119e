"""`download_all`: results as they arrive, existing files skipped, stopped early."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import md5
from pathlib import Path
from threading import Event

import anyio
import pytest

from tests.support.example_api import _ops
from tests.support.file_server import Failure, FileServer
from tests.support.sessions import async_session, sync_session
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.downloads._download_many import Saved, adownload_all, download_all
from xcaas_core.operations._operation import Call
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer

CONTENT = b"a recording"


def described(checksum: str | None = None) -> FakeServer:
    """Return a server with files and their descriptions."""
    description = {"checksum": checksum or md5(CONTENT).hexdigest(), "checksumType": "MD5", "size": len(CONTENT)}
    name = {"content-disposition": "inline; filename=a.bin"}
    server = FakeServer().respond("shop.things.get", json=description)
    return server.respond("shop.things.download", content=CONTENT, headers=name)


def files(server: FakeServer, *ids: str) -> list[tuple[Download, str]]:
    session = sync_session(server)
    return [(Download(session, Call(_ops.FILE, (id,), stream=True)), f"{id}.bin") for id in ids]


def download_calls(server: FakeServer) -> list[str | None]:
    return [call for request in server.requests if (call := request.call) == "shop.things.download"]


def test_download_all_warns_if_it_is_never_iterated(tmp_path: Path) -> None:
    server = described()
    with pytest.warns(RuntimeWarning, match="nothing was saved"):
        download_all(files(server, "one"), tmp_path)
    assert server.requests == []
    download_all(files(server, "one"), tmp_path).close()


class TestResults:
    def test_results_arrive_as_downloads_finish(self, tmp_path: Path) -> None:
        """A slow file does not delay the others."""
        release = Event()

        def respond(request: FakeRequest) -> FakeResponse:
            if request.path.endswith("slow"):
                release.wait(10)
            return FakeResponse(content=CONTENT)

        server = FakeServer().respond("shop.things.plain", respond)
        session = sync_session(server)
        downloads = [Download(session, Call(_ops.PLAIN, (id,), stream=True)) for id in ("slow", "one", "two")]
        ids: list[str] = []
        for saved in download_all(downloads, tmp_path, concurrency=2):
            ids.append(saved.id)
            if len(ids) == 2:
                release.set()
        assert ids == ["one", "two", "slow"]

    def test_progress_is_reported_with_the_id(self, tmp_path: Path) -> None:
        calls: list[tuple[str, int, int | None]] = []
        server = described()
        (saved,) = download_all(
            files(server, "a"), tmp_path, progress=lambda id, done, total: calls.append((id, done, total))
        )
        assert calls[-1] == ("a", len(CONTENT), len(CONTENT))
        assert (saved.id, saved.verified, saved.existed) == ("a", "md5", False)

    def test_error_of_progress_ends_the_run(self, tmp_path: Path) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            list(download_all(files(described(), "a", "b"), tmp_path, progress=broken))
        assert list(tmp_path.iterdir()) == []

    def test_downloads_of_the_caller_get_the_attributes(self, tmp_path: Path) -> None:
        ((download, name),) = files(described(), "a")
        list(download_all([(download, name)], tmp_path))
        assert (download.verified, download.id, download.length) == ("md5", "a", len(CONTENT))


class TestExistingFiles:
    @pytest.mark.parametrize("named", [True, False])
    def test_intact_file_is_skipped(self, tmp_path: Path, named: bool) -> None:
        server = described()
        downloads = files(server, "a") if named else [file for file, _ in files(server, "a")]
        first, second = (next(download_all(downloads, tmp_path, skip_existing=True)) for _ in range(2))
        assert (first.existed, second.existed) == (False, True)
        assert (first.path, first.verified) == (second.path, second.verified) == (tmp_path / "a.bin", "md5")
        assert len(download_calls(server)) == (1 if named else 2)

    @pytest.mark.parametrize("content", [b"another one", b"short"])
    def test_different_file_is_downloaded_again(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.bin").write_bytes(content)
        (saved,) = download_all(files(described(), "a"), tmp_path, skip_existing=True)
        assert (saved.existed, saved.verified) == (False, "md5")
        assert (tmp_path / "a.bin").read_bytes() == CONTENT

    def test_missing_file_is_requested_once(self, tmp_path: Path) -> None:
        server = described()
        list(download_all(files(server, "a"), tmp_path, skip_existing=True))
        assert [request.call for request in server.requests] == ["shop.things.get", "shop.things.download"]

    def test_file_is_compared_by_length_without_a_usable_checksum(self, tmp_path: Path) -> None:
        (tmp_path / "a.bin").write_bytes(b"x" * len(CONTENT))
        (saved,) = download_all(files(described("unknown kind"), "a"), tmp_path, skip_existing=True)
        assert (saved.existed, saved.verified) == (True, "length")

    def test_file_without_a_description_is_downloaded(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.plain", content=CONTENT)
        session = sync_session(server)
        (tmp_path / "a").write_bytes(CONTENT)
        (saved,) = download_all(
            [Download(session, Call(_ops.PLAIN, ("a",), stream=True))], tmp_path, skip_existing=True
        )
        assert not saved.existed

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_download_skips_an_intact_file(self, tmp_path: Path, backend: str) -> None:
        server = described()

        async def main() -> Saved:
            file = AsyncDownload(async_session(server), Call(_ops.FILE, ("a",), stream=True))
            async with aclosing(adownload_all([(file, "a.bin")], tmp_path, skip_existing=True)) as results:
                return await anext(results)

        first, second = (anyio.run(main, backend=backend) for _ in range(2))
        assert (first.existed, second.existed, second.verified, second.id) == (False, True, "md5", "a")
        assert len(download_calls(server)) == 1


class TestEarlyEnd:
    def test_break_leaves_no_part(self, tmp_path: Path) -> None:
        """The server of the second file stalls."""
        with FileServer(CONTENT * 1000, [Failure(), Failure(after=100, pause=20)]).serving() as origin:
            session = sync_session(base_url=origin.url)
            downloads = (Download(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(2))
            for saved in download_all(downloads, tmp_path, concurrency=2):
                assert saved.error is None
                break
            assert len(list(tmp_path.iterdir())) == 1
            session.io.close()

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_closing_the_async_iterator_leaves_no_part(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            async def downloads() -> AsyncGenerator[AsyncDownload]:
                for n in range(2):
                    yield AsyncDownload(session, Call(_ops.PLAIN, (f"t{n}",), stream=True))

            session = async_session(base_url=origin.url)
            async with aclosing(adownload_all(downloads(), tmp_path, concurrency=2)) as results:
                assert (await anext(results)).error is None
            await session.io.close()

        with FileServer(CONTENT * 1000, [Failure(), Failure(after=100, pause=20)]).serving() as origin:
            anyio.run(main, backend=backend)
        assert len(list(tmp_path.iterdir())) == 1

    SCRIPT = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.core.downloads.test_many import save_stalled_files\n"
        "save_stalled_files(sys.argv[1], Path(sys.argv[2]))\n"
    )

    def test_ctrl_c_ends_the_process_while_the_server_is_silent(self, tmp_path: Path) -> None:
        """The server is silent for twenty seconds; the process ends within ten, and leaves no part."""
        with FileServer(CONTENT * 1000, [Failure(after=100, pause=20)] * 4).serving() as origin:
            arguments = [sys.executable, "-c", self.SCRIPT, origin.url, os.fspath(tmp_path)]
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                for _ in range(4):
                    assert process.stdout.readline() == "begun\n"
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=10)
        assert "KeyboardInterrupt" in errors
        assert list(tmp_path.iterdir()) == []


def save_stalled_files(url: str, into: Path) -> None:
    """Save files that never arrive, and print a line when each begins."""
    session = sync_session(base_url=url)
    downloads = (Download(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(9))
    list(download_all(downloads, into, concurrency=4, progress=lambda _id, _done, _whole: os.write(1, b"begun\n")))
