"""Bodies in content codings: complete ones are decoded; truncated ones and unknown codings raise."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes, run_async
from tests.adversarial.raw_server import RawServer, Request, respond, serving
from tests.support.shop import CONTENT
from xcaas_core.downloads import _transfer
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.operations._operation import Call as OperationCall
from xcaas_core.transport._codings import body_decoder

ID = "a" * 40 + "".join(f"{number * 7919 % 1000}" for number in range(400))
ITEM = b'{"id":"%s"}' % ID.encode()
CALLS: list[Call] = [("get", "a"), ("download", "a")]


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


COMPLETE: dict[str, tuple[str, bytes]] = {
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
TRUNCATED: dict[str, tuple[str, bytes]] = {
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


def encoded_response(coding: str, body: bytes, status: int = 200) -> bytes:
    return respond(body, status, f"Content-Encoding: {coding}")


def audio_response(coding: str, body: bytes) -> bytes:
    return encoded_response(coding, body).replace(b"application/json", b"audio/mpeg")


def byte_by_byte(response: bytes) -> list[bytes]:
    """Split a response into its head and the single bytes of its body."""
    head, _, body = response.partition(b"\r\n\r\n")
    return [head + b"\r\n\r\n", *(body[start : start + 1] for start in range(len(body)))]


def by_path(make_response: Callable[[str, bytes], bytes], coding: str, body: bytes) -> Callable[[Request], list[bytes]]:
    return lambda request: [(audio_response if request.target.endswith("/content") else make_response)(coding, body)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_complete_bodies_are_decoded(kind: str, library: str) -> None:
    for name, (coding, body) in COMPLETE.items():
        with serving(by_path(encoded_response, coding, body)) as server:
            assert outcomes(kind, library, server.url, CALLS) == [ID, ITEM], name


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_truncated_bodies_raise_connection_lost_error(kind: str, library: str) -> None:
    for name, (coding, body) in TRUNCATED.items():
        with serving(by_path(encoded_response, coding, body)) as server:
            assert outcomes(kind, library, server.url, CALLS) == ["ConnectionLostError"] * 2, name


@pytest.mark.parametrize("kind", KINDS)
def test_a_safe_call_with_a_truncated_body_is_retried(kind: str) -> None:
    def script(request: Request) -> list[bytes]:
        coding, body = TRUNCATED["gzip"] if len(server.requests) == 1 else COMPLETE["gzip"]
        return [encoded_response(coding, body)]

    server: RawServer
    with serving(script) as server:
        assert outcomes(kind, "httpx", server.url, [("get", "a")], retries=1) == [ID]
        assert len(server.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_unsafe_call_with_a_truncated_body_is_not_retried(kind: str) -> None:
    with serving(lambda request: [encoded_response(*TRUNCATED["gzip"], status=201)]) as server:
        assert outcomes(kind, "httpx", server.url, [("create", {})], retries=3) == ["ConnectionLostError"]
        assert len(server.requests) == 1


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_unsupported_coding_raises_decode_error(kind: str, library: str) -> None:
    with serving(by_path(encoded_response, "gzip, compress", ITEM)) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["DecodeError"] * 2


def test_too_many_codings_raise_decode_error() -> None:
    with serving(lambda request: [encoded_response("gzip," * 3000 + "gzip", ITEM)]) as server:
        assert outcomes("blocking", "httpx", server.url, CALLS) == ["DecodeError"] * 2


def test_the_error_names_an_unsupported_coding() -> None:
    with serving(lambda request: [encoded_response("sdch", ITEM)]) as server:
        client = make("blocking", "httpx", server.url)
        with client, pytest.raises(xcaas.DecodeError, match="'sdch'"):
            client.items.get("a")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_response_in_an_unsupported_coding_raises_by_its_status(kind: str) -> None:
    with serving(lambda request: [encoded_response("sdch", ITEM, status=404)]) as server:
        assert outcomes(kind, "httpx", server.url, [("get", "a")]) == ["NotFoundError"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_body_needs_no_decoding(kind: str) -> None:
    with serving(lambda request: [respond(b"", 204, "Content-Encoding: gzip")]) as server:
        assert outcomes(kind, "httpx", server.url, [("head", "a")]) == [None]


@pytest.mark.parametrize("body", [COMPLETE["two members"], COMPLETE["deflate"], COMPLETE["deflate without zlib"]])
def test_bodies_are_decoded_byte_by_byte(body: tuple[str, bytes]) -> None:
    with serving(lambda request: byte_by_byte(encoded_response(*body))) as server:
        assert outcomes("blocking", "httpx", server.url, [("get", "a")]) == [ID]


def test_highly_compressed_bodies_are_decoded_in_pieces() -> None:
    decoder = body_decoder("gzip")
    assert decoder is not None
    sizes = [len(piece) for piece in decoder.decode(gzip.compress(bytes(5 << 20)))]
    decoder.finish()
    assert sum(sizes) == 5 << 20
    assert max(sizes) <= 1 << 20


@pytest.mark.parametrize("kind", KINDS[:3])
def test_a_truncated_download_leaves_no_file(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transfer, "_FIRST_PAUSE", 0.0)
    call = OperationCall(CONTENT, ("a",))
    with serving(lambda request: [audio_response(*TRUNCATED["gzip"])]) as server:
        client: Any = make(kind, "httpx", server.url)

        async def save() -> None:
            async with client:
                with pytest.raises(xcaas.DownloadError, match="broke off"):
                    await AsyncDownload(client.session, call).save(tmp_path / "file")

        if "blocking" in kind:
            with client, pytest.raises(xcaas.DownloadError, match="broke off"):
                Download(client.session, call).save(tmp_path / "file")
        else:
            run_async(kind, save)
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
def test_equal_content_lengths_are_accepted_and_invalid_ones_raise(
    kind: str, library: str, lengths: bytes, expected: object
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + lengths + b"\r\n"
    with serving(lambda request: [head + b'{"id":"a"}', 0.05]) as server:
        results = outcomes(kind, library, server.url, [("get", "a")])
    assert results == [expected]


@pytest.mark.parametrize("size", [5, 1000, 1 << 20])
@pytest.mark.parametrize("module", ["brotli", "brotlicffi", "backports.zstd", "zstandard"])
def test_codings_of_optional_packages_are_decoded(module: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed packages decode the data, in pieces of about a megabyte."""
    library: Any = pytest.importorskip(module)
    coding = "br" if "brotli" in module else "zstd"
    monkeypatch.setattr("xcaas_core.transport._codings._PACKAGES", {coding: (module,)})
    data = bytes(40 << 20) + ITEM
    compressed: bytes = library.compress(
        data, **({"quality": 1} if coding == "br" else {})
    )  # the default takes seconds
    decoder = body_decoder(coding)
    assert decoder is not None
    pieces = [
        piece for start in range(0, len(compressed), size) for piece in decoder.decode(compressed[start : start + size])
    ]
    decoder.finish()
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) < 10 << 20
    truncated = body_decoder(coding)
    assert truncated is not None
    assert data.startswith(b"".join(truncated.decode(compressed[:-3])))
    with pytest.raises(xcaas.ConnectionLostError):
        truncated.finish()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", ["no gzip", "gzip", "another checksum"])
def test_errors_with_damaged_bodies_raise_by_status(damage: str, kind: str, library: str) -> None:
    coding, body = TRUNCATED[damage]
    with serving(lambda request: [encoded_response(coding, body, 404)]) as server:
        assert outcomes(kind, library, server.url, CALLS) == ["NotFoundError", "NotFoundError"]
