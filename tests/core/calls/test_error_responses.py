"""Errors made from responses: the server's message and code, wherever they are, and no secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.shop import PRODUCT
from xcaas_core import NotAcceptableError, RedirectError, ResponseError, ServerError
from xcaas_core.calls._error_responses import response_error
from xcaas_core.operations._parameter import ResponseSpecs
from xcaas_core.sdk import Operation, json_error


class ReceivedResponse:
    def __init__(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.content = content
        self.headers = headers


def error_for(
    status: int,
    body: object,
    errors: ResponseSpecs | None = None,
    *,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
    retry_after: float | None = None,
) -> ResponseError:
    operation: Operation[object] = Operation(PRODUCT, "x", "GET", "/x", call="shop.x", errors=errors or {})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response_error(
        operation, ReceivedResponse(status, content, {"content-type": media_type, **(headers or {})}), retry_after
    )


GATEWAY = {"fault": {"faultstring": "Invalid access token", "detail": {"errorcode": "keymanagement.invalid"}}}


# Error bodies of the services, read without a description in the spec.
@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"message": "wrong page"}, "wrong page", None),
        (GATEWAY, "Invalid access token", "keymanagement.invalid"),
        ({"ErrorCode": "invalid_client", "Error": "Client is wrong"}, "Client is wrong", "invalid_client"),
        ({"message": "bad", "errors": [], "referenceId": "r"}, "bad", None),
        ({"status": 400, "title": "Bad", "detail": "size is too big"}, "size is too big", None),
        (
            {"title": "Bad", "errors": [{"field": "size", "code": "TOO_BIG", "message": "too big"}]},
            "Bad",
            "TOO_BIG",
        ),
        ({"reasons": ["a"], "message": "no"}, "no", None),
        ({"status": "error", "code": 17, "message": "no"}, "no", "17"),
        ({"errors": [{"message": "one", "url": "u"}, {"message": "two"}]}, "one; two", None),
        ({"detail": [{"loc": ["body", 0], "msg": "too short", "type": "value_error"}]}, "too short", None),
        ({"error": "invalid_grant", "error_description": "expired"}, "expired", None),
        ({"timestamp": 1, "messages": ["a", "b"], "path": "/"}, "a; b", None),
        (["nothing known"], "400 Bad Request", None),
        ("just text", "just text", None),
        ("", "400 Bad Request", None),
        ("<p>a page</p>", "400 Bad Request", None),
        (None, "400 Bad Request", None),
        ({"message": True}, "400 Bad Request", None),
    ],
)
def test_message_and_code_are_found_in_common_error_bodies(body: object, message: str, code: str | None) -> None:
    error = error_for(400, body)
    assert (error.message, error.code) == (message, code)
    assert error.body == body


def test_message_and_code_are_read_from_the_pointers_of_the_spec() -> None:
    described = json_error(message=("/why", "/reason/0"), code="/number")
    error = error_for(409, {"message": "no", "reason": ["first"], "number": 5}, {"4XX": described})
    assert (error.message, error.code) == ("first", "5")


def test_the_error_schema_that_fits_the_body_is_used() -> None:
    gateway = json_error(
        "dict[str, dict[str, JSONValue]]", message="/fault/faultstring", code="/fault/detail/errorcode"
    )
    service = json_error("dict[str, str]", message="/message", media_type="application/problem+json")
    errors: ResponseSpecs = {"401": (service, gateway)}
    assert error_for(401, GATEWAY, errors).code == "keymanagement.invalid"
    assert error_for(401, {"message": "m"}, errors).body == {"message": "m"}


def test_a_body_that_does_not_match_its_schema_is_kept_unchanged() -> None:
    error = error_for(400, {"message": 5}, {"400": json_error("dict[str, str]", message="/message")})
    assert error.body == {"message": 5}
    assert error.message == "5"


@pytest.mark.parametrize(
    ("content", "media_type", "message"),
    [
        (b"<html><body>nginx</body></html>", "text/html", "502 Bad Gateway"),
        (b"<?xml version='1.0'?><API><Error>x</Error></API>", "application/xml", "502 Bad Gateway"),
        (b"upstream  is\n away", "text/plain", "upstream is away"),
        (b"", "text/plain", "502 Bad Gateway"),
        (b"\xff\xfe", "text/plain", "��"),
    ],
)
def test_plain_text_is_the_message_but_web_pages_are_not(content: bytes, media_type: str, message: str) -> None:
    error = error_for(502, content, media_type=media_type)
    assert isinstance(error, ServerError)
    assert error.message == message


@pytest.mark.parametrize("key", ["message", None])
def test_a_long_message_is_truncated_and_credentials_are_masked(key: str | None) -> None:
    text = f"header was Bearer abcdefghijklmnop {'x' * 1000}"
    error = error_for(400, {key: text} if key else text)
    assert error.message.startswith("header was")
    assert "abcdefghijklmnop" not in str(error)
    assert len(error.message) <= 310


def test_the_message_of_an_unknown_status_is_its_number() -> None:
    assert error_for(499, None).message == "status 499"


def test_advice_depends_on_the_status() -> None:
    assert "wait 5 s" in (error_for(429, None, retry_after=5.0).advice or "")
    assert "wait" not in (error_for(500, None, retry_after=5.0).advice or "")
    not_acceptable = error_for(406, None)
    assert isinstance(not_acceptable, NotAcceptableError)
    assert "application/json" in (not_acceptable.advice or "")
    redirect = error_for(302, None, headers={"location": "https://elsewhere.example/login?token=s3cret"})
    assert isinstance(redirect, RedirectError)
    assert "elsewhere.example" in (redirect.advice or "")
    assert "s3cret" not in str(redirect)
    assert "current version" in (error_for(304, None).advice or "")


def test_deeply_nested_bodies_do_not_fail() -> None:
    nested: Any = "x"
    for _ in range(200):
        nested = {"errors": [nested]}
    assert error_for(400, nested).status == 400
