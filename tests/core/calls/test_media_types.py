"""The media type and the header of a body that may be sent in several."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.support.example_api._ops import PRODUCT
from tests.support.sessions import sync_session
from xcaas_core import ArgumentError
from xcaas_core.sdk import Operation, bodies, empty_response, header, json_body, multipart_body, text_body
from xcaas_core.testing import FakeRequest, FakeServer

_SEND: Final[Operation[None]] = Operation(
    PRODUCT,
    "sendThing",
    "PUT",
    "/thing",
    call="shop.things.send",
    parameters=(header("Content-Type", argument="content_type"),),
    body=bodies(
        json_body(annotation="dict[str, JSONValue]"),
        json_body("application/merge-patch+json", "dict[str, JSONValue]"),
        text_body(),
        multipart_body(),
        required=False,
    ),
    responses={"204": empty_response()},
)


def send(body: object, content_type: str | None = None) -> FakeRequest:
    server = FakeServer(check=False)
    server.respond("PUT /shop/v1/thing", status=204)
    sync_session(server).call(_SEND, (content_type,), body)
    (request,) = server.calls("PUT /shop/v1/thing")
    return request


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ({"a": 1}, None, "application/json"),
        ("text", None, "text/plain; charset=utf-8"),
        ({"a": 1}, "application/merge-patch+json", "application/merge-patch+json"),
        ({"a": 1}, "Application/Merge-Patch+JSON", "application/merge-patch+json"),
        (None, None, None),
        (None, "text/plain", None),
    ],
)
def test_the_content_type_is_that_of_the_body(body: Any, content_type: str | None, expected: str | None) -> None:
    assert send(body, content_type).headers.get("content-type") == expected


@pytest.mark.parametrize(("body", "content_type"), [({"a": b"x"}, None), ({"a": "x"}, "multipart/form-data")])
def test_the_content_type_of_a_form_includes_its_boundary(body: Any, content_type: str | None) -> None:
    header = send(body, content_type).headers.get("content-type") or "multipart/form-data; boundary=by the library"
    assert header.startswith("multipart/form-data; boundary=")


def test_an_unlisted_media_type_raises_argument_error() -> None:
    with pytest.raises(ArgumentError, match="'text/csv' is not among") as caught:
        send({"a": 1}, "text/csv")
    assert caught.value.argument == "content_type"
