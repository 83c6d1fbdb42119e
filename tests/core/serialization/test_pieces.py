"""Bodies and parts that come in pieces: whether they start over, and that they are bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import binary_body, multipart_body
from xcaas_core.serialization._bodies import BodyWriter, Payload


def payload(source: object) -> Payload:
    return BodyWriter(binary_body(), "nowhere").write(source)


def sent(found: Payload) -> bytes:
    """The bytes that one attempt would send."""
    assert callable(found.content)
    opened = found.content()
    assert isinstance(opened, Iterator)
    return b"".join(opened)


def test_an_iterable_starts_over() -> None:
    pieces: Iterable[bytes] = [b"a", b"bc"]
    found = payload(pieces)
    assert found.replayable
    assert sent(found) == sent(found) == b"abc"


@pytest.mark.parametrize("source", [iter(["text"]), [5], iter([None])], ids=["text", "number", "nothing"])
def test_pieces_of_something_else_are_refused(source: Iterable[object]) -> None:
    with pytest.raises(ArgumentError, match="not as pieces of"):
        sent(payload(source))


def test_so_it_is_with_parts() -> None:
    parts = BodyWriter(multipart_body(), "nowhere").write({"a": iter(["text"])}).parts
    assert parts is not None
    [(_, (_, content, *_))] = parts()
    assert not isinstance(content, bytes)
    with pytest.raises(ArgumentError, match="not as pieces of str"):
        content.read()
