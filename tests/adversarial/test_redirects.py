"""Redirects, of whatever kind: none is followed, no credential goes anywhere else, and the next call gets its own response."""

from __future__ import annotations

import json as text_of
from collections.abc import Iterator
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, outcomes, own_client
from tests.adversarial.raw_server import Asked, Piece, json, respond, serving

WITH_BODY: Final = b'{"id":"of the redirect"}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_with_a_body_on_a_connection_that_stays(kind: str, library: str, status: int) -> None:
    """The user's own client would follow, if it were asked."""

    def script(asked: Asked) -> Iterator[Piece]:
        if "moved" in asked.target:
            yield respond(WITH_BODY, status, "Location: /items/other")
        elif asked.id == "cut":
            yield respond(WITH_BODY, status, "Location: /items/other", length=len(WITH_BODY) - 7)
        else:
            yield json(asked.id)

    given = {"http_client": own_client(kind, library, follow_redirects=True)} if kind.startswith("own") else {}
    with serving(script) as server:
        calls: list[Call] = [("get", "moved"), ("get", "1"), ("create", {}), ("download", "moved"), ("get", "2")]
        found = outcomes(kind, library, server.url, calls, **given)
        assert found[:2] + found[3:] == ["RedirectError", "1", "RedirectError", "2"]
        assert not [asked for asked in server.asked if asked.id == "other"]
        assert server.connections == 1
    given = {"http_client": own_client(kind, library, follow_redirects=True)} if kind.startswith("own") else {}
    with serving(script) as server:
        # What is left over of the body is not the next call's.
        assert outcomes(kind, library, server.url, [("get", "cut"), ("get", "3")], **given) == ["RedirectError", "3"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "where", ["http://localhost:{}/x", "//localhost:{}/x", "http://user:pw@localhost:{}/x", "/x", ""]
)
@pytest.mark.parametrize("asked_for", ["token", "call", "link"])
def test_credentials_stay(asked_for: str, where: str, library: Any) -> None:
    """Neither the token's secret nor the token goes after a redirect, or a link, to somewhere else."""
    tokens: list[str] = []

    def script(asked: Asked) -> Iterator[Piece]:
        is_token = "token" in asked.target
        if is_token and asked_for != "token":
            tokens.append(f"S3CRET-token-{len(tokens)}")
            yield respond(text_of.dumps({"access_token": tokens[-1], "expires_in": "3600"}).encode())
        elif asked_for == "link":
            page: object = {
                "content": [],
                "lastPage": False,
                "_links": {"next": {"href": target}},
                "links": {"next": target},
            }
            yield respond(text_of.dumps(page).encode(), 200, f'Link: <{target}>; rel="next"')
        else:
            yield respond(f"{asked.headers} {asked.body!r}".encode(), 307, f"Location: {target}")

    with serving(lambda asked: [respond(b"{}")]) as other, serving(script) as server:
        target = where.format(other.port)
        credentials = xcaas.ClientCredentials("id", "S3CRET-of-mine", policy=xcaas.TokenPolicy(attempts=1))
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0, http_library=library) as client:
            kind = xcaas.TokenError if asked_for == "token" else xcaas.XCaaSError
            with pytest.raises(kind) as caught:
                list(client.administration.sites.list()) if asked_for == "link" else client.storage.objects.get("1")
        assert "S3CRET" not in f"{caught.value!r} {caught.value}"
        assert "user:pw" not in str(caught.value)
        assert other.asked == []
        assert len(server.asked) <= 3


NO_ADDRESSES: Final = (
    "http://[::1", "http://user:S3CRET@h:x/", "http://xn--a/", "javascript:alert(1)", "data:,x", "http://" + "a" * 70_000,
    "http://host:99999999/", "//", "foo://x/", "http://ex ample/", "http://%zz/", "http://..", "http://\xff/",
)  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [*KINDS, "blocking with a proxy", "asyncio with a proxy"])
def test_a_location_that_is_no_address(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of the library's read it also if they are not to follow it."""
    if "proxy" in kind:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    def script(asked: Asked) -> Iterator[Piece]:
        if asked.id.isdecimal():
            target = NO_ADDRESSES[int(asked.id)].encode("latin-1")
            yield respond(WITH_BODY, 302, "Location: @").replace(b"@", target, 1)
        else:
            yield json(asked.id)

    calls: list[Call] = []
    for number in range(len(NO_ADDRESSES)):
        calls += [("get", str(number)), ("get", "next")]
    with serving(script) as server:
        assert outcomes(kind, library, server.url, calls) == ["RedirectError", "next"] * len(NO_ADDRESSES)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_of_a_proxy_is_not_the_services(kind: str, library: str) -> None:
    with serving(lambda _: [respond(status=302)]) as proxy:
        own = {"http_client": own_client(kind, library, proxy=proxy.url)} if kind.startswith("own") else {}
        found = outcomes(kind, library, "https://localhost:1", [("get", "1")], **(own or {"proxy": proxy.url}))
    assert found == ["ConnectError"]
