"""Responses of token endpoints, valid and invalid."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core.auth.tokens._responses import (
    InvalidTokenResponse,
    TokenResponse,
    error_code,
    parse_products,
    parse_token_response,
)

RESPONSE_OF_8X8 = {
    "refresh_token_expires_in": "0",
    "api_product_list": "[storage, QM - API, analytics realtime-api]",
    "api_product_list_json": ["storage", "QM - API", "analytics realtime-api"],
    "developer.email": "deprecated",
    "token_type": "BearerToken",
    "issued_at": "1700000000000",
    "client_id": "deprecated",
    "access_token": "n0tAReal.token-1_~+/=",
    "scope": "",
    "expires_in": "1799",
    "refresh_count": "0",
    "status": "approved",
}


def test_response_of_8x8_is_parsed() -> None:
    response = parse_token_response(json.dumps(RESPONSE_OF_8X8).encode())
    assert isinstance(response, TokenResponse)
    assert response.token.reveal() == "n0tAReal.token-1_~+/="
    assert response.expires_in == "1799"
    assert response.products == ("storage", "QM - API", "analytics realtime-api")
    assert response.issued_at is not None
    assert response.issued_at.timestamp() == 1_700_000_000


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER", "BearerToken", "bearertoken"])
def test_token_type_bearer_is_case_insensitive(kind: str) -> None:
    assert isinstance(
        parse_token_response(json.dumps({"access_token": "a", "token_type": kind}).encode()), TokenResponse
    )


# CREDENTIALS 23
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<html>secret-body</html>", "HTML"),
        (b"  <!doctype html>", "HTML"),
        (b"not json secret-body", "not JSON"),
        (b'{"access_token": "cut', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'["secret-body"]', "not an object"),
        (b'"secret-body"', "not an object"),
        (b"{}", "no access_token"),
        (b'{"access_token": null}', "no access_token"),
        (b'{"access_token": ""}', "no access_token"),
        (b'{"access_token": 7}', "not text"),
        (b'{"access_token": "two words"}', "not text"),
        (b'{"access_token": "a\\r\\nx-injected: 1"}', "not text"),
        (b'{"access_token": "a", "token_type": "mac"}', "token_type"),
        (b'{"access_token": "a", "token_type": 1}', "token_type"),
    ],
)
def test_invalid_responses_are_rejected_with_a_reason(content: bytes, reason: str) -> None:
    response = parse_token_response(content)
    assert isinstance(response, InvalidTokenResponse)
    assert reason in response.reason
    assert "secret-body" not in response.reason


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"api_product_list_json": ["storage", "QM - API"]}, ("storage", "QM - API")),
        ({"api_product_list": "[storage, QM - API]"}, ("storage", "QM - API")),
        ({"api_product_list": "[storage]"}, ("storage",)),
        ({"api_product_list": "storage,QM - API"}, ("storage", "QM - API")),
        ({"api_product_list": "[]"}, ()),
        ({"api_product_list": ""}, ()),
        ({"api_product_list": ["vcc"]}, ("vcc",)),
        ({"api_product_list_json": '["storage", "QM - API"]'}, ("storage", "QM - API")),
        ({"api_product_list_json": '["storage", broken'}, ('"storage"', "broken")),
        ({"api_product_list_json": ["storage", 7, None]}, ("storage",)),
        ({"api_product_list_json": None, "api_product_list": "[vcc]"}, ("vcc",)),
        ({}, ()),
    ],
)
def test_product_names_are_parsed(fields: dict[str, object], names: tuple[str, ...]) -> None:
    parsed = parse_products(fields)
    assert [name.strip('["') for name in parsed] == [name.strip('["') for name in names]


@given(st.lists(st.text("abc -QM", min_size=1).filter(lambda name: name.strip() == name), min_size=1))
def test_both_forms_of_the_list_give_the_same_names(names: list[str]) -> None:
    assert parse_products({"api_product_list": f"[{', '.join(names)}]"}) == tuple(names)
    assert parse_products({"api_product_list_json": names}) == tuple(names)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"error": "invalid_client", "error_description": "secret-body"}', "invalid_client"),
        (b'{"ErrorCode": "InvalidClientId", "Error": "secret-body"}', "InvalidClientId"),
        (
            b'{"fault": {"faultstring": "x", "detail": {"errorcode": "oauth.v2.InvalidClient"}}}',
            "oauth.v2.InvalidClient",
        ),
        (b'{"error": "a sentence with the secret-body in it"}', None),
        (b'{"error": {"code": 1}}', None),
        (b"<html>", None),
        (b"[]", None),
    ],
)
def test_error_codes_are_parsed(content: bytes, code: str | None) -> None:
    assert error_code(content) == code


@given(st.binary(max_size=200))
def test_parser_accepts_any_bytes(content: bytes) -> None:
    assert isinstance(parse_token_response(content), (TokenResponse, InvalidTokenResponse))
    error_code(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
)
def test_parser_accepts_any_field_value(value: object) -> None:
    for field in RESPONSE_OF_8X8:
        assert isinstance(
            parse_token_response(json.dumps({**RESPONSE_OF_8X8, field: value}).encode()),
            (TokenResponse, InvalidTokenResponse),
        )
