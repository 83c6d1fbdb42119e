"""Many downloads as an iterator: told of as they are done, left out where they are there, stopped in the middle."""

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
    """Return a server that describes its files, and sends them."""
    facts = {"checksum": checksum or md5(CONTENT).hexdigest(), "checksumType": "MD5", "size": len(CONTENT)}
    name = {"content-disposition": "inline; filename=a.bin"}
    server = FakeServer().respond("shop.things.get", json=facts)
    return server.respond("shop.things.download", content=CONTENT, headers=name)


def files(server: FakeServer, *ids: str) -> list[tuple[Download, str]]:
    session = sync_session(server)
    return [(Download(session, Call(_ops.FILE, (id,), stream=True)), f"{id}.bin") for id in ids]


def fetched(server: FakeServer) -> list[str | None]:
    return [call for request in server.requests if (call := request.call) == "shop.things.download"]


def test_a_call_that_nobody_iterates_warns(tmp_path: Path) -> None:
    server = described()
    with pytest.warns(RuntimeWarning, match="nothing was saved"):
        download_all(files(server, "one"), tmp_path)
    assert server.requests == []
    download_all(files(server, "one"), tmp_path).close()


class TestEach:
    def test_is_told_of_as_it_is_done(self, tmp_path: Path) -> None:
        """A file that takes its time holds back no other."""
        release = Event()

        def respond(request: FakeRequest) -> FakeResponse:
            if request.path.endswith("slow"):
                release.wait(10)
            return FakeResponse(content=CONTENT)

        server = FakeServer().respond("shop.things.plain", respond)
        session = sync_session(server)
        wanted = [Download(session, Call(_ops.PLAIN, (id,), stream=True)) for id in ("slow", "one", "two")]
        seen: list[str] = []
        for saved in download_all(wanted, tmp_path, concurrency=2):
            seen.append(saved.id)
            if len(seen) == 2:
                release.set()
        assert seen == ["one", "two", "slow"]

    def test_progress_names_the_file(self, tmp_path: Path) -> None:
        told: list[tuple[str, int, int | None]] = []
        server = described()
        (saved,) = download_all(
            files(server, "a"), tmp_path, progress=lambda id, done, whole: told.append((id, done, whole))
        )
        assert told[-1] == ("a", len(CONTENT), len(CONTENT))
        assert (saved.id, saved.verified, saved.existed) == ("a", "md5", False)

    def test_what_progress_raises_ends_the_run(self, tmp_path: Path) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            list(download_all(files(described(), "a", "b"), tmp_path, progress=broken))
        assert list(tmp_path.iterdir()) == []

    def test_downloads_of_the_caller_know_how_they_were_verified(self, tmp_path: Path) -> None:
        ((download, name),) = files(described(), "a")
        list(download_all([(download, name)], tmp_path))
        assert (download.verified, download.id, download.length) == ("md5", "a", len(CONTENT))


class TestWhatIsThere:
    @pytest.mark.parametrize("named", [True, False])
    def test_is_left_out_if_it_is_right(self, tmp_path: Path, named: bool) -> None:
        server = described()
        wanted = files(server, "a") if named else [file for file, _ in files(server, "a")]
        first, again = (next(download_all(wanted, tmp_path, skip_existing=True)) for _ in range(2))
        assert (first.existed, again.existed) == (False, True)
        assert (first.path, first.verified) == (again.path, again.verified) == (tmp_path / "a.bin", "md5")
        assert len(fetched(server)) == (1 if named else 2)

    @pytest.mark.parametrize("there", [b"another one", b"short"])
    def test_is_fetched_again_if_it_is_wrong(self, tmp_path: Path, there: bytes) -> None:
        (tmp_path / "a.bin").write_bytes(there)
        (saved,) = download_all(files(described(), "a"), tmp_path, skip_existing=True)
        assert (saved.existed, saved.verified) == (False, "md5")
        assert (tmp_path / "a.bin").read_bytes() == CONTENT

    def test_is_asked_for_once(self, tmp_path: Path) -> None:
        server = described()
        list(download_all(files(server, "a"), tmp_path, skip_existing=True))
        assert [request.call for request in server.requests] == ["shop.things.get", "shop.things.download"]

    def test_goes_by_length_where_the_checksum_tells_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "a.bin").write_bytes(b"x" * len(CONTENT))
        (saved,) = download_all(files(described("unknown kind"), "a"), tmp_path, skip_existing=True)
        assert (saved.existed, saved.verified) == (True, "length")

    def test_is_fetched_where_the_service_describes_nothing(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.plain", content=CONTENT)
        session = sync_session(server)
        (tmp_path / "a").write_bytes(CONTENT)
        (saved,) = download_all(
            [Download(session, Call(_ops.PLAIN, ("a",), stream=True))], tmp_path, skip_existing=True
        )
        assert not saved.existed

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_twin(self, tmp_path: Path, backend: str) -> None:
        server = described()

        async def main() -> Saved:
            file = AsyncDownload(async_session(server), Call(_ops.FILE, ("a",), stream=True))
            async with aclosing(adownload_all([(file, "a.bin")], tmp_path, skip_existing=True)) as found:
                return await anext(found)

        first, again = (anyio.run(main, backend=backend) for _ in range(2))
        assert (first.existed, again.existed, again.verified, again.id) == (False, True, "md5", "a")
        assert len(fetched(server)) == 1


class TestTheMiddle:
    def test_break_leaves_no_part_behind(self, tmp_path: Path) -> None:
        """The second file's server is silent after half of it."""
        with FileServer(CONTENT * 1000, [Failure(), Failure(after=100, pause=20)]).serving() as origin:
            session = sync_session(base_url=origin.url)
            wanted = (Download(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(2))
            for saved in download_all(wanted, tmp_path, concurrency=2):
                assert saved.error is None
                break
            assert len(list(tmp_path.iterdir())) == 1
            session.io.close()

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_twin_left_in_the_middle(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            async def wanted() -> AsyncGenerator[AsyncDownload]:
                for n in range(2):
                    yield AsyncDownload(session, Call(_ops.PLAIN, (f"t{n}",), stream=True))

            session = async_session(base_url=origin.url)
            async with aclosing(adownload_all(wanted(), tmp_path, concurrency=2)) as found:
                assert (await anext(found)).error is None
            await session.io.close()

        with FileServer(CONTENT * 1000, [Failure(), Failure(after=100, pause=20)]).serving() as origin:
            anyio.run(main, backend=backend)
        assert len(list(tmp_path.iterdir())) == 1

    SCRIPT = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.core.downloads.test_many import endless\n"
        "endless(sys.argv[1], Path(sys.argv[2]))\n"
    )

    def test_ctrl_c_while_the_server_is_silent(self, tmp_path: Path) -> None:
        """Nothing comes for twenty seconds, and the process ends all the same, with nothing left behind."""
        with FileServer(CONTENT * 1000, [Failure(after=100, pause=20)] * 4).serving() as origin:
            arguments = [sys.executable, "-c", self.SCRIPT, origin.url, os.fspath(tmp_path)]
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                for _ in range(4):
                    assert process.stdout.readline() == "begun\n"
                process.send_signal(signal.SIGINT)
                _, complaint = process.communicate(timeout=10)  # half of what the server is silent for
        assert "KeyboardInterrupt" in complaint
        assert list(tmp_path.iterdir()) == []


def endless(url: str, into: Path) -> None:
    """Fetch files that never come, and say of each that it has begun."""
    session = sync_session(base_url=url)
    wanted = (Download(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(9))
    list(download_all(wanted, into, concurrency=4, progress=lambda _id, _done, _whole: os.write(1, b"begun\n")))
