"""Secrets that token endpoints and proxies echo are not shown, and endless token responses are not kept."""

from __future__ import annotations

import base64
import traceback
import zlib
from importlib import import_module
from typing import Any, Final, Literal
from urllib.parse import quote

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, own_client, run_async
from tests.adversarial.raw_server import respond, serving

SECRETS: Final = ("plain-S3CRET-keeping", 'S3CRET\'s wörth "keeping"')
ECHOES: Final = {
    "status line": b"%s\r\n\r\n",
    "header": b"HTTP/1.1 200 OK\r\n%s x\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
}


class TokenHook:
    """A hook that is also called for token requests."""

    def before(self, event: xcaas.AttemptEvent) -> None: ...

    def after(self, event: xcaas.AttemptEvent) -> None: ...

    def before_token(self, event: xcaas.TokenEvent) -> None: ...

    def after_token(self, event: xcaas.TokenEvent) -> None: ...


def token_error(kind: str, **options: Any) -> BaseException:
    """Return the error of a call that gets no token."""
    if "blocking" in kind:
        with xcaas.XCaaS(**options) as client, pytest.raises(xcaas.TokenUnavailableError) as caught:
            client.storage.objects.get("1")
        if "http_client" in options:
            options["http_client"].close()
        return caught.value

    async def main() -> BaseException:
        async with xcaas.AsyncXCaaS(**options) as client:
            with pytest.raises(xcaas.TokenUnavailableError) as caught:
                await client.storage.objects.get("1")
        if "http_client" in options:
            await options["http_client"].aclose()
        return caught.value

    error: BaseException = run_async(kind, main)
    return error


@pytest.mark.parametrize("with_hook", [False, True], ids=["alone", "with a hook"])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("place", ECHOES)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_secrets_in_malformed_token_responses_are_not_shown(
    kind: str, library: str, place: str, secret: str, with_hook: bool
) -> None:
    import_module(library)
    options: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        options = {"http_client": own_client(kind, library)}
    policy = xcaas.TokenPolicy(attempts=1)
    options |= {"credentials": xcaas.ClientCredentials("id", secret, policy=policy), "retries": 0}
    with serving(lambda request: [ECHOES[place] % secret.encode()]) as server:
        error = token_error(kind, base_url=server.url, hooks=[TokenHook()] if with_hook else [], **options)
    assert error.__context__ is None
    assert "CRET" not in "".join(traceback.format_exception(error, limit=0))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_response_of_many_megabytes_is_not_kept(kind: str, library: str) -> None:
    sizes: list[int] = []

    def script(request: object) -> list[bytes]:
        compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
        compressed = b"".join(compressor.compress(bytes(1 << 20)) for _ in range(64)) + compressor.flush()
        sizes.append(len(compressed))
        return [respond(compressed, 200, "Content-Encoding: gzip")]

    options: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        options = {"http_client": own_client(kind, library)}
    credentials = xcaas.ClientCredentials("id", "a-secret", policy=xcaas.TokenPolicy(attempts=1))
    with serving(script) as server:
        error = token_error(kind, base_url=server.url, credentials=credentials, retries=0, **options)
    assert "larger than 1,048,576 bytes" in str(error)
    assert len(sizes) == 1


@pytest.mark.parametrize("login", ["user:a proxy's p@ss", "a proxy's p@ss:"])
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_logins_that_a_proxy_echoes_are_masked(library: Literal["httpx", "httpx2"], login: str) -> None:
    encoded = base64.b64encode(login.encode()).decode()
    with serving(lambda request: [respond(f"{request.headers} a proxy's p@ss".encode(), 502)]) as server:
        proxy = server.url.replace("://", f"://{quote(login, safe=':').rstrip(':')}@")
        client = xcaas.XCaaS(
            proxy=proxy, base_url=server.url, http_library=library, credentials=xcaas.BearerToken("a-token-of-mine"),
            retries=0, insecure_hosts=["127.0.0.1"],
        )  # fmt: skip
        with client, pytest.raises(xcaas.ServerError) as caught:
            client.storage.objects.get("1")
    assert "***" in str(caught.value)
    shown = f"{caught.value} {caught.value!r} {caught.value.body!r}"
    assert encoded not in shown
    assert "p@ss" not in shown
