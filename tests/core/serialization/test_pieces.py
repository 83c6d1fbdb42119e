"""Bodies and parts that come in pieces, which are bytes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import binary_body, multipart_body
from xcaas_core.serialization._bodies import BodyWriter


@pytest.mark.parametrize("source", [iter(["text"]), [5], iter([None])], ids=["text", "number", "nothing"])
def test_pieces_of_something_else_are_refused(source: Iterable[object]) -> None:
    opened = BodyWriter(binary_body(), "nowhere").write(source).content
    assert callable(opened)
    found = opened()
    assert isinstance(found, Iterable)
    with pytest.raises(ArgumentError, match="not as pieces of"):
        b"".join(found)


def test_so_it_is_with_parts() -> None:
    parts = BodyWriter(multipart_body(), "nowhere").write({"a": iter(["text"])}).parts
    assert parts is not None
    [(_, (_, content, *_))] = parts()
    assert not isinstance(content, bytes)
    with pytest.raises(ArgumentError, match="not as pieces of str"):
        content.read()
