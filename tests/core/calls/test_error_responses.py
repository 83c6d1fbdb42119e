"""Errors made from answers: the server's own words, wherever it puts them, and never its secrets."""

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


class Came:
    def __init__(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.content = content
        self.headers = headers


def failure(
    status: int,
    body: object,
    errors: ResponseSpecs | None = None,
    *,
    kind: str = "application/json",
    headers: Mapping[str, str] | None = None,
    retry_after: float | None = None,
) -> ResponseError:
    operation: Operation[object] = Operation(PRODUCT, "x", "GET", "/x", call="shop.x", errors=errors or {})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response_error(operation, Came(status, content, {"content-type": kind, **(headers or {})}), retry_after)


GATEWAY = {"fault": {"faultstring": "Invalid access token", "detail": {"errorcode": "keymanagement.invalid"}}}


# The shapes of the fact sheets, as the core finds its way in them when the spec says nothing.
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
        ("just text", "400 Bad Request", None),
        (None, "400 Bad Request", None),
        ({"message": True}, "400 Bad Request", None),
    ],
)
def test_common_shapes(body: object, message: str, code: str | None) -> None:
    error = failure(400, body)
    assert (error.message, error.code) == (message, code)
    assert error.body == body


def test_the_spec_says_where_message_and_code_stand() -> None:
    described = json_error(message=("/why", "/reason/0"), code="/number")
    error = failure(409, {"message": "no", "reason": ["first"], "number": 5}, {"4XX": described})
    assert (error.message, error.code) == ("first", "5")


def test_of_several_shapes_the_one_that_fits_is_read() -> None:
    gateway = json_error(
        "dict[str, dict[str, JSONValue]]", message="/fault/faultstring", code="/fault/detail/errorcode"
    )
    service = json_error("dict[str, str]", message="/message", media_type="application/problem+json")
    errors: ResponseSpecs = {"401": (service, gateway)}
    assert failure(401, GATEWAY, errors).code == "keymanagement.invalid"
    assert failure(401, {"message": "m"}, errors).body == {"message": "m"}


def test_a_body_that_does_not_fit_its_model_is_kept_as_it_is() -> None:
    error = failure(400, {"message": 5}, {"400": json_error("dict[str, str]", message="/message")})
    assert error.body == {"message": 5}
    assert error.message == "5"


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"<html><body>nginx</body></html>", "text/html", "502 Bad Gateway"),
        (b"<?xml version='1.0'?><API><Error>x</Error></API>", "application/xml", "502 Bad Gateway"),
        (b"upstream  is\n away", "text/plain", "upstream is away"),
        (b"", "text/plain", "502 Bad Gateway"),
        (b"\xff\xfe", "text/plain", "��"),
    ],
)
def test_bodies_that_are_not_json(content: bytes, kind: str, message: str) -> None:
    error = failure(502, content, kind=kind)
    assert isinstance(error, ServerError)
    assert error.message == message


def test_a_long_text_is_cut_and_credentials_in_it_are_masked() -> None:
    error = failure(400, {"message": f"header was Bearer abcdefghijklmnop {'x' * 1000}"})
    assert "abcdefghijklmnop" not in str(error)
    assert len(error.message) <= 310


def test_a_status_without_a_name() -> None:
    assert failure(499, None).message == "status 499"


def test_advice() -> None:
    assert "wait 5 s" in (failure(429, None, retry_after=5.0).advice or "")
    assert "wait" not in (failure(500, None, retry_after=5.0).advice or "")
    refused = failure(406, None)
    assert isinstance(refused, NotAcceptableError)
    assert "application/json" in (refused.advice or "")
    moved = failure(302, None, headers={"location": "https://elsewhere.example/login?token=s3cret"})
    assert isinstance(moved, RedirectError)
    assert "elsewhere.example" in (moved.advice or "")
    assert "s3cret" not in str(moved)
    assert "current version" in (failure(304, None).advice or "")


def test_deep_nesting_does_no_harm() -> None:
    nested: Any = "x"
    for _ in range(200):
        nested = {"errors": [nested]}
    assert failure(400, nested).status == 400
