"""Downloads over sockets, from a server that breaks off, stalls and announces wrong lengths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.support.example_api import _ops
from tests.support.file_server import Failure, FileServer
from tests.support.sessions import async_session, sync_session
from xcaas_core._errors import ArgumentError, DownloadError, NotFoundError
from xcaas_core.calls._retry import Timeout
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.downloads._download_many import Saved, adownload_all, download_all
from xcaas_core.operations._operation import Call
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer

DATA = os.urandom(300_000)
MIB = 1 << 20
Save = Callable[[str, Path], Path]


def save(url: str, path: Path) -> Path:
    session = sync_session(base_url=url, timeout=Timeout(read=0.3))
    try:
        return Download(session, Call(_ops.PLAIN, ("t1",), stream=True)).save(path)
    finally:
        session.io.close()


def save_async(url: str, path: Path) -> Path:
    async def main() -> Path:
        session = async_session(base_url=url, timeout=Timeout(read=0.3))
        try:
            return await AsyncDownload(session, Call(_ops.PLAIN, ("t1",), stream=True)).save(path)
        finally:
            await session.io.close()

    return anyio.run(main)


TWINS = pytest.mark.parametrize("save", [save, save_async], ids=["blocking", "async"])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@TWINS
class TestFaultyServers:
    @pytest.mark.parametrize("framing", ["length", "chunked", "close"])
    def test_faultless_download_is_saved(self, tmp_path: Path, save: Save, framing: str) -> None:
        with FileServer(DATA, framing=framing).serving() as origin:
            assert save(origin.url, tmp_path / "a").read_bytes() == DATA
        assert names(tmp_path) == ["a"]

    @pytest.mark.parametrize("reset", [False, True])
    @pytest.mark.parametrize("framing", ["length", "chunked"])
    def test_download_continues_after_a_cut(self, tmp_path: Path, save: Save, framing: str, reset: bool) -> None:
        faults = [Failure(after=100_000, reset=reset), Failure(after=50_000, reset=reset)]
        with FileServer(DATA, faults, framing=framing).serving() as origin:
            assert save(origin.url, tmp_path / "a").read_bytes() == DATA
        assert len(origin.asked) == 3
        assert origin.asked[0] == ""
        # A reset loses bytes in transit, so the offset varies.
        assert all(header.startswith("bytes=") or header == "" for header in origin.asked[1:])

    def test_download_continues_after_a_timeout(self, tmp_path: Path, save: Save) -> None:
        with FileServer(DATA, [Failure(after=100_000, pause=1.0)]).serving() as origin:
            assert save(origin.url, tmp_path / "a").read_bytes() == DATA
        assert origin.asked == ["", "bytes=100000-"]

    def test_download_continues_after_a_short_response(self, tmp_path: Path, save: Save) -> None:
        with FileServer(DATA, [Failure(announce=len(DATA) + 5)]).serving() as origin:
            assert save(origin.url, tmp_path / "a").read_bytes() == DATA


async def exhaust(result: AsyncGenerator[Saved]) -> None:
    async with aclosing(result):
        async for _ in result:
            pass


class TestMany:
    @pytest.mark.parametrize("concurrency", [1, 3])
    def test_concurrency_is_limited(self, tmp_path: Path, concurrency: int) -> None:
        with FileServer(DATA, delay=0.01).serving() as origin:
            session = sync_session(base_url=origin.url)
            files = (Download(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(8))
            saved = list(download_all(files, tmp_path / "in", concurrency=concurrency))
            session.io.close()
        assert {result.id: result.path for result in saved} == {f"t{n}": tmp_path / "in" / f"t{n}" for n in range(8)}
        assert all(result.path is not None and result.path.read_bytes() == DATA for result in saved)
        assert origin.busiest == concurrency

    def test_async_concurrency_is_limited(self, tmp_path: Path) -> None:
        async def main() -> None:
            session = async_session(base_url=origin.url)
            files = (AsyncDownload(session, Call(_ops.PLAIN, (f"t{n}",), stream=True)) for n in range(8))
            saved = [result async for result in adownload_all(files, tmp_path, concurrency=3)]
            await session.io.close()
            assert {result.id: result.path for result in saved} == {f"t{n}": tmp_path / f"t{n}" for n in range(8)}

        with FileServer(DATA, delay=0.01).serving() as origin:
            anyio.run(main)
        assert origin.busiest == 3


class TestMemory:
    """Memory use is constant, whatever the size of the file."""

    SIZE = 64 * MIB

    def peak(self, action: Callable[[str], object]) -> int:
        with FileServer(bytes(self.SIZE)).serving() as origin:
            action(origin.url)  # imports and caches
            tracemalloc.start()
            try:
                action(origin.url)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    @TWINS
    def test_save_uses_constant_memory(self, tmp_path: Path, save: Save) -> None:
        # This includes the server's memory: it runs in this process.
        assert self.peak(lambda url: save(url, tmp_path / "a")) < 8 * MIB
        assert (tmp_path / "a").stat().st_size == self.SIZE

    def test_iter_bytes_uses_constant_memory(self) -> None:
        def stream(url: str) -> None:
            session = sync_session(base_url=url)
            file = Download(session, Call(_ops.PLAIN, ("t1",), stream=True))
            assert sum(map(len, file.iter_bytes())) == self.SIZE
            session.io.close()

        assert self.peak(stream) < 8 * MIB


class TestProcess:
    """Failures that need a process of their own."""

    SCRIPT = (
        "import resource, sys\n"
        "from tests.core.downloads.test_wire import save\n"
        "from pathlib import Path\n"
        "limit = int(sys.argv[3])\n"
        "if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))\n"
        "print('ready', flush=True)\n"
        "save(sys.argv[1], Path(sys.argv[2]))\n"
    )

    def start(self, url: str, path: Path, limit: int = 0) -> subprocess.Popen[str]:
        arguments = [sys.executable, "-c", self.SCRIPT, url, str(path), str(limit)]
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_full_disk_leaves_the_old_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("old")
        with FileServer(DATA * 20).serving() as origin:
            process = self.start(origin.url, tmp_path / "a", limit=2 * MIB)
            _, errors = process.communicate(timeout=30)
        assert "DownloadError" in errors
        assert "cannot be written: File too large" in errors
        assert names(tmp_path) == ["a"]
        assert (tmp_path / "a").read_text() == "old"

    def test_ctrl_c_leaves_no_part(self, tmp_path: Path) -> None:
        with FileServer(DATA * 20, delay=0.02).serving() as origin:
            process = self.start(origin.url, tmp_path / "a")
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            while not names(tmp_path):
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        assert "KeyboardInterrupt" in errors
        assert names(tmp_path) == []


class TestDownloadAll:
    """Many downloads from a fake server."""

    def files(self, server: FakeServer, *numbers: int) -> list[Download]:
        session = sync_session(server)
        return [Download(session, Call(_ops.PLAIN, (f"t{number}",), stream=True)) for number in numbers]

    def test_equal_names_are_numbered(self, tmp_path: Path) -> None:
        headers = {"content-disposition": "attachment; filename=call.wav"}
        server = FakeServer().respond("shop.things.plain", content=b"1", headers=headers)
        saved = list(download_all(self.files(server, 1, 2, 3), tmp_path, concurrency=1))
        assert [result.path and result.path.name for result in saved] == ["call.wav", "call (2).wav", "call (3).wav"]

    def test_callers_choose_names(self, tmp_path: Path) -> None:
        one, two = self.files(FakeServer(), 1, 2)
        saved = list(download_all([(one, "one.bin"), (two, "two.bin")], tmp_path, concurrency=1))
        assert [result.path for result in saved] == [tmp_path / "one.bin", tmp_path / "two.bin"]
        assert repr(saved[0]) == f"<Saved {tmp_path / 'one.bin'}>"

    def test_invalid_concurrency_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ArgumentError):
            download_all([], tmp_path, concurrency=0)
        invalid: Any
        for invalid in ("4", None, 1.5):
            with pytest.raises(ArgumentError, match="concurrency: must be a whole number, at least 1"):
                download_all([], tmp_path, concurrency=invalid)

    def test_first_failure_is_raised(self, tmp_path: Path) -> None:
        server = FakeServer().respond("GET /shop/v1/plain/t2", status=404, json={"message": "gone"})
        with pytest.raises(NotFoundError, match="gone"):
            list(download_all(self.files(server, *range(50)), tmp_path, concurrency=2))
        assert len(server.requests) < 10

    def test_keep_going_yields_failures(self, tmp_path: Path) -> None:
        server = FakeServer().respond("GET /shop/v1/plain/t2", status=404, json={"message": "gone"})
        saved = list(download_all(self.files(server, 1, 2, 3), tmp_path, keep_going=True, concurrency=1))
        assert [result.id for result in saved] == ["t1", "t2", "t3"]
        assert [result.error is None for result in saved] == [True, False, True]
        assert isinstance(saved[1].error, NotFoundError)
        assert "gone" in repr(saved[1])

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_keep_going_yields_failures(self, tmp_path: Path, backend: str) -> None:
        async def main() -> None:
            session = async_session(server)

            async def files() -> AsyncGenerator[tuple[AsyncDownload, str]]:
                for number in range(1, 4):
                    yield AsyncDownload(session, Call(_ops.PLAIN, (f"t{number}",), stream=True)), f"f{number}"

            saved = [result async for result in adownload_all(files(), tmp_path, keep_going=True, concurrency=1)]
            assert [(result.id, result.path and result.path.name) for result in saved] == [
                ("t1", "f1"),
                ("t2", None),
                ("t3", "f3"),
            ]
            with pytest.raises(NotFoundError, match="gone"):
                await exhaust(
                    adownload_all(
                        [AsyncDownload(session, Call(_ops.PLAIN, ("t2",), stream=True))], tmp_path, concurrency=1
                    )
                )

        server = FakeServer().respond("GET /shop/v1/plain/t2", status=404, json={"message": "gone"})
        anyio.run(main, backend=backend)
        assert names(tmp_path) == ["f1", "f3"]

    def test_equal_names_of_the_caller_are_numbered(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.plain", content=b"1")
        one, two, three = self.files(server, 1, 2, 3)
        saved = list(download_all([(one, "a.bin"), (two, "A.bin"), (three, "sub/a.bin")], tmp_path, concurrency=1))
        assert [result.path for result in saved] == [
            tmp_path / "a.bin",
            tmp_path / "A (2).bin",
            tmp_path / "sub" / "a.bin",
        ]
        assert all(result.path and result.path.is_file() for result in saved)

    @pytest.mark.parametrize("name", ["../evil.bin", "sub/../../evil.bin", "/evil.bin", ".", ""])
    def test_names_outside_the_folder_are_refused(self, tmp_path: Path, name: str) -> None:
        server = FakeServer()
        inside = tmp_path / "in"
        bad, good = self.files(server, 1, 2)
        saved = list(download_all([(bad, name), (good, "good.bin")], inside, keep_going=True, concurrency=1))
        assert isinstance(saved[0].error, ArgumentError)
        assert "not a file inside" in str(saved[0].error)
        assert names(tmp_path) == ["in"]
        assert names(inside) == ["good.bin"]

    def test_absolute_path_inside_the_folder_is_accepted(self, tmp_path: Path) -> None:
        (one,) = self.files(FakeServer(), 1)
        (saved,) = download_all([(one, tmp_path / "a.bin")], tmp_path)
        assert saved.path == tmp_path / "a.bin"

    def test_downloads_are_fetched_in_the_callers_context(self, tmp_path: Path) -> None:
        place: ContextVar[str] = ContextVar("place", default="nowhere")
        seen: list[str] = []

        def respond(request: FakeRequest) -> FakeResponse:
            seen.append(place.get())
            return FakeResponse(content=b"1")

        place.set("here")
        list(download_all(self.files(FakeServer().respond("shop.things.plain", respond), 1, 2), tmp_path))
        assert seen == ["here", "here"]

    def test_other_objects_than_downloads_are_refused(self, tmp_path: Path) -> None:
        session = async_session(FakeServer())
        others: Any = [AsyncDownload(session, Call(_ops.PLAIN, ("t1",), stream=True))]
        with pytest.raises(ArgumentError, match="AsyncDownload is not what this function saves") as caught:
            list(download_all(others, tmp_path))
        assert "adownload_all" in (caught.value.advice or "")

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_errors_are_not_grouped(self, tmp_path: Path, backend: str) -> None:
        """No exception group is raised, wherever the error is from."""

        async def failing() -> AsyncGenerator[AsyncDownload]:
            yield AsyncDownload(async_session(FakeServer()), Call(_ops.PLAIN, ("t1",), stream=True))
            raise NotFoundError("the list is gone", status=404)

        async def main() -> None:
            with pytest.raises(NotFoundError, match="the list is gone"):
                await exhaust(adownload_all(failing(), tmp_path))
            with pytest.raises(ArgumentError, match="Download is not what this function saves"):
                await exhaust(adownload_all(blocking, tmp_path))
            with pytest.raises(DownloadError, match="cannot be made"):
                await exhaust(adownload_all([(async_file, "file/x.bin")], tmp_path))
            with pytest.raises(ZeroDivisionError):
                await exhaust(adownload_all([broken], tmp_path, keep_going=True))

        def fail(request: FakeRequest) -> FakeResponse:
            raise ZeroDivisionError

        (tmp_path / "file").touch()
        server = FakeServer().respond("shop.things.plain", fail)
        broken = AsyncDownload(async_session(server), Call(_ops.PLAIN, ("t1",), stream=True))
        blocking: Any = self.files(FakeServer(), 1)
        async_file = AsyncDownload(async_session(FakeServer()), Call(_ops.PLAIN, ("t1",), stream=True))
        anyio.run(main, backend=backend)

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_failure_closes_the_generator_of_the_downloads(self, tmp_path: Path, backend: str) -> None:
        """It may hold a connection, such as that of a list's next page. trio warns of generators left open."""
        closed: list[bool] = []

        async def files() -> AsyncGenerator[AsyncDownload]:
            session = async_session(FakeServer().respond("shop.things.plain", status=404, json={}))
            try:
                while True:
                    yield AsyncDownload(session, Call(_ops.PLAIN, ("t1",), stream=True))
            finally:
                closed.append(True)

        async def main() -> None:
            with pytest.raises(NotFoundError):
                await exhaust(adownload_all(files(), tmp_path, concurrency=2))
            assert closed == [True]

        anyio.run(main, backend=backend)

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_async_run_can_be_cancelled(self, tmp_path: Path, backend: str) -> None:
        async def endless() -> AsyncGenerator[AsyncDownload]:
            await anyio.sleep_forever()
            yield AsyncDownload(async_session(FakeServer()), Call(_ops.PLAIN, ("t1",), stream=True))

        async def main() -> None:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(exhaust, adownload_all(endless(), tmp_path))
                    await anyio.wait_all_tasks_blocked()
                    scope.cancel()
            assert scope.cancelled_caught

        anyio.run(main, backend=backend)
