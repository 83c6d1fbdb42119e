"""What has a type but no class: unions and the payloads of webhooks, read from JSON."""

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
def test_text_and_bytes_are_json(data: Buffer) -> None:
    assert ANIMAL(data) == Dog(kind="dog", tricks=["sit"])


def test_data_may_be_decoded_already() -> None:
    assert ANIMAL({"kind": "cat", "lives": 9}) == Cat(kind="cat", lives=9)
    assert Parser[list[Model]]("list[_models.Cat]", "tests.support.unions")([{"kind": "cat"}]) == [Cat(kind="cat")]


def test_an_unknown_kind_survives() -> None:
    assert isinstance(ANIMAL('{"kind": "emu"}'), UnknownModel)


@pytest.mark.parametrize("data", [b"{", b"[]", "7", None])
def test_what_does_not_fit_is_an_error(data: bytes | str | None) -> None:
    with pytest.raises(DecodeError):
        ANIMAL(data)


def test_a_webhook_tells_what_it_is() -> None:
    assert (NOTHING.name, NOTHING.method, NOTHING.operation) == ("ping", "POST", "")
    assert repr(NOTHING) == "<Webhook ping: None>"
    assert repr(Parser[str]("str", "m")) == "<Parser of str>"


def test_a_webhook_without_a_payload_takes_an_empty_body() -> None:
    assert NOTHING(b"") is None
    assert NOTHING("") is None


def test_models_of_a_webhook_are_those_of_its_package() -> None:
    heard: Webhook[Model] = Webhook("sold", "POST", "_models.Tag", "tests.support.sample", operation="sell")
    assert type(heard(b'{"key": "a"}')).__name__ == "Tag"
    assert heard.operation == "sell"
