"""Bodies in content codings: whole ones are undone, cut ones are cut connections, unknown ones are named."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes, run_async
from tests.adversarial.raw_server import Asked, RawServer, respond, serving
from tests.support.shop import CONTENT
from xcaas_core.downloads import _transfer
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.operations._operation import Call as OperationCall
from xcaas_core.transport._codings import body_decoder

ID = "a" * 40 + "".join(f"{number * 7919 % 1000}" for number in range(400))
ITEM = b'{"id":"%s"}' % ID.encode()
CALLS: list[Call] = [("get", "a"), ("download", "a")]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


WHOLE: dict[str, tuple[str, bytes]] = {
    "gzip": ("gzip", gzip.compress(ITEM)),
    "two members": ("gzip", gzip.compress(ITEM[:9]) + gzip.compress(ITEM[9:])),
    "an empty member at the end": ("gzip", gzip.compress(ITEM) + gzip.compress(b"")),
    "padding": ("gzip", gzip.compress(ITEM) + bytes(7)),
    "x-gzip": ("x-gzip", gzip.compress(ITEM)),
    "other letters": ("GZip", gzip.compress(ITEM)),
    "deflate": ("deflate", zlib.compress(ITEM)),
    "deflate without zlib": ("deflate", raw_deflate(ITEM)),
    "two codings": ("deflate, gzip", gzip.compress(zlib.compress(ITEM))),
    "identity": ("identity", ITEM),
    "no coding": ("utf-8", ITEM),
}
CUT: dict[str, tuple[str, bytes]] = {
    "gzip": ("gzip", gzip.compress(ITEM)[:200]),
    "without the checksum": ("gzip", gzip.compress(ITEM)[:-8]),
    "in the header": ("gzip", gzip.compress(ITEM)[:5]),
    "in the second member": ("gzip", gzip.compress(ITEM) + gzip.compress(b"{}")[:11]),
    "deflate": ("deflate", zlib.compress(ITEM)[:200]),
    "one byte of deflate": ("deflate", b"x"),
    "deflate without zlib": ("deflate", raw_deflate(ITEM)[:200]),
    "the outer of two": ("deflate, gzip", gzip.compress(zlib.compress(ITEM))[:200]),
    "the inner of two": ("deflate, gzip", gzip.compress(zlib.compress(ITEM)[:200])),
    "garbage behind": ("gzip", gzip.compress(ITEM) + b"garbage"),
    "no gzip": ("gzip", ITEM),
    "another checksum": ("gzip", gzip.compress(ITEM)[:-8] + bytes(8)),
}


def coded(coding: str, body: bytes, status: int = 200) -> bytes:
    return respond(body, status, f"Content-Encoding: {coding}")


def audio(coding: str, body: bytes) -> bytes:
    return coded(coding, body).replace(b"application/json", b"audio/mpeg")


def in_bytes(response: bytes) -> list[bytes]:
    """The response with each byte of its body on its own."""
    head, _, body = response.partition(b"\r\n\r\n")
    return [head + b"\r\n\r\n", *(body[at : at + 1] for at in range(len(body)))]


def by_path(make_response: Callable[[str, bytes], bytes], coding: str, body: bytes) -> Callable[[Asked], list[bytes]]:
    return lambda asked: [(audio if asked.target.endswith("/content") else make_response)(coding, body)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_whole_bodies(kind: str, library: str) -> None:
    for name, (coding, body) in WHOLE.items():
        with serving(by_path(coded, coding, body)) as server:
            assert outcomes(kind, library, server.url, CALLS) == [ID, ITEM], name


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_ends_early_is_a_cut_connection(kind: str, library: str) -> None:
    for name, (coding, body) in CUT.items():
        with serving(by_path(coded, coding, body)) as server:
            assert outcomes(kind, library, server.url, CALLS) == ["ConnectionLostError"] * 2, name


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_may_be_repeated_is(kind: str) -> None:
    def script(asked: Asked) -> list[bytes]:
        coding, body = CUT["gzip"] if len(server.asked) == 1 else WHOLE["gzip"]
        return [coded(coding, body)]

    server: RawServer
    with serving(script) as server:
        assert outcomes(kind, "httpx", server.url, [("get", "a")], retries=1) == [ID]
        assert len(server.asked) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_may_not_be_repeated_is_not(kind: str) -> None:
    with serving(lambda asked: [coded(*CUT["gzip"], status=201)]) as server:
        assert outcomes(kind, "httpx", server.url, [("create", {})], retries=3) == ["ConnectionLostError"]
        assert len(server.asked) == 1


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_coding_that_nobody_can_undo(kind: str, library: str) -> None:
    with serving(by_path(coded, "gzip, compress", ITEM)) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["DecodeError"] * 2


def test_codings_without_end() -> None:
    with serving(lambda asked: [coded("gzip," * 3000 + "gzip", ITEM)]) as server:
        assert outcomes("blocking", "httpx", server.url, CALLS) == ["DecodeError"] * 2


def test_a_coding_is_named() -> None:
    with serving(lambda asked: [coded("sdch", ITEM)]) as server:
        client = make("blocking", "httpx", server.url)
        with client, pytest.raises(xcaas.DecodeError, match="'sdch'"):
            client.items.get("a")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_in_an_unknown_coding_is_that_error(kind: str) -> None:
    with serving(lambda asked: [coded("sdch", ITEM, status=404)]) as server:
        assert outcomes(kind, "httpx", server.url, [("get", "a")]) == ["NotFoundError"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_body_needs_no_decoding(kind: str) -> None:
    with serving(lambda asked: [respond(b"", 204, "Content-Encoding: gzip")]) as server:
        assert outcomes(kind, "httpx", server.url, [("head", "a")]) == [None]


@pytest.mark.parametrize("body", [WHOLE["two members"], WHOLE["deflate"], WHOLE["deflate without zlib"]])
def test_bodies_that_come_byte_by_byte(body: tuple[str, bytes]) -> None:
    with serving(lambda asked: in_bytes(coded(*body))) as server:
        assert outcomes("blocking", "httpx", server.url, [("get", "a")]) == [ID]


def test_a_few_bytes_that_stand_for_many_come_out_in_pieces() -> None:
    decoder = body_decoder("gzip")
    assert decoder is not None
    sizes = [len(piece) for piece in decoder.decode(gzip.compress(bytes(5 << 20)))]
    decoder.finish()
    assert sum(sizes) == 5 << 20
    assert max(sizes) <= 1 << 20


@pytest.mark.parametrize("kind", KINDS[:3])
def test_a_download_leaves_no_file(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transfer, "_FIRST_PAUSE", 0.0)
    call = OperationCall(CONTENT, ("a",))
    with serving(lambda asked: [audio(*CUT["gzip"])]) as server:
        client: Any = make(kind, "httpx", server.url)

        async def saving() -> None:
            async with client:
                with pytest.raises(xcaas.DownloadError, match="broke off"):
                    await AsyncDownload(client.session, call).save(tmp_path / "file")

        if "blocking" in kind:
            with client, pytest.raises(xcaas.DownloadError, match="broke off"):
                Download(client.session, call).save(tmp_path / "file")
        else:
            run_async(kind, saving)
    assert list(tmp_path.iterdir()) == []


LENGTHS: dict[str, tuple[bytes, object]] = {
    "twice the same": (b"Content-Length: 10\r\nContent-Length: 10\r\n", "a"),
    "the same in one field": (b"Content-Length: 10, 10\r\n", "a"),
    "two lengths": (b"Content-Length: 10\r\nContent-Length: 11\r\n", "ConnectionLostError"),
    "two lengths in one field": (b"Content-Length: 10, 9\r\n", "ConnectionLostError"),
    "no number": (b"Content-Length: ten\r\n", "ConnectionLostError"),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("lengths", "expected"), LENGTHS.values(), ids=LENGTHS)
def test_lengths(kind: str, library: str, lengths: bytes, expected: object) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + lengths + b"\r\n"
    with serving(lambda asked: [head + b'{"id":"a"}', 0.05]) as server:
        found = outcomes(kind, library, server.url, [("get", "a")])
    assert found == [expected]


@pytest.mark.parametrize("size", [5, 1000, 1 << 20])
@pytest.mark.parametrize("module", ["brotli", "brotlicffi", "backports.zstd", "zstandard"])
def test_codings_of_packages(module: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are installed: they give what was packed, in pieces that are not much larger than a megabyte."""
    library: Any = pytest.importorskip(module)
    coding = "br" if "brotli" in module else "zstd"
    monkeypatch.setattr("xcaas_core.transport._codings._EXTRAS", {coding: (module,)})
    data = bytes(40 << 20) + ITEM
    packed: bytes = library.compress(data, **({"quality": 1} if coding == "br" else {}))  # the best takes seconds
    decoder = body_decoder(coding)
    assert decoder is not None
    pieces = [piece for start in range(0, len(packed), size) for piece in decoder.decode(packed[start : start + size])]
    decoder.finish()
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) < 10 << 20
    cut = body_decoder(coding)
    assert cut is not None
    assert data.startswith(b"".join(cut.decode(packed[:-3])))
    with pytest.raises(xcaas.ConnectionLostError):
        cut.finish()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", ["no gzip", "gzip", "another checksum"])
def test_an_error_whose_body_is_damaged_is_the_error_of_its_status(damage: str, kind: str, library: str) -> None:
    coding, body = CUT[damage]
    with serving(lambda asked: [coded(coding, body, 404)]) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["NotFoundError", "NotFoundError"]
