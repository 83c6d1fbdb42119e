"""Bodies and parts from iterables: they are replayable, and their chunks must be bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import binary_body, multipart_body
from xcaas_core.serialization._bodies import BodyWriter, Payload


def payload(source: object) -> Payload:
    return BodyWriter(binary_body(), "nowhere").write(source)


def content_of(payload: Payload) -> bytes:
    """Return the bytes that one attempt would send."""
    assert callable(payload.content)
    chunks = payload.content()
    assert isinstance(chunks, Iterator)
    return b"".join(chunks)


def test_iterables_are_replayable() -> None:
    chunks: Iterable[bytes] = [b"a", b"bc"]
    result = payload(chunks)
    assert result.replayable
    assert content_of(result) == content_of(result) == b"abc"


@pytest.mark.parametrize("source", [iter(["text"]), [5], iter([None])], ids=["text", "number", "nothing"])
def test_chunks_other_than_bytes_are_rejected(source: Iterable[object]) -> None:
    with pytest.raises(ArgumentError, match="not as pieces of"):
        content_of(payload(source))


def test_chunks_of_parts_other_than_bytes_are_rejected() -> None:
    parts = BodyWriter(multipart_body(), "nowhere").write({"a": iter(["text"])}).parts
    assert parts is not None
    [(_, (_, content, *_))] = parts()
    assert not isinstance(content, bytes)
    with pytest.raises(ArgumentError, match="not as pieces of str"):
        content.read()
