"""What token endpoints and proxies send back of a secret shows nowhere, and what they send without an end is not kept."""

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
WHERE: Final = {
    "status line": b"%s\r\n\r\n",
    "header": b"HTTP/1.1 200 OK\r\n%s x\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
}


class Listener:
    """A hook that wants to hear of token requests, too."""

    def before(self, event: xcaas.AttemptEvent) -> None: ...

    def after(self, event: xcaas.AttemptEvent) -> None: ...

    def before_token(self, event: xcaas.TokenEvent) -> None: ...

    def after_token(self, event: xcaas.TokenEvent) -> None: ...


def failure(kind: str, **given: Any) -> BaseException:
    """The error of a call for which no token is to be had."""
    if "blocking" in kind:
        with xcaas.XCaaS(**given) as client, pytest.raises(xcaas.TokenUnavailableError) as caught:
            client.storage.objects.get("1")
        if "http_client" in given:
            given["http_client"].close()
        return caught.value

    async def main() -> BaseException:
        async with xcaas.AsyncXCaaS(**given) as client:
            with pytest.raises(xcaas.TokenUnavailableError) as caught:
                await client.storage.objects.get("1")
        if "http_client" in given:
            await given["http_client"].aclose()
        return caught.value

    error: BaseException = run_async(kind, main)
    return error


@pytest.mark.parametrize("hooked", [False, True], ids=["alone", "with a hook"])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_endpoint_that_sends_the_secret_where_no_text_belongs(
    kind: str, library: str, where: str, secret: str, hooked: bool
) -> None:
    import_module(library)
    given: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        given = {"http_client": own_client(kind, library)}
    policy = xcaas.TokenPolicy(attempts=1)
    given |= {"credentials": xcaas.ClientCredentials("id", secret, policy=policy), "retries": 0}
    with serving(lambda asked: [WHERE[where] % secret.encode()]) as server:
        error = failure(kind, base_url=server.url, hooks=[Listener()] if hooked else [], **given)
    assert error.__context__ is None
    assert "CRET" not in "".join(traceback.format_exception(error, limit=0))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_response_that_unpacks_to_megabytes(kind: str, library: str) -> None:
    read: list[int] = []

    def script(asked: object) -> list[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
        read.append(len(packed))
        return [respond(packed, 200, "Content-Encoding: gzip")]

    given: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        given = {"http_client": own_client(kind, library)}
    credentials = xcaas.ClientCredentials("id", "a-secret", policy=xcaas.TokenPolicy(attempts=1))
    with serving(script) as server:
        error = failure(kind, base_url=server.url, credentials=credentials, retries=0, **given)
    assert "larger than 1,048,576 bytes" in str(error)
    assert len(read) == 1


@pytest.mark.parametrize("login", ["user:a proxy's p@ss", "a proxy's p@ss:"])
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_proxy_that_sends_its_login_back(library: Literal["httpx", "httpx2"], login: str) -> None:
    encoded = base64.b64encode(login.encode()).decode()
    with serving(lambda asked: [respond(f"{asked.headers} a proxy's p@ss".encode(), 502)]) as server:
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
