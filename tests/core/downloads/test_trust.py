"""Verification of downloads, and resuming the part of an earlier one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.support.example_api import _ops
from tests.support.file_origin import DATA, MD5, Origin, described, download, names, serving
from xcaas_core._errors import DownloadError
from xcaas_core.testing import FakeResponse, FakeServer


class TestChecksums:
    def test_checksum_is_verified(self, tmp_path: Path) -> None:
        server = described(Origin())
        file = download(server, _ops.FILE)
        file.save(tmp_path / "a")
        assert file.verified == "md5"
        assert [request.call for request in server.requests] == ["shop.things.get", "shop.things.download"]
        assert b"".join(download(described(Origin()), _ops.FILE).iter_bytes()) == DATA
        assert download(described(Origin()), _ops.FILE).read() == DATA

    def test_multi_part_checksum_is_verified(self, tmp_path: Path) -> None:
        outer = hashlib.md5(hashlib.md5(DATA, usedforsecurity=False).digest(), usedforsecurity=False).hexdigest()
        file = download(described(Origin(), checksum=f"{outer}-1"), _ops.FILE)
        file.save(tmp_path / "a")
        assert file.verified == "md5"

    def test_multi_part_checksum_of_unknown_part_size_is_skipped(self, tmp_path: Path) -> None:
        file = download(described(Origin(), checksum=f"{MD5}-3"), _ops.FILE)
        file.save(tmp_path / "a")
        assert file.verified == "length"

    def test_damaged_file_is_downloaded_again(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.things.get", json={"checksum": MD5, "size": len(DATA)})
        server.respond("shop.things.download", content=DATA[:-1] + b"?").respond("shop.things.download", Origin())
        file = download(server, _ops.FILE)
        assert file.save(tmp_path / "a").read_bytes() == DATA
        assert file.verified == "md5"

    @pytest.mark.parametrize("resume", [False, True])
    def test_second_damaged_file_is_an_error(self, tmp_path: Path, resume: bool) -> None:
        (tmp_path / "a").write_text("old")
        server = described(Origin(DATA[:-1] + b"?"))
        with pytest.raises(DownloadError, match="checksum"):
            download(server, _ops.FILE).save(tmp_path / "a", resume=resume)
        assert names(tmp_path) == ["a"]
        assert (tmp_path / "a").read_text() == "old"
        with pytest.raises(DownloadError, match="checksum"):
            download(described(Origin(DATA[:-1] + b"?")), _ops.FILE).read()

    def test_damage_is_reported_at_the_end_of_a_stream(self) -> None:
        chunks: list[bytes] = []
        with pytest.raises(DownloadError, match="checksum"):
            chunks.extend(download(described(Origin(DATA[:-1] + b"?")), _ops.FILE).iter_bytes())
        assert sum(map(len, chunks)) == len(DATA)

    def test_unverified_download_accepts_damage(self) -> None:
        server = described(Origin(DATA[:-1] + b"?"))
        file = download(server, _ops.FILE).unverified()
        assert file.read() == DATA[:-1] + b"?"
        assert file.verified == "length"
        assert server.calls("shop.things.get") == []

    def test_other_types_of_checksum_are_skipped(self) -> None:
        file = download(described(Origin(), checksum="ab" * 16, checksumType="CRC"), _ops.FILE)
        assert file.read() == DATA
        assert file.verified == "length"

    def test_described_length_is_verified_without_a_checksum(self) -> None:
        with pytest.raises(DownloadError, match="describes the file with 5"):
            download(described(Origin(), checksum=None, size=5), _ops.FILE).read()
        # A checksum takes precedence over a length.
        assert download(described(Origin(), size=5), _ops.FILE).read() == DATA

    def test_download_with_a_checksum_resumes_without_a_validator(self, tmp_path: Path) -> None:
        origin = Origin(cuts=[5000], etag=None)
        server = described(origin)
        assert download(server, _ops.FILE).save(tmp_path / "a").read_bytes() == DATA
        assert origin.asked == [None, "bytes=5000-"]
        assert "if-range" not in server.requests[-1].headers

    def test_described_length_detects_cuts_without_content_length(self) -> None:
        server = described(Origin())
        server.reset()
        server.respond("shop.things.get", json={"size": len(DATA)})
        server.respond("shop.things.download", FakeResponse(content=DATA[:9], length=None, headers={"etag": '"v1"'}))
        server.respond("shop.things.download", Origin())
        assert download(server, _ops.FILE).read() == DATA


class TestResume:
    def interrupt(self, path: Path, cut: int = 6000, **origin: object) -> Origin:
        """Start a download that fails after `cut` bytes and leaves its part."""
        broken = Origin(cuts=[cut, *[0] * 10], **origin)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(DownloadError):
            download(serving(broken)).save(path, resume=True)
        return broken

    def test_part_is_kept_and_continued(self, tmp_path: Path) -> None:
        self.interrupt(tmp_path / "a")
        assert names(tmp_path) == [".a.part", ".a.part.json"]
        assert (tmp_path / ".a.part").read_bytes() == DATA[:6000]
        origin = Origin()
        assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
        assert origin.asked == ["bytes=6000-"]
        assert names(tmp_path) == ["a"]

    def test_part_in_a_folder_is_continued(self, tmp_path: Path) -> None:
        self.interrupt(tmp_path)
        assert (tmp_path / ".t1.part").read_bytes() == DATA[:6000]
        origin = Origin()
        assert download(serving(origin)).save(tmp_path, resume=True).read_bytes() == DATA
        assert origin.asked == [None, "bytes=6000-"]

    def test_part_of_a_changed_file_is_discarded(self, tmp_path: Path) -> None:
        self.interrupt(tmp_path / "a")
        changed = Origin(b"new" * 5000, etag='"v2"')
        assert download(serving(changed)).save(tmp_path / "a", resume=True).read_bytes() == b"new" * 5000

    def test_part_of_a_shortened_file_is_discarded(self, tmp_path: Path) -> None:
        self.interrupt(tmp_path / "a")
        changed = Origin(DATA[:100])  # a server that forgot to change the ETag
        assert download(serving(changed)).save(tmp_path / "a", resume=True).read_bytes() == DATA[:100]
        assert changed.asked == ["bytes=6000-", None]

    def test_part_is_verified_with_the_rest(self, tmp_path: Path) -> None:
        broken = described(Origin(cuts=[6000, *[0] * 10], etag=None))
        with pytest.raises(DownloadError):
            download(broken, _ops.FILE).save(tmp_path / "a", resume=True)
        origin = Origin(etag=None)
        file = download(described(origin), _ops.FILE)
        assert file.save(tmp_path / "a", resume=True).read_bytes() == DATA
        assert file.verified == "md5"
        assert origin.asked == ["bytes=6000-"]

    def test_modified_part_is_discarded(self, tmp_path: Path) -> None:
        broken = described(Origin(cuts=[6000, *[0] * 10]))
        with pytest.raises(DownloadError):
            download(broken, _ops.FILE).save(tmp_path / "a", resume=True)
        (tmp_path / ".a.part").write_bytes(b"?" * 6000)
        assert download(described(Origin()), _ops.FILE).save(tmp_path / "a", resume=True).read_bytes() == DATA

    def test_part_with_another_checksum_is_discarded(self, tmp_path: Path) -> None:
        broken = described(Origin(cuts=[6000, *[0] * 10]), checksum="0" * 32)
        with pytest.raises(DownloadError):
            download(broken, _ops.FILE).save(tmp_path / "a", resume=True)
        origin = Origin()
        download(described(origin), _ops.FILE).save(tmp_path / "a", resume=True)
        assert origin.asked == [None]

    def test_interrupt_keeps_the_part(self, tmp_path: Path) -> None:
        def stop(done: int, total: int | None) -> None:
            if done >= 3000:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            download(serving(Origin())).save(tmp_path / "a", resume=True, progress=stop)
        assert (tmp_path / ".a.part").read_bytes() == DATA[:3000]
        origin = Origin()
        assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
        assert origin.asked == ["bytes=3000-"]
