"""Redirects are not followed, no credentials are sent elsewhere, and later calls get their own responses."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, outcomes, own_client
from tests.adversarial.raw_server import Piece, Request, json, respond, serving

BODY: Final = b'{"id":"of the redirect"}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_with_a_body_raises_and_keeps_the_connection(kind: str, library: str, status: int) -> None:
    """The user's client is set to follow them."""

    def script(request: Request) -> Iterator[Piece]:
        if "moved" in request.target:
            yield respond(BODY, status, "Location: /items/other")
        elif request.id == "cut":
            yield respond(BODY, status, "Location: /items/other", length=len(BODY) - 7)
        else:
            yield json(request.id)

    options = {"http_client": own_client(kind, library, follow_redirects=True)} if kind.startswith("own") else {}
    with serving(script) as server:
        calls: list[Call] = [("get", "moved"), ("get", "1"), ("create", {}), ("download", "moved"), ("get", "2")]
        results = outcomes(kind, library, server.url, calls, **options)
        assert results[:2] + results[3:] == ["RedirectError", "1", "RedirectError", "2"]
        assert not [request for request in server.requests if request.id == "other"]
        assert server.connections == 1
    options = {"http_client": own_client(kind, library, follow_redirects=True)} if kind.startswith("own") else {}
    with serving(script) as server:
        # The rest of the body is not read by the next call.
        assert outcomes(kind, library, server.url, [("get", "cut"), ("get", "3")], **options) == ["RedirectError", "3"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "location", ["http://localhost:{}/x", "//localhost:{}/x", "http://user:pw@localhost:{}/x", "/x", ""]
)
@pytest.mark.parametrize("source", ["token", "call", "link"])
def test_credentials_are_not_sent_to_other_hosts(source: str, location: str, library: Any) -> None:
    """Neither the secret nor the token is sent to another host by a redirect or a link."""
    tokens: list[str] = []

    def script(request: Request) -> Iterator[Piece]:
        is_token = "token" in request.target
        if is_token and source != "token":
            tokens.append(f"S3CRET-token-{len(tokens)}")
            yield respond(json_module.dumps({"access_token": tokens[-1], "expires_in": "3600"}).encode())
        elif source == "link":
            page: object = {
                "content": [],
                "lastPage": False,
                "_links": {"next": {"href": target}},
                "links": {"next": target},
            }
            yield respond(json_module.dumps(page).encode(), 200, f'Link: <{target}>; rel="next"')
        else:
            yield respond(f"{request.headers} {request.body!r}".encode(), 307, f"Location: {target}")

    with serving(lambda request: [respond(b"{}")]) as other, serving(script) as server:
        target = location.format(other.port)
        credentials = xcaas.ClientCredentials("id", "S3CRET-of-mine", policy=xcaas.TokenPolicy(attempts=1))
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0, http_library=library) as client:
            error_class = xcaas.TokenError if source == "token" else xcaas.XCaaSError
            with pytest.raises(error_class) as caught:
                list(client.administration.sites.list()) if source == "link" else client.storage.objects.get("1")
        assert "S3CRET" not in f"{caught.value!r} {caught.value}"
        assert "user:pw" not in str(caught.value)
        assert other.requests == []
        assert len(server.requests) <= 3


INVALID_LOCATIONS: Final = (
    "http://[::1", "http://user:S3CRET@h:x/", "http://xn--a/", "javascript:alert(1)", "data:,x", "http://" + "a" * 70_000,
    "http://host:99999999/", "//", "foo://x/", "http://ex ample/", "http://%zz/", "http://..", "http://\xff/",
)  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [*KINDS, "blocking with a proxy", "asyncio with a proxy"])
def test_an_invalid_location_raises_redirect_error(kind: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's clients parse it even if they do not follow it."""
    if "proxy" in kind:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    def script(request: Request) -> Iterator[Piece]:
        if request.id.isdecimal():
            target = INVALID_LOCATIONS[int(request.id)].encode("latin-1")
            yield respond(BODY, 302, "Location: @").replace(b"@", target, 1)
        else:
            yield json(request.id)

    calls: list[Call] = []
    for number in range(len(INVALID_LOCATIONS)):
        calls += [("get", str(number)), ("get", "next")]
    with serving(script) as server:
        assert outcomes(kind, library, server.url, calls) == ["RedirectError", "next"] * len(INVALID_LOCATIONS)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_of_a_proxy_raises_connect_error(kind: str, library: str) -> None:
    with serving(lambda _: [respond(status=302)]) as proxy:
        options = {"http_client": own_client(kind, library, proxy=proxy.url)} if kind.startswith("own") else {}
        results = outcomes(kind, library, "https://localhost:1", [("get", "1")], **(options or {"proxy": proxy.url}))
    assert results == ["ConnectError"]
