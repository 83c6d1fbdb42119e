"""Credentials that a server echoes are masked."""

from __future__ import annotations

import base64
import html
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import quote, quote_plus

import pytest

from tests.support.sample_client import Client
from tests.support.token_server import Service, StubResponse, TokenServer
from xcaas_core import ApiKey, BearerToken, ClientCredentials, Credential, TokenPolicy
from xcaas_core._errors import ResponseError, TokenError, XCaaSError
from xcaas_core._json import JSONValue
from xcaas_core._redaction import Redactor, redactor_of, safe_text
from xcaas_core._secrets import MASK, MaskedStr
from xcaas_core.calls.hooks._events import AttemptEvent, TokenEvent

SECRET = "S3CRET+wörth/keeping=="
KEY = "k3y+of/the=console"

ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "bearer": lambda text: f"Bearer {text}",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "percent": lambda text: quote(text, safe=""),
    "percent in lower case": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "percent, all of it": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "base64, percent-encoded": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "form": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
}


@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
def test_encoded_secrets_are_masked(encode: Callable[[str], str]) -> None:
    for secret in (SECRET, KEY):
        assert MASK in Redactor([secret]).text(f"<{encode(secret)}>")
        assert encode(secret) not in Redactor([secret]).text(f"<{encode(secret)}>")


def test_truncated_secrets_are_masked() -> None:
    assert Redactor([SECRET]).text(f"no {SECRET[:15]}…") == f"no {MASK}…"
    assert Redactor([SECRET]).text("no S3CRE…") == "no S3CRE…"


def test_redactor_of_a_request_masks_its_credentials() -> None:
    def masked(text: str, url: str = "https://a.example", **headers: str) -> str:
        return redactor_of(headers, url, ()).text(text)

    login = base64.b64encode(b"user:pa55word").decode()
    assert masked("pa55word", authorization=f"Basic {login}") == MASK
    assert masked(login, authorization=f"Basic {login}") == MASK
    assert masked("abcdefgh", authorization="Basic !!!") == "abcdefgh"
    assert masked("s3ss10n", cookie="a=b; id=s3ss10n") == MASK
    assert masked("k3y-k3y", url="https://a.example/?page=1&api_key=k3y-k3y#x") == MASK
    assert masked("k3y-k3y", own=MaskedStr("k3y-k3y")) == MASK
    assert masked("the id is wrong", own="the id") == "the id is wrong"


def test_short_secrets_do_not_mask_data() -> None:
    assert Redactor(["text"]).value({"loc": ["text", 11]}) == {"loc": ["text", 11]}
    assert Redactor(["text"]).text("a text") == f"a {MASK}"


def test_masked_values_keep_their_structure() -> None:
    body: JSONValue = {"a": [1, None, KEY], KEY: {"b": f"x {KEY}"}}
    assert Redactor([KEY]).value(body) == {"a": [1, None, MASK], MASK: {"b": f"x {MASK}"}}
    assert Redactor().value(body) is body


def test_header_names_are_masked_in_lower_case() -> None:
    assert Redactor(["S3CRET-keeping"]).headers({"s3cret-keeping": "a", "etag": "b"}) == {MASK: "a", "etag": "b"}


@pytest.mark.parametrize("secret", ["S3CRET wörth", "S3CRET\\'s", "S3CRET\"d'", "S3CRET\\keeping"])
def test_quoted_header_lines_are_masked(secret: str) -> None:
    for line in (secret.encode(), b"'" + secret.encode(), b'"' + secret.encode(), b"'\"" + secret.encode()):
        for quoted in (repr(line), repr(bytearray(line))):
            masked = Redactor([secret]).text(f"illegal header line: {quoted}")
            assert MASK in masked
            assert "CRET" not in masked


@pytest.mark.parametrize("secret", ["S3CRET  keeping", "S3CRET\tkeeping", "S3CRET\u00a0keeping"])
def test_secrets_with_whitespace_are_masked(secret: str) -> None:
    assert Redactor([secret]).text(safe_text(f"no {secret}, sorry")) == f"no {MASK}, sorry"


def test_html_escaped_secrets_are_masked() -> None:
    assert Redactor(["S3CRET&keeping"]).text("no S3CRET&amp;keeping") == f"no {MASK}"


def test_logins_are_removed_from_urls() -> None:
    assert safe_text("see https://user:pa55@host.example/x, or ask") == "see https://host.example/x, or ask"


class Echo(Service):
    """Sends the credential back in every part of its responses."""

    def __init__(self, encode: Callable[[str], str], body: Callable[[str], bytes], status: int) -> None:
        super().__init__()
        self.encode = encode
        self.render = body
        self.status = status

    def handle(self, method: str, path: str, head: bytes, body: bytes) -> StubResponse:
        if path.endswith("/token"):
            return super().handle(method, path, head, body)
        token = next(iter(self.tokens), KEY)
        text = self.encode(token)
        plain = "".join(char for char in text if char.isascii() and char.isprintable())
        headers = {"x-request-id": plain, "location": f"https://me:{plain}@other.example/{plain}", "x-why": plain}
        return StubResponse(self.status, self.render(text), headers=headers)


BODIES: dict[str, Callable[[str], bytes]] = {
    "message": lambda text: json.dumps({"message": f"no: {text}", "code": text, "list": [{text: text}]}).encode(),
    "text": lambda text: f"no: {text}".encode(),
    "page": lambda text: f"<html>{html.escape(text, quote=False)}".encode(),
    "cut": lambda text: ("x" * (300 - 8 - len(text) // 2) + " " + text).encode(),
    "no JSON": lambda text: f'{{"message": "{text}'.encode(),
}


class Recorder:
    """A hook that records the data of its events."""

    def __init__(self) -> None:
        self.recorded: list[object] = []

    def before(self, event: AttemptEvent) -> None:
        pass

    def after(self, event: AttemptEvent) -> None:
        self.recorded += [event.response_headers, event.request_id, event.url, event.error, str(event.error)]

    def before_token(self, event: TokenEvent) -> None:
        pass

    def after_token(self, event: TokenEvent) -> None:
        self.recorded += [event.response_headers, event.request_id, event.url, event.error, str(event.error)]


def texts_of(error: XCaaSError) -> Iterator[str]:
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)), repr(error.request_id))
    yield "".join(traceback.format_exception(error))
    if isinstance(error, ResponseError):
        yield repr((error.body, error.code, dict(error.headers)))


@pytest.mark.parametrize("status", [302, 401, 403, 429, 500])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
def test_echoed_credentials_are_masked(
    encode: Callable[[str], str], body: Callable[[str], bytes], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    hook = Recorder()
    service = Echo(encode, body, status)
    with (
        caplog.at_level(logging.DEBUG, "xcaas"),
        TokenServer(service) as server,
        Client(
            credentials=[ClientCredentials("id", SECRET), ApiKey(KEY)], base_url=server.url, retries=0, hooks=[hook]
        ) as client,
    ):
        for call in (client.sample.keyed, client.sample.queried, client.sample.get):
            with pytest.raises(ResponseError) as caught:
                call()
            secret = next(iter(service.tokens), KEY)
            hidden = [secret, encode(secret), encode(secret)[:12]]
            for text in (*texts_of(caught.value), repr(hook.recorded), *caplog.messages):
                assert not [form for form in hidden if form.removeprefix("Bearer ") in text], text


class TokenEcho(Service):
    """A token endpoint that sends the secret back as its error code, request id and products."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__()
        self.text = text
        self.status = status

    def handle(self, method: str, path: str, head: bytes, body: bytes) -> StubResponse:
        if not path.endswith("/token"):
            return StubResponse(403)
        fields = {
            "error": self.text,
            "access_token": "a-token",
            "scope": self.text,
            "api_product_list_json": [self.text],
        }
        return StubResponse(self.status, json.dumps(fields).encode(), headers={"x-request-id": self.text})


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
@pytest.mark.parametrize("client_auth", ["basic", "body"])
@pytest.mark.parametrize("secret", ["an0rdinarySecret", "another.one-with_marks"])
def test_echoed_secrets_of_token_requests_are_masked(secret: str, client_auth: str, status: int) -> None:
    events: list[object] = []
    hook = Recorder()
    policy = TokenPolicy(attempts=1)
    for text in (secret, base64.b64encode(secret.encode()).decode()):
        credential = ClientCredentials(
            "id",
            secret,
            policy=policy,
            client_auth="basic" if client_auth == "basic" else "body",
            on_event=events.append,
        )
        with (
            TokenServer(TokenEcho(text, status)) as server,
            Client(credentials=credential, base_url=server.url, retries=0, hooks=[hook]) as client,
        ):
            with pytest.raises(XCaaSError) as caught:
                client.sample.get()
            assert isinstance(caught.value, TokenError) is (status != 200)
            texts = [*texts_of(caught.value), repr(events), repr(hook.recorded)]
            assert not [item for item in texts if text in item]


@pytest.mark.parametrize("name", ["k", "subscription", "appid"])
def test_query_keys_are_masked_in_urls(name: str) -> None:
    from tests.support import sample_client
    from xcaas_core.operations._operation import Operation
    from xcaas_core.operations._product import Product, Scheme, Server
    from xcaas_core.sdk import json_response

    scheme = Scheme("api-key", location="query", parameter=name)
    product = Product(
        "other",
        title="O",
        servers=(Server("https://a.example"),),
        schemes={"q": scheme},
        package=sample_client.__name__,
    )
    operation: Operation[object] = Operation(
        product, "get", "GET", "/x", call="other.get", responses={"200": json_response()}, security=(("q",),)
    )
    hook = Recorder()
    with (
        TokenServer(Echo(str, BODIES["message"], 500)) as server,
        Client(credentials=ApiKey(KEY), base_url=server.url, retries=1, hooks=[hook]) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.sample._caller.call(operation)  # pyright: ignore[reportPrivateUsage]
    assert caught.value.url is not None
    assert caught.value.url.endswith(f"/x?{name}={MASK}")
    hidden = quote(KEY, safe="")
    assert not [text for text in (*texts_of(caught.value), repr(hook.recorded)) if KEY in text or hidden in text]


def test_callers_own_headers_are_masked() -> None:
    with (
        TokenServer(Echo(lambda _: "my-0wn-token", BODIES["message"], 401)) as server,
        Client(
            credentials=cast("Credential", BearerToken("x-y-z-0")),
            base_url=server.url,
            headers={"Authorization": "Bearer my-0wn-token"},
        ) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.sample.get()
    assert not [text for text in texts_of(caught.value) if "my-0wn-token" in text]
