"""Parsers of unions and of webhook payloads."""

from __future__ import annotations

import pytest

from tests.support.zoo import Cat, Dog
from xcaas_core._errors import DecodeError
from xcaas_core.models import Model, Parser, UnknownModel, Webhook
from xcaas_core.models._json import Buffer

ANIMAL: Parser[Cat | Dog | UnknownModel] = Parser(
    'Annotated[_models.Cat | _models.Dog | UnknownModel, Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))]',
    "tests.support.unions",
)
NOTHING: Webhook[None] = Webhook("ping", "POST", "None", "tests.support.unions")


TEXT = '{"kind": "dog", "tricks": ["sit"]}'


@pytest.mark.parametrize(
    "data",
    [TEXT, TEXT.encode(), bytearray(TEXT.encode()), memoryview(TEXT.encode())],
    ids=lambda data: type(data).__name__,
)
def test_parsers_read_text_and_bytes_as_json(data: Buffer) -> None:
    assert ANIMAL(data) == Dog(kind="dog", tricks=["sit"])


def test_parsers_accept_decoded_data() -> None:
    assert ANIMAL({"kind": "cat", "lives": 9}) == Cat(kind="cat", lives=9)
    assert Parser[list[Model]]("list[_models.Cat]", "tests.support.unions")([{"kind": "cat"}]) == [Cat(kind="cat")]


def test_unknown_variants_are_kept() -> None:
    assert isinstance(ANIMAL('{"kind": "emu"}'), UnknownModel)


@pytest.mark.parametrize("data", [b"{", b"[]", "7", None])
def test_invalid_data_raises_decode_error(data: bytes | str | None) -> None:
    with pytest.raises(DecodeError):
        ANIMAL(data)


def test_webhooks_describe_themselves() -> None:
    assert (NOTHING.name, NOTHING.method, NOTHING.operation) == ("ping", "POST", "")
    assert repr(NOTHING) == "<Webhook ping: None>"
    assert repr(Parser[str]("str", "m")) == "<Parser of str>"


def test_a_webhook_without_a_payload_accepts_an_empty_body() -> None:
    assert NOTHING(b"") is None
    assert NOTHING("") is None


def test_webhooks_find_models_in_their_package() -> None:
    webhook: Webhook[Model] = Webhook("sold", "POST", "_models.Tag", "tests.support.sample", operation="sell")
    assert type(webhook(b'{"key": "a"}')).__name__ == "Tag"
    assert webhook.operation == "sell"
