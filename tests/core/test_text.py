"""Words in messages."""

from __future__ import annotations

from xcaas_core._text import plural
from xcaas_core.paging._pages import Page


def test_plural_adds_an_s_except_for_one() -> None:
    assert [plural(number, "item") for number in (0, 1, 2)] == ["0 items", "1 item", "2 items"]
    assert repr(Page(["a"], number=3, resume_token=None, headers={}, body=None)) == "<Page 3: 1 item>"
