"""Recordings as files: listings, single files, errors, options, and use by other programs through fsspec."""

from __future__ import annotations

import errno
import hashlib
import json
import pickle
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fsspec
import pytest
from fsspec.callbacks import Callback
from fsspec.generic import rsync
from fsspec.tests.abstract import AbstractFixtures, AbstractGetTests

from tests.support.storage_service import Item, StorageService, storage_service
from xcaas import (
    ArgumentError,
    AuthenticationError,
    ClientCredentials,
    DownloadError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    XCaaS,
)
from xcaas_data.files import close_clients
from xcaas_sandbox import Sandbox

DAY = "us-west/callrecording/2026-01-05"


@pytest.fixture
def recordings(sandbox: Sandbox) -> Any:
    return fsspec.filesystem("xcaas", base_url=sandbox.base_url)


@pytest.fixture
def service() -> Iterator[StorageService]:
    with storage_service(*(Item(f"o{number}", b"x" * number) for number in range(250))) as service:
        yield service


@pytest.fixture
def files(service: StorageService) -> Any:
    return fsspec.filesystem("xcaas", base_url=service.url)


class TestLists:
    def test_ls_lists_regions_types_days_and_objects(self, recordings: Any) -> None:
        assert recordings.ls("", detail=False) == ["us-west", "us-east", "uk", "ap", "ca"]
        assert (
            recordings.ls("/", detail=False)
            == recordings.ls("xcaas://", detail=False)
            == recordings.ls("", detail=False)
        )
        assert "us-west/voicemail" in recordings.ls("xcaas://us-west", detail=False)
        days = recordings.ls("us-west/voicemail/", detail=False)
        assert (days[0], len(days)) == ("us-west/voicemail/2026-01-01", 29)
        entries = recordings.ls(days[3])
        assert [entry["created"].date().isoformat() for entry in entries] == ["2026-01-04"] * len(entries)
        assert entries[0]["name"] == f"{days[3]}/{entries[0]['id']}.wav"
        assert entries[0]["tags"]["tenantId"] == "demotenant"
        assert entries[0] == recordings.info(entries[0]["name"])

    def test_all_pages_of_a_day_are_listed(self, service: StorageService, files: Any) -> None:
        assert len(files.ls(DAY)) == 250
        assert len(service.requests("/objects?")) == 3

    def test_single_files_are_requested_by_id(self, service: StorageService, files: Any) -> None:
        assert files.size(f"{DAY}/o7.mp3") == 7
        assert service.requests("/objects?") == []
        assert len(service.requests("/objects/o7")) == 1

    def test_listings_are_cached(self, service: StorageService, files: Any) -> None:
        files.ls(DAY)
        assert files.size(f"{DAY}/o7.mp3") == 7
        assert service.requests("/objects/o7") == []
        service.items.append(Item("new"))
        assert files.isfile(f"{DAY}/new.mp3")
        assert len(files.ls(DAY)) == 250
        assert len(files.ls(DAY, refresh=True)) == 251

    def test_glob_lists_only_matching_folders(self, sandbox: Sandbox, recordings: Any) -> None:
        stats = sandbox.state.credentials.stats
        before = stats.calls - stats.token_requests
        paths = recordings.glob("us-*t/transcription/2026-01-0[12]/*.json")
        assert {name.rpartition("/")[0] for name in paths} == {
            f"us-{side}/transcription/2026-01-0{day}" for side in ("west", "east") for day in (1, 2)
        }
        # one call for the regions; for each region, its first and last object and two days
        assert stats.calls - stats.token_requests - before == 1 + 2 * (2 + 2)
        assert recordings.glob("us-west/transcription/2026-01-01/*.mp3") == []
        entries = recordings.glob("us-west/transcription/**", detail=True)
        assert {entry["type"] for entry in entries.values()} == {"file", "directory"}

    def test_folders_that_cannot_be_listed_raise(self, service: StorageService, files: Any) -> None:
        service.statuses["createdTime=lt="] = 400
        with pytest.raises(OSError, match="400"):
            files.find("us-west/callrecording")
        assert list(files.walk(DAY, on_error="omit")) == []
        with pytest.raises(FileNotFoundError, match="no region 'nowhere'"):
            files.find("nowhere")

    def test_unknown_types_of_objects_are_listed(self, service: StorageService, files: Any) -> None:
        service.items.append(Item("h", kind="hologram"))
        assert files.ls("us-west/hologram", detail=False) == ["us-west/hologram/2026-01-05"]
        assert files.isdir("us-west/hologram")
        assert not files.exists("us-west/telegram")
        assert files.ls("us-west/meeting") == []

    def test_ids_are_escaped_and_suffixes_normalized_in_paths(self, service: StorageService, files: Any) -> None:
        names = {"a/b*.c": "x.MP3", "ü%": "no-ending", "d": None, "e": "x.tar/gz", "f": "strange.e!"}
        service.items[:] = [
            Item(object_id, object_id.encode(), name, changes={"mimeType": "audio/wav"} if name is None else {})
            for object_id, name in names.items()
        ]
        paths = files.ls(DAY, detail=False)
        assert paths == [f"{DAY}/{name}" for name in ("a%2Fb%2A%2Ec.mp3", "%C3%BC%25", "d.wav", "e", "f")]
        files.dircache.clear()
        assert [files.cat(name).decode() for name in paths] == list(names)


class TestSingleFiles:
    def test_cat_file_returns_all_bytes_or_a_slice(self, recordings: Any) -> None:
        path = recordings.ls("us-west/callrecording/2026-01-02", detail=False)[0]
        content = recordings.cat(path)
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == recordings.info(path)["checksum"]
        for start, end in ((0, 10), (10, 20), (-5, None), (None, -5), (5, 5), (9, 3), (100, 10**9)):
            assert recordings.cat_file(path, start, end) == content[start:end]
        assert recordings.read_block(path, 100, 50) == content[100:150]

    def test_files_are_readable_by_id(self, service: StorageService, files: Any) -> None:
        assert files.cat("xcaas://us-west/by-id/o7") == files.cat("us-west/by-id/o7.anything") == b"x" * 7
        assert files.ls("us-west/by-id") == []
        assert files.isdir("us-west/by-id")
        assert files.ls("us-west/by-id/o7", detail=False) == ["us-west/by-id/o7"]
        assert service.requests("/objects?") == []

    def test_created_modified_and_ukey(self, files: Any) -> None:
        path = f"{DAY}/o7.mp3"
        assert files.created(path).isoformat() == "2026-01-05T10:00:00+00:00"
        assert files.modified(path) is None
        assert files.ukey(path) != files.ukey(f"{DAY}/o8.mp3")

    def test_get_file_writes_a_verified_file_or_nothing(
        self, service: StorageService, files: Any, tmp_path: Path
    ) -> None:
        progress: list[float] = []

        class Progress(Callback):
            def set_size(self, size: int | None) -> None:
                progress.append(size or 0)

            def absolute_update(self, value: int) -> None:
                progress.append(value)

        target = tmp_path / "deep" / "o9.mp3"
        files.get_file(f"{DAY}/o9.mp3", str(target), callback=Progress())
        assert target.read_bytes() == b"x" * 9
        assert progress[-2:] == [9, 9]
        service.items.append(Item("bad", changes={"checksum": "0" * 32}))
        with pytest.raises(OSError, match="checksum") as caught:
            files.get_file(f"{DAY}/bad.mp3", str(tmp_path / "bad.mp3"))
        assert isinstance(caught.value.__cause__, DownloadError)
        assert not (tmp_path / "bad.mp3").exists()
        with (tmp_path / "other").open("wb") as file:
            files.get_file(f"{DAY}/o9.mp3", file)
        assert (tmp_path / "other").read_bytes() == b"x" * 9

    def test_get_downloads_folders_recursively(self, recordings: Any, tmp_path: Path) -> None:
        recordings.get("us-west/callrecording/2026-01-02", str(tmp_path / "x"), recursive=True)
        names = {Path(name).name for name in recordings.ls("us-west/callrecording/2026-01-02", detail=False)}
        assert {path.name for path in (tmp_path / "x").iterdir()} == names

    def test_open_files_remain_readable_after_close_clients(self, service: StorageService, files: Any) -> None:
        with files.open(f"{DAY}/o200.mp3", block_size=50, cache_type="none") as file:
            assert file.read(10) == b"x" * 10
            close_clients()
            assert file.read() == b"x" * 190

    @pytest.mark.parametrize(
        ("day", "begin"), [("0001-01-01", -62135596800), ("2026-01-05", 1767571200), ("9999-12-31", 253402214400)]
    )
    def test_listing_a_day_filters_by_its_timestamps(
        self, service: StorageService, files: Any, day: str, begin: int
    ) -> None:
        files.ls(f"us-west/callrecording/{day}")
        url = unquote(service.requests("/objects?")[0])
        assert f"createdTime=ge={begin}000;createdTime=lt={begin + 86_400}000" in url


class TestErrors:
    @pytest.mark.parametrize(
        "path",
        ["mars", "us-west/a b", f"{DAY}/", "us-west/voicemail/2026-02-30", "us-west/voicemail/today", f"{DAY}/o1/deeper",
         "us-west/by-id/o1/deeper", "us-west/by-id/.mp3", f"{DAY}/o1.wav", "us-west/callrecording/2026-01-06/o1.mp3",
         "uk/callrecording/2026-01-05/o1.mp3", f"{DAY}/o999.mp3"],
    )  # fmt: skip
    def test_nonexistent_paths_raise_file_not_found(self, files: Any, path: str, tmp_path: Path) -> None:
        if path.endswith("/"):  # a trailing slash names the folder
            assert files.isdir(path)
            return
        assert not files.exists(path)
        for name, arguments in (("open", ()), ("cat", ()), ("cat_file", ()), ("get_file", (str(tmp_path / "x"),))):
            with pytest.raises(FileNotFoundError):
                getattr(files, name)(path, *arguments)
        assert list(tmp_path.iterdir()) == []

    def test_sdk_errors_become_os_errors(self, service: StorageService, files: Any) -> None:
        with pytest.raises(FileNotFoundError) as missing:
            files.cat("us-west/by-id/nothing")
        assert isinstance(missing.value.__cause__, NotFoundError)
        assert missing.value.filename == "us-west/by-id/nothing"
        expected: list[tuple[int, type[OSError], type[Exception], int]] = [
            (403, PermissionError, PermissionDeniedError, errno.EACCES),
            (401, PermissionError, AuthenticationError, errno.EACCES),
            (500, OSError, ServerError, errno.EIO),
        ]
        for status, error_type, cause, number in expected:
            service.statuses = {"/objects/o1": status}
            with pytest.raises(error_type) as caught:
                files.info(f"{DAY}/o1.mp3")
            assert isinstance(caught.value.__cause__, cause)
            assert caught.value.errno == number

    def test_unreachable_services_raise_eio(self) -> None:
        fs: Any = fsspec.filesystem("xcaas", base_url="http://127.0.0.1:9")
        with pytest.raises(OSError, match="token") as caught:
            fs.ls("")
        assert (caught.value.errno, caught.value.filename) == (errno.EIO, "xcaas://")

    def test_wrong_credentials_raise_permission_error(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XCAAS_CLIENT_SECRET", "wrong")
        fs: Any = fsspec.filesystem("xcaas", base_url=sandbox.base_url)
        with pytest.raises(PermissionError):
            fs.ls("us-west/voicemail")

    def test_unavailable_objects_raise_file_not_found(self, service: StorageService, files: Any) -> None:
        service.items += [Item(state, changes={"objectState": state}) for state in ("ARCHIVED", "REVOKED")]
        with pytest.raises(FileNotFoundError, match="restore"):
            files.open("us-west/by-id/ARCHIVED")
        with pytest.raises(FileNotFoundError, match="REVOKED"):
            files.info("us-west/by-id/REVOKED")

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [("open", (f"{DAY}/o1.mp3", "wb")), ("rm", (f"{DAY}/o1.mp3",)), ("mkdir", ("us-west/x",)), ("touch", ("x",)),
         ("makedirs", ("us-west/x",)), ("pipe_file", (f"{DAY}/o1.mp3", b"")), ("mv", (f"{DAY}/o1.mp3", f"{DAY}/o2.mp3")),
         ("cp_file", (f"{DAY}/o1.mp3", f"{DAY}/o2.mp3"))],
    )  # fmt: skip
    def test_writing_raises_read_only(
        self, service: StorageService, files: Any, name: str, arguments: tuple[Any, ...]
    ) -> None:
        with pytest.raises(OSError, match="only be read") as caught:
            getattr(files, name)(*arguments)
        assert caught.value.errno == errno.EROFS
        assert service.seen == []

    def test_reading_a_folder_raises_is_a_directory(self, files: Any) -> None:
        for read in (files.open, files.cat_file):
            with pytest.raises(IsADirectoryError):
                read(DAY)


class TestOptions:
    def test_secrets_are_rejected_as_options(self) -> None:
        with pytest.raises(TypeError, match="client_secret") as caught:
            fsspec.filesystem("xcaas", client_id="id", client_secret="hidden-words")
        assert "hidden-words" not in str(caught.value)
        for wrong in ("a-key", "package.module:function", "profile:", "provider:a", "", None, object):
            with pytest.raises(ArgumentError, match="provider:MODULE:FUNCTION") as refused:
                fsspec.filesystem("xcaas", credentials=wrong)
            assert "a-key" not in str(refused.value)
        with pytest.raises(TypeError, match="'profile:NAME'"):
            fsspec.filesystem("xcaas", profile="reports")

    def test_pickles_and_json_contain_references_only(self, sandbox: Sandbox) -> None:
        options = {"credentials": f"provider:{__name__}:demo_client", "base_url": sandbox.base_url}
        fs: Any = fsspec.filesystem("xcaas", **options)
        unpickled = pickle.loads(pickle.dumps(fs))
        path = unpickled.ls("us-west/voicemail/2026-01-01", detail=False)[0]
        assert "demo-secret" not in fs.to_json()
        assert json.loads(fs.to_json())["base_url"] == sandbox.base_url
        with fs.open(path) as file:
            file.seek(5)
            copy = pickle.loads(pickle.dumps(file))
            assert copy.read(7) == file.read(7)
            copy.close()

    def test_credentials_are_read_from_a_profile(
        self, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        profiles = tmp_path / "profiles.toml"
        profiles.write_text('[files]\nclient_id = "eght_demo"\nclient_secret = "demo-secret"\n')
        profiles.chmod(0o600)
        monkeypatch.setattr("xcaas_core.auth.credentials._from_profile.default_profile_path", lambda: profiles)
        monkeypatch.delenv("XCAAS_CLIENT_SECRET")
        fs: Any = fsspec.filesystem("xcaas", credentials="profile:files", base_url=sandbox.base_url)
        assert "us-west" in fs.ls("", detail=False)

    def test_threads_share_one_token(self, service: StorageService) -> None:
        def read() -> None:
            fsspec.filesystem("xcaas", base_url=service.url).cat_file(f"{DAY}/o1.mp3")

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(service.requests("/objects/o1/content")) == 8
        assert len(service.requests("POST ")) == 1


def demo_client() -> XCaaS:
    return XCaaS(credentials=ClientCredentials("eght_demo", "demo-secret"))


class TestOtherPrograms:
    def test_pandas_reads_by_address(self, sandbox: Sandbox, recordings: Any) -> None:
        pandas: Any = import_module("pandas")
        (path, *_) = recordings.glob("us-west/transcription/2026-01-01/*.json")
        frame = pandas.read_json(f"xcaas://{path}", storage_options={"base_url": sandbox.base_url})
        assert list(frame["channel"]) == [0, 1, 0, 1, 0]

    def test_fsspec_opens_by_address(self, sandbox: Sandbox, recordings: Any) -> None:
        (path, *_) = recordings.glob("us-west/transcription/2026-01-01/*.json")
        with fsspec.open(f"xcaas://{path}", "rt", base_url=sandbox.base_url) as file:
            assert len(json.load(file)) == 5

    def test_filecache_stores_a_local_copy(self, sandbox: Sandbox, recordings: Any, tmp_path: Path) -> None:
        (path, *_) = recordings.glob("us-west/transcription/2026-01-01/*.json")
        options = {"xcaas": {"base_url": sandbox.base_url}, "filecache": {"cache_storage": str(tmp_path)}}
        for _ in range(2):
            with fsspec.open(f"filecache::xcaas://{path}", "rt", **options) as file:
                assert len(json.load(file)) == 5
        assert any(copy.stat().st_size == recordings.size(path) for copy in tmp_path.iterdir())

    def test_rsync_copies_only_new_files(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("XCAAS_BASE_URL", sandbox.base_url)
        source, target = "xcaas://us-west/callrecording/2026-01-02", f"file://{tmp_path}/copies"
        copied = rsync(source, target)
        assert len(copied) == len(list((tmp_path / "copies").iterdir())) == 15
        next((tmp_path / "copies").iterdir()).unlink()
        assert len(rsync(source, target)) == 1
        copied_to_memory = rsync(source, "memory://copies")
        assert len(copied_to_memory) == 15
        memory: Any = fsspec.filesystem("memory")
        memory.rm("/copies", recursive=True)


class TestAbstract(AbstractFixtures):
    """The one of fsspec's own tests that needs no writing: the others create folders with names of their own."""

    test = AbstractGetTests.test_get_with_source_and_destination_as_list

    @pytest.fixture
    def fs(self, files: Any) -> Any:
        return files

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *parts: "/".join(parts)

    @pytest.fixture
    def fs_path(self) -> str:
        return "us-west"

    @pytest.fixture
    def fs_10_files_with_hashed_names(self, service: StorageService) -> str:
        service.items[:] = [
            Item(hashlib.md5(str(number).encode()).hexdigest(), str(number).encode(), "x.txt") for number in range(10)
        ]
        return DAY


@pytest.mark.parametrize("path", ["mars", "mars/callrecording/2026-01-01", "us-west/nope", "us-west/nope/2026-01-01"])
def test_nonexistent_folders_raise_file_not_found(recordings: Any, path: str) -> None:
    for method in (recordings.info, recordings.ls, recordings.find):
        with pytest.raises(FileNotFoundError):
            method(path)
