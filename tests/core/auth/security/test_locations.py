"""Where in a request a credential goes."""

from __future__ import annotations

from xcaas_core.auth.security._locations import HeaderPlace
from xcaas_core.sansio._messages import Request


def test_a_header_that_is_gone_cannot_be_marked() -> None:
    asked = Request("GET", "https://api.example.com", {})
    HeaderPlace("x-api-key").refuse(asked)
    assert asked.headers == {}
